"""What dispatchers and chiefs of the city set about terms and reminders: by key, with a reason, every version kept."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.term_models import TermVersion
from bihuan.cases.texts import needed
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE as WRITERS

Kind = TermVersion.Kind
REASON = 400
"""The longest reason [characters]."""
OFFICE_HOURS, LADDERS, REACH = "office-hours", "ladders", "reach"
"""What is set once for the city; every other key is a rule for terms."""
ONCE = (OFFICE_HOURS, LADDERS, REACH)


def may_set(person: Person) -> bool:
    """May the person set terms and reminders: dispatcher or chief of the whole city?"""
    return may(person, *WRITERS, region=CITY)


def demand_right(person: Person) -> None:
    """Raises NotAllowed for whoever may not."""
    if not may_set(person):
        raise NotAllowed(_("办结时限和提醒由全市的调度岗或负责人设定。"))


def versions(key: str) -> "QuerySet[TermVersion]":
    """All versions as of the clock, the newest first."""
    return TermVersion.objects.filter(rule=key, at__lte=clock.now()).select_related("by")


def newest(at: datetime | None = None) -> dict[str, Any]:
    """What is in force at a moment (now), by key; nothing of what was never set."""
    rows = TermVersion.objects.filter(at__lte=at or clock.now()).order_by("at", "id")
    return dict(rows.values_list("rule", "content"))


def in_force(key: str) -> Any:
    """What is in force now; None: it was never set."""
    return versions(key).values_list("content", flat=True).first()


def earlier(key: str, start: Any) -> Any:
    """What was set before the version in force; start: what an installation begins with, None where it has none.

    Raises IllegalMove where there is nothing before.
    """
    kept = [v.content for v in versions(key)]
    before = (
        next((content for content in [*kept, start] if content not in (None, kept[0])), None)
        if kept
        else None
    )
    if before is None:
        raise IllegalMove(_("没有更早的一版，不能撤销；不再使用的规则可以停用"))
    return before


@transaction.atomic
def keep(by: Person, key: str, kind: Kind, content: Any, reason: str) -> TermVersion:
    """Set it from now on. Raises NotAllowed, IllegalMove (no reason)."""
    demand_right(by)
    text = needed(reason, "理由", REASON, _("请写明理由"), "reason")
    made = TermVersion.objects.create(
        rule=key, kind=kind, content=content, reason=text, by=by, at=clock.now()
    )
    record(by, f"term.{kind}", key, reason=text)
    return made
