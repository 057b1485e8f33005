"""Rules as they are kept in versions: what is in force at a moment, one more, back to the one before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import needed
from bihuan.cases.version_models import KeptRule
from bihuan.registry.models import Person

V = TypeVar("V", bound=KeptRule)
REASON_LENGTH = 400
LENGTHS = {"name": 60, "basis": 200, "check": 80, "kind": 20, "reason": REASON_LENGTH}
"""At most how many characters the fields take that rules have in common."""


def versions(model: type[V], rule: str) -> "QuerySet[V]":
    """All versions of a rule as of the clock, the newest first."""
    return model._default_manager.filter(rule=rule, at__lte=clock.now()).select_related("by")


def newest(model: type[KeptRule], at: datetime | None = None) -> dict[str, Any]:
    """The content of every rule that was set, as it is in force at a moment (now)."""
    rows = model._default_manager.filter(at__lte=at or clock.now()).order_by("at", "id")
    return dict(rows.values_list("rule", "content"))


def keep(by: Person, model: type[V], rule: str, kind: str, content: Any, reason: str) -> V:
    """One more version. Whether the person may is asked before. Raises IllegalMove without a reason."""
    text = needed(reason, "理由", REASON_LENGTH, _("请写明理由"), "reason")
    return model._default_manager.create(
        rule=rule, kind=kind, content=content, reason=text, by=by, at=clock.now()
    )


def before(model: type[KeptRule], rule: str, start: Sequence[Any]) -> Any:
    """What was set before the version in force; `start`: with what an installation begins. Raises IllegalMove for none."""
    kept = [v.content for v in versions(model, rule)]
    earlier = next((content for content in [*kept, *start] if content != kept[0]), None) if kept else None
    if earlier is None:
        raise IllegalMove(_("没有更早的一版，不能撤销；不再使用的规则可以停用"))
    return earlier
