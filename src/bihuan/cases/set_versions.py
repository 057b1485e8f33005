"""What dispatchers and chiefs of the city set about terms and reminders: by key, with a reason, every version kept."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.cases import rule_versions
from bihuan.cases.term_models import TermVersion
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE as WRITERS

Kind = TermVersion.Kind
REASON = rule_versions.REASON_LENGTH
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
    return rule_versions.versions(TermVersion, key)


def newest(at: datetime | None = None) -> dict[str, Any]:
    """What is in force at a moment (now), by key; nothing of what was never set."""
    return rule_versions.newest(TermVersion, at)


def in_force(key: str) -> Any:
    """What is in force now; None: it was never set."""
    return versions(key).values_list("content", flat=True).first()


def earlier(key: str, start: Any) -> Any:
    """What was set before the version in force; start: what an installation begins with, None where it has none.

    Raises IllegalMove where there is nothing before.
    """
    return rule_versions.before(TermVersion, key, [] if start is None else [start])


@transaction.atomic
def keep(by: Person, key: str, kind: str, content: Any, reason: str) -> TermVersion:
    """Set it from now on. Raises NotAllowed, IllegalMove (no reason)."""
    demand_right(by)
    made = rule_versions.keep(by, TermVersion, key, kind, content, reason)
    record(by, f"term.{kind}", key, reason=made.reason)
    return made
