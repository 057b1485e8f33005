"""Cases that belong together: merged into a leading one, split off from it again, split in two.

The step of one case leaves a step in the other (an echo of the table), in the same transaction; numbers stay, and both
histories name each other. A merged case keeps its findings beside the leading one's, which deals with them from then on.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import notices, tree_steps
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding, Level
from bihuan.cases.records import RELEASED, finding_record
from bihuan.cases.transitions import BY_KEY, RUNNING, State, Transition
from bihuan.cases.writing import register, write
from bihuan.registry.access import may
from bihuan.registry.models import Person

Told = dict[str, Any]


def demand(case: Case, row: Transition, by: Person, data: dict[str, Any]) -> None:
    """Raises IllegalMove where the other case, or the findings that were chosen, do not allow the step."""
    match row.action:
        case "merge":
            _demand_leading(case, by, data.get("leading"))
        case "split_off":
            assert case.leading is not None
            _echo(case.leading, "release", by)
        case "split":
            _demand_findings(case, data.get("findings"))


def along(case: Case, row: Transition, by: Person, now: datetime, note: str, data: dict[str, Any]) -> Told:
    """What a step does to other cases, and what it keeps of that; within the transaction that writes it."""
    match row.action:
        case "merge":
            return _absorb(data["leading"], case, by, now, note)
        case "split_off":
            return _release(case, by, now, note)
        case "split":
            return _split(case, data["findings"], by, now, note)
    return {}


def _demand_leading(case: Case, by: Person, leading: object) -> None:
    if not isinstance(leading, Case) or leading.pk == case.pk:
        raise IllegalMove(_("请选择另一个问题作为主办问题"), "leading")
    if leading.simulated != case.simulated:
        raise IllegalMove(_("模拟的问题不能与真实的问题并案"), "leading")
    _echo(leading, "absorb", by)


def _echo(other: Case, action: str, by: Person) -> Transition:
    """The row of the table that the other case takes along. Raises IllegalMove where it cannot, or the person may not there."""
    row = BY_KEY.get((State(other.state), action))
    if row is None:
        said = {"number": other.number, "state": _(other.get_state_display())}
        raise IllegalMove(_("%(number)s 现在是“%(state)s”，不能并案或拆回") % said, "leading")
    if not may(by, *row.roles, region=other.region_id):
        raise IllegalMove(_("您的职务不覆盖%(number)s所在的区划") % {"number": other.number}, "leading")
    return row


def _demand_findings(case: Case, chosen: object) -> None:
    findings = chosen if isinstance(chosen, list) else []
    own = set(case.findings.values_list("pk", flat=True))
    if not findings or not {f.pk for f in findings} < own:
        raise IllegalMove(_("请选择要分出的发现，原问题至少留一条"), "findings")
    merged = Case.objects.filter(leading=case, findings__in=findings).first()
    if merged is not None:
        said = {"number": merged.number}
        raise IllegalMove(_("其中有 %(number)s 并入的发现，请将 %(number)s 拆回") % said, "findings")


def _absorb(leading: Case, case: Case, by: Person, now: datetime, note: str) -> Told:
    """The leading case takes the findings, and whatever is stricter: level, listing, deadline, count of returns."""
    row = _echo(leading, "absorb", by)
    findings = list(case.findings.all())
    leading.findings.add(*findings)
    told = {"merged": case.number, "findings": [finding_record(f) for f in findings]}
    step = write(leading, row, by, now, _stricter(leading, case), note, (), told)
    notices.tell(leading, step)
    tree_steps.after(leading, row, by, now, {})
    return {"leading": leading.number}


def _stricter(leading: Case, case: Case) -> dict[str, Any]:
    listed = [str(v) for v in Case.ListedBy.values]
    changes: dict[str, Any] = {
        "level": max(leading.level, case.level, key=[str(v) for v in Level.values].index),
        "listed_by": max(leading.listed_by, case.listed_by, key=listed.index),
        "immediate": leading.immediate or case.immediate,
        "returns": max(leading.returns, case.returns),
    }
    if leading.state in RUNNING and case.state in RUNNING:
        for name in ("due", "original_due"):
            changes[name] = min(getattr(leading, name), getattr(case, name))
    return {name: value for name, value in changes.items() if value != getattr(leading, name)}


def _release(case: Case, by: Person, now: datetime, note: str) -> Told:
    leading = case.leading
    assert leading is not None
    row = _echo(leading, "release", by)
    findings = list(case.findings.all())
    leading.findings.remove(*findings)
    told = {"split_off": case.number, RELEASED: [f.pk for f in findings]}
    notices.tell(leading, write(leading, row, by, now, {}, note, (), told))
    return {"leading": leading.number}


def _split(case: Case, findings: Sequence[Finding], by: Person, now: datetime, note: str) -> Told:
    """A new case of the chosen findings, which waits to be handed over."""
    fields = {
        "source": case.source, "listed_by": case.listed_by, "immediate": case.immediate, "requirement": case.requirement,
        "origin": case, "parent": case.parent, "tie": Case.Tie.LISTED if case.parent else "",
    }  # fmt: skip
    made = register(findings, by, case.region, note, (), fields, {"origin": case.number})
    step = write(made, BY_KEY[State.DRAFT, "submit"], by, now, {}, "", (), {})
    notices.tell(made, step)
    if case.parent is not None:
        tree_steps.joined(case.parent, made, by, now, note)
    case.findings.remove(*findings)
    return {"split": made.number, RELEASED: [f.pk for f in findings]}
