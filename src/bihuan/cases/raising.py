"""自动立案: what some checks show becomes a case by itself, which waits to be handed over; taken by the machine after a round.

Such a check (`domain.checks.Check.raises`) leaves nothing to judge: what it shows is against the rules as it stands. All
that such checks show of one target becomes one case. It may be repeated at any time: what lies in a case is not new any
more. Two things wait for people: a side of a problem that an unfinished case deals with, and one whose last case was dropped.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from django.db import transaction

from bihuan.cases import notices
from bihuan.cases.errors import ChangedMeanwhile
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import DROPPED, UNFINISHED
from bihuan.cases.writing import register

Status = Finding.Status
Problem = tuple[str, str, str]
PROBLEM = ("check_key", "target_kind", "target")
"""What is wrong with what, whatever the item."""


def raise_cases(titles: Mapping[str, str]) -> int:
    """Register what checks (key: title) show and nobody has judged; how many cases became of it."""
    new = Finding.objects.filter(status=Status.NEW, check_key__in=titles).select_related("region")
    found = list(new.order_by("target_kind", "target", "started_at", "pk"))
    left = _left_to_people(found)
    waiting = [f for f in found if _problem(f) not in left]
    return sum(_raise(list(of), titles) for _target, of in groupby(waiting, key=lambda f: _problem(f)[1:]))


def _problem(finding: Finding) -> Problem:
    return finding.check_key, finding.target_kind, finding.target


def _left_to_people(findings: Sequence[Finding]) -> set[Problem]:
    """The problems of these findings whose last case goes on, or was dropped."""
    handed = Finding.objects.filter(
        status=Status.HANDED,
        check_key__in={f.check_key for f in findings},
        target__in={f.target for f in findings},
    )
    cases = Case.objects.filter(findings__in=handed).order_by("opened_at", "pk")
    rows = cases.values_list("state", *(f"findings__{name}" for name in PROBLEM))
    ends: dict[Problem, str] = {(check, kind, target): state for state, check, kind, target in rows}
    return {problem for problem, state in ends.items() if state in DROPPED or state in UNFINISHED}


def _raise(findings: Sequence[Finding], titles: Mapping[str, str]) -> int:
    """One case of these findings; 0 where somebody was quicker with one of them."""
    named = "、".join(dict.fromkeys(titles[f.check_key] for f in findings))
    try:
        with transaction.atomic():
            note = f"“{named}”的发现不经判定，自动立案"
            case = register(findings, None, findings[0].region, note, (), {})
            notices.tell(case, case.steps.get())
    except ChangedMeanwhile:
        return 0
    return 1
