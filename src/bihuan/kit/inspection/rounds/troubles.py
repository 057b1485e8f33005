"""What a round found wrong, and how far each problem is: the ledger (问题台账) of the round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import FINISHED, State
from bihuan.kit.inspection.models import AnswerProblem
from bihuan.kit.inspection.problems import to_case
from bihuan.kit.inspection.rounds.progress import Standing
from bihuan.registry.models import Person

OPEN = (Finding.Status.NEW, Finding.Status.CONFIRMED)


@dataclass(frozen=True)
class Trouble:
    """A problem as the newest answer told it. times: in how many answers of the round it stands. case: None before it is one."""

    standing: Standing
    problem: AnswerProblem
    finding: Finding
    case: Case | None
    times: int

    @property
    def state(self) -> str:
        """Where it stands, in Chinese: of its case, or of the finding before there is one."""
        return str(self.case.get_state_display() if self.case else self.finding.get_status_display())

    @property
    def closed(self) -> bool:
        """Was it closed on evidence? Voided and not filed do not count."""
        return self.case is not None and self.case.state == State.CLOSED

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed, where it was."""
        return self.case.closed_at if self.case and self.closed else None

    @property
    def overdue(self) -> bool:
        """Is its case past its term and not finished?"""
        case = self.case
        return case is not None and case.state not in FINISHED and case.is_overdue(clock.now())


def troubles(rows: Sequence[Standing]) -> list[Trouble]:
    """The problems of all answers of some objects, one for each finding, in the order of the objects."""
    standing = {answer.pk: row for row in rows for answer in row.answers}
    found = AnswerProblem.objects.filter(answer__in=standing)
    by_finding: dict[int, list[AnswerProblem]] = {}
    for problem in found.select_related("answer", "finding__merged_into", "finding__organisation"):
        finding = _whole(problem)
        by_finding.setdefault(finding.pk, []).append(problem)
    cases = _cases(by_finding)
    made = [
        Trouble(standing[told[-1].answer_id], told[-1], _whole(told[-1]), cases.get(pk), len(told))
        for pk, told in by_finding.items()
    ]
    return sorted(made, key=lambda t: (t.standing.task.region_id, t.standing.task.target, t.problem.pk))


def _whole(problem: AnswerProblem) -> Finding:
    """The finding that the problem's went up in."""
    finding = problem.finding
    merged = finding.status == Finding.Status.MERGED and finding.merged_into
    return merged or finding


def _cases(findings: "dict[int, list[AnswerProblem]]") -> dict[int, Case]:
    """The case of each finding, without those that were voided."""
    rows = Case.findings.through.objects.filter(finding_id__in=findings).exclude(case__state=State.VOID)
    return {row.finding_id: row.case for row in rows.select_related("case__organisation").order_by("case_id")}


def hand_over_all(rows: Sequence[Trouble], by: Person) -> list[Case]:
    """Every problem that is no case yet becomes one, all or none of them; what was rejected or silenced stays.

    Raises IllegalMove as `problems.to_case`, and where nothing is left.
    """
    left = [row for row in rows if row.case is None and row.finding.status in OPEN]
    if not left:
        raise IllegalMove(_("没有未交办的问题"))
    with transaction.atomic():
        return [to_case(row.problem, by) for row in left]
