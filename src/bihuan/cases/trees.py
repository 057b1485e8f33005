"""Cases in a tree: a lead with its co-units, a list with what it was broken down into. What the tree forbids and inherits.

Nothing is written here (tree_steps does). A case's deadline, level and listing are never milder than those of the open cases
above it. A deadline that has passed is not inherited: nobody can be handed something that is late already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Level
from bihuan.cases.transitions import FINISHED, GONE, SETTLED, UNFINISHED, VERIFIED, State, Transition
from bihuan.registry.models import Organisation

MOST_LEVELS = 4
"""央督 > 省督 > 市 > 县: so many cases stand above one another at most."""
NAMED = 5
"""So many open cases a refusal names."""


@dataclass(frozen=True)
class Cap:
    """The strictest deadline of the open cases above, and the number of the case that has it."""

    due: datetime
    number: str


def line_up(case: Case | None) -> Iterator[Case]:
    """A case and those above it, upwards."""
    while case is not None:
        yield case
        case = case.parent


def cap(parent: Case | None, now: datetime) -> Cap | None:
    """What a case below `parent` must be done by; None where nothing above is open with a deadline to come.

    Of equal ones the highest: from there the others have it.
    """
    line = reversed(list(line_up(parent)))
    above = [Cap(c.due, c.number) for c in line if c.state in UNFINISHED and c.due and c.due > now]
    return min(above, key=lambda c: c.due, default=None)


def stricter(case: Case, parent: Case, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of a case becomes stricter below `parent`, and what a step keeps of that: whose deadline it takes."""
    levels, listed = [str(v) for v in Level.values], [str(v) for v in Case.ListedBy.values]
    changes: dict[str, Any] = {
        "level": max(case.level, parent.level, key=levels.index),
        "listed_by": max(case.listed_by, parent.listed_by, key=listed.index),
    }
    told: dict[str, Any] = {}
    strictest = cap(parent, now)
    if strictest and case.due and case.original_due and strictest.due < case.due:
        changes |= {"due": strictest.due, "original_due": min(case.original_due, strictest.due)}
        told = {"due": strictest.due.isoformat(), "due_from": strictest.number}
    return {name: value for name, value in changes.items() if value != getattr(case, name)}, told


def below(case: Case) -> "QuerySet[Case]":
    """The cases directly below."""
    return Case.objects.filter(parent=case).select_related("organisation", "region").order_by("pk")


def everything_below(cases: Sequence[Case]) -> list[Case]:
    """All cases below these, level by level; each once, also where one of these stands below another."""
    found: dict[int, Case] = {}
    level = [c.pk for c in cases]
    while level:
        parts = Case.objects.filter(parent__in=level).select_related("organisation", "region").order_by("pk")
        fresh = {c.pk: c for c in parts if c.pk not in found}
        level = list(fresh)
        found |= fresh
    return list(found.values())


def whole(case: Case) -> set[int]:
    """The keys of all cases of the tree in which a case stands; of one that stands alone its own."""
    if case.parent_id is None and not case.parts:
        return {case.pk}
    root = list(line_up(case))[-1]
    return {root.pk, *(c.pk for c in everything_below([root]))}


def levels(case: Case) -> int:
    """How many cases stand above one another from this one down."""
    deep, level = 0, [case.pk]
    while level:
        deep, level = deep + 1, list(Case.objects.filter(parent__in=level).values_list("pk", flat=True))
    return deep


def joint(case: Case) -> list[Case]:
    """The cases of a joint handling to which this one belongs: the lead, then the co-units that are not gone; or nothing."""
    lead = case.parent if case.tie == Case.Tie.JOINT and case.parent else case
    parts = [c for c in below(lead).filter(tie=Case.Tie.JOINT) if c.state not in GONE]
    return [lead, *parts] if parts else []


def demand_unit(case: Case, unit: Organisation) -> None:
    """Raises IllegalMove where a unit has a part in the same joint handling already, as lead or co-unit."""
    for other in joint(case):
        if other.pk != case.pk and other.organisation_id == unit.pk:
            said = {"unit": unit, "number": other.number}
            raise IllegalMove(
                _("%(unit)s 已在 %(number)s 参加联合办理，请选择其他单位") % said, "organisation"
            )


def why_not(case: Case, row: Transition) -> str:
    """Why the tree forbids a step; empty where it does not."""
    match row.action:
        case "attach" if case.parent is not None:
            return _("已挂在 %(number)s 之下，请先移出上级") % {"number": case.parent.number}
        case "detach" if case.parent_id is None:
            return _("本问题没有上级问题")
        case "merge" if case.parts:
            return _("本问题有下级问题，不能并案；请先将下级问题移出")
        case "reopen" if case.organisation_id is None:
            return _("清单没有承办单位，请用“恢复清单”")
        case "relist" if case.organisation_id is not None:
            return _("问题有承办单位，请用“反弹”")
    return waits(case, row)


def waits(case: Case, row: Transition) -> str:
    """Which cases below a step still waits for; empty where for none."""
    ends = row.target in FINISHED and row.source != row.target
    done = VERIFIED if row.action in ("apply_close", "pass") else SETTLED if ends else None
    parts = list(below(case)) if case.parts and done else []
    waited = [c for c in parts if done and c.state not in done]
    if waited:
        names = _("、").join(f"{c.number}（{_standing(c)}）" for c in waited[:NAMED])
        said = {"n": len(waited), "names": names, "step": _(row.label)}
        return _("还有 %(n)d 个下级问题未完成：%(names)s。办结、移出或作废以后才能%(step)s") % said
    if row.action == "strike" and all(c.state in GONE for c in parts):
        return _("清单下还没有已销号的问题；请先分解下达，不再办理的请作废")
    return ""


def _standing(case: Case) -> str:
    unit = f"{case.organisation} " if case.organisation else ""
    return f"{unit}{_(case.get_state_display())}"


@dataclass(frozen=True)
class Progress:
    """How far the cases below one are: closed, and all that are not gone."""

    done: int
    all: int


def progress(parts: Sequence[Case]) -> Progress:
    """Of the cases below one."""
    counted = [c for c in parts if c.state not in GONE]
    return Progress(sum(c.state == State.CLOSED for c in counted), len(counted))
