"""What a step of one case does to those above and below it: sub-cases made, links entered in both chains, deadlines handed
down, what is above opened again. All within the transaction of the step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import notices, step_changes, trees
from bihuan.cases.deadlines import DAY, TERMS
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import BY_KEY, CLEARED, GONE, State, Transition
from bihuan.cases.writing import register, write
from bihuan.registry.access import may
from bihuan.registry.models import Organisation, Person, prefix_of

Told = dict[str, Any]
TIES = {"add_unit": Case.Tie.JOINT, "break_down": Case.Tie.LISTED}
"""The steps that make a case below, and how it belongs there."""
HANDS = ("dispatch", "redispatch", "offer")


def demand(case: Case, row: Transition, by: Person, data: dict[str, Any]) -> None:
    """Raises IllegalMove where the case above, or the units that were chosen, do not allow the step."""
    unit, parent = data.get("organisation"), case.parent
    match row.action:
        case "attach":
            _demand_parent(case, by, data.get("parent"))
        case "detach" if parent is not None:
            _echo(parent, "lose", by)
        case "split" if parent is not None:
            _echo(parent, "gain", by)
        case "merge" if parent is not None:
            _demand_sibling(case, data["leading"])
        case "add_unit" if isinstance(unit, Organisation):
            _demand_new_unit(case, unit)
        case "break_down" if isinstance(unit, Organisation):
            _demand_new_part(case, unit, data)
        case "dispatch":
            _demand_units(unit, data.get("units") or [])
    if row.action in HANDS and isinstance(unit, Organisation):
        trees.demand_unit(case, unit)


def _demand_parent(case: Case, by: Person, parent: object) -> None:
    if not isinstance(parent, Case) or parent.pk == case.pk:
        raise IllegalMove(_("请选择另一个问题作为上级问题"), "parent")
    if parent.simulated != case.simulated:
        raise IllegalMove(_("模拟的问题不能与真实的问题挂在一起"), "parent")
    above = list(trees.line_up(parent))
    if any(c.pk == case.pk for c in above):
        said = {"number": parent.number}
        raise IllegalMove(_("%(number)s 本身挂在本问题之下，不能再作上级；请选择其他问题") % said, "parent")
    if not case.region_id.startswith(prefix_of(parent.region_id)):
        said = {"number": parent.number, "region": parent.region.name}
        raise IllegalMove(
            _("%(number)s 属于%(region)s，不包括本问题所在的区划；请选择上一级区划的问题") % said, "parent"
        )
    _demand_levels(len(above) + trees.levels(case), "parent")
    _echo(parent, "gain", by)


def _demand_levels(levels: int, field: str) -> None:
    if levels > trees.MOST_LEVELS:
        raise IllegalMove(_("上下级最多 %(n)d 层；请挂到更上一级") % {"n": trees.MOST_LEVELS}, field)


def _demand_sibling(case: Case, leading: Case) -> None:
    if leading.parent_id != case.parent_id:
        assert case.parent is not None
        said = {"number": case.parent.number}
        raise IllegalMove(
            _("本问题挂在 %(number)s 之下，只能与同一上级的问题并案；请先移出上级") % said, "leading"
        )


def _demand_new_unit(case: Case, unit: Organisation) -> None:
    if unit.pk == case.organisation_id:
        raise IllegalMove(_("%(unit)s 是牵头单位，协办请选择其他单位") % {"unit": unit}, "organisation")
    _demand_levels(len(list(trees.line_up(case))) + 1, "organisation")
    trees.demand_unit(case, unit)


def _demand_new_part(case: Case, unit: Organisation, data: dict[str, Any]) -> None:
    _demand_levels(len(list(trees.line_up(case))) + 1, "organisation")
    same = (
        trees.below(case).filter(organisation=unit, requirement=data["requirement"]).exclude(state__in=GONE)
    )
    if (there := same.first()) is not None:
        said = {"number": there.number, "unit": unit}
        raise IllegalMove(
            _("%(unit)s 已有同样要求的下级问题 %(number)s；不同的事项请写明不同的整改要求") % said,
            "requirement",
        )


def _demand_units(lead: object, units: Sequence[Organisation]) -> None:
    if lead in units:
        raise IllegalMove(_("%(unit)s 是牵头单位，协办请选择其他单位") % {"unit": lead}, "units")
    if len({u.pk for u in units}) != len(units):
        raise IllegalMove(_("同一单位选了两次，协办单位各选一次"), "units")


def _echo(parent: Case, action: str, by: Person) -> Transition:
    """The row of the table that the case above takes along. Raises IllegalMove where it cannot, or the person may not there."""
    row = BY_KEY.get((State(parent.state), action))
    if row is None:
        said = {"number": parent.number, "state": _(parent.get_state_display())}
        raise IllegalMove(
            _("%(number)s 现在是“%(state)s”，不能挂入或移出下级；请先列入清单或交办，已申请销号的先退回整改")
            % said,
            "parent",
        )
    if not may(by, *row.roles, region=parent.region_id):
        said = {"number": parent.number}
        raise IllegalMove(_("您的职务不覆盖%(number)s所在的区划，请上级调度岗办理") % said, "parent")
    return row


def along(case: Case, row: Transition, by: Person, now: datetime, note: str, data: dict[str, Any]) -> Told:
    """What a step does to the case above or below, and what it keeps of that."""
    match row.action:
        case "attach":
            return _linked(data["parent"], "gain", case, by, now, note)
        case "detach":
            assert case.parent is not None
            return _linked(case.parent, "lose", case, by, now, note)
        case "add_unit" | "break_down":
            return _made(case, TIES[row.action], by, now, note, data)
    return {}


def _linked(parent: Case, action: str, case: Case, by: Person, now: datetime, note: str) -> Told:
    parts = parent.parts + (1 if action == "gain" else -1)
    step = write(
        parent, _echo(parent, action, by), by, now, {"parts": parts}, note, (), {"child": case.number}
    )
    notices.tell(parent, step)
    return {"parent": parent.number}


def joined(parent: Case, case: Case, by: Person, now: datetime, note: str) -> None:
    """Enter in the chain of the case above that a case was made below it by other means (a split)."""
    _linked(parent, "gain", case, by, now, note)
    _hand_down(parent, now)


def _made(case: Case, tie: str, by: Person, now: datetime, note: str, data: dict[str, Any]) -> Told:
    """A case below, handed over to its unit: due with the case above unless a deadline was chosen."""
    unit = data["organisation"]
    inside = unit.region_id.startswith(prefix_of(case.region_id))
    names = ("title", "description", "basis", "source", "level", "listed_by", "immediate", "simulated", "place", "lat", "lon")  # fmt: skip
    fields = {name: getattr(case, name) for name in names} | {
        "requirement": data.get("requirement") or case.requirement, "parent": case, "tie": tie,
    }  # fmt: skip
    made = register([], by, unit.region if inside else case.region, "", (), fields, {"parent": case.number})
    write(made, BY_KEY[State.DRAFT, "submit"], by, now, {}, "", (), {})
    row = BY_KEY[State.PENDING, "dispatch"]
    given = {
        "organisation": unit,
        "due": data.get("due") or _usual(case, now),
        "liable": data.get("liable", ""),
    }
    changes, kept = step_changes.of(made, row, now, given)
    notices.tell(made, write(made, row, by, now, changes, note, (), kept))
    return {"child": made.number, "unit": unit.name}


def _usual(case: Case, now: datetime) -> datetime | None:
    """The deadline that a case below takes where nobody chooses one; None: by rule."""
    strictest = trees.cap(case, now)
    return strictest.due if strictest and strictest.due <= now + TERMS.longest_days * DAY else None


def after(case: Case, row: Transition, by: Person | None, now: datetime, data: dict[str, Any]) -> None:
    """What follows from a step that was written: co-units, stricter deadlines below, what is above opened again.

    Raises ChangedMeanwhile where somebody made or reopened a case below in the same moment.
    """
    for unit in data.get("units") or []:
        assert by is not None
        _join(case, unit, by, now)
    if case.parent_id is not None and row.target not in CLEARED | GONE:
        _follow(case, now)
    if case.parts:
        if refusal := trees.waits(case, row):
            raise ChangedMeanwhile(refusal)
        _hand_down(case, now)


def _join(case: Case, unit: Organisation, by: Person, now: datetime) -> None:
    row = BY_KEY[State(case.state), "add_unit"]
    trees.demand_unit(case, unit)
    told = _made(case, Case.Tie.JOINT, by, now, "", {"organisation": unit})
    step = write(case, row, by, now, {"parts": case.parts + 1}, "", (), told)
    notices.tell(case, step)


def _follow(case: Case, now: datetime) -> None:
    """What was struck off above is open again. The row is locked, so that it is not struck off in the same moment."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("region", "organisation")
    parent = rows.get(children=case)
    row = BY_KEY.get((State(parent.state), "follow" if parent.organisation_id else "relapse_list"))
    if row is None:
        return
    changes, told = step_changes.of(parent, row, now, {})
    note = f"下级问题 {case.number} 重新办理"
    notices.tell(parent, write(parent, row, None, now, changes, note, (), told | {"child": case.number}))
    after(parent, row, None, now, {})


def _hand_down(case: Case, now: datetime) -> None:
    """Whatever is below and milder becomes as strict."""
    for part in trees.below(case):
        row = BY_KEY.get((State(part.state), "tighten"))
        changes, told = trees.stricter(part, case, now)
        if row is not None and changes:
            note = f"按上级问题 {told.get('due_from', case.number)} 收紧"
            notices.tell(part, write(part, row, None, now, changes, note, (), told | {"parent": case.number}))
        if part.parts:
            _hand_down(part, now)
