"""How a report stands, in the words that everybody may read: nothing of what was written, nobody's name."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bihuan.cases.models import Case
from bihuan.cases.transitions import DROPPED, State
from bihuan.scenarios.citizens.models import Act, Report


@dataclass(frozen=True)
class Standing:
    """`text` says it, `closed` whether anything is still to come, `at` since when; unit and due of a case that is handed over."""

    text: str
    closed: bool
    at: datetime
    answer: str = ""
    unit: str = ""
    due: datetime | None = None


def standing(report: Report) -> Standing:
    """As of now. Reads `acts` and their case, which a list fetches before."""
    act = next(iter(report.acts.all()), None)
    if act is None:
        return Standing(_("已收到，等待受理"), closed=False, at=report.received_at)
    if act.kind == Act.Kind.REFUSED or act.case is None:
        return Standing(_("不受理"), closed=True, at=act.at, answer=act.answer)
    return _of_case(act, act.case)


def _of_case(act: Act, case: Case) -> Standing:
    if case.leading is not None:
        return _of_case(act, case.leading)
    unit = case.organisation.name if case.organisation else ""
    if case.state == State.CLOSED:
        return Standing(_("已办结"), closed=True, at=case.closed_at or act.at, answer=act.answer, unit=unit)
    if case.state in DROPPED:
        return Standing(_("已结束，未立案"), closed=True, at=act.at, answer=act.answer)
    if case.state == State.TRANSFERRED:
        return Standing(_("已移交其他部门"), closed=True, at=act.at, answer=act.answer)
    return Standing(_("办理中"), closed=False, at=act.at, answer=act.answer, unit=unit, due=case.due)
