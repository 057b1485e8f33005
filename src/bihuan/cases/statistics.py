"""Statistics of the ledger as of a moment, from the steps known by then; and the quick counts of the centre's page.

Source: supervision ledger, closed loop, section 6. The moment is the cut-off: later steps do not count. What was closed
late stays late; an extension does not erase that the original deadline was missed. 不予立案, 移交 and 作废 are left out.
"""

import statistics as numbers
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from bihuan.cases.courses import Course, courses
from bihuan.cases.models import Case, Finding
from bihuan.cases.terms import DAY, end_of_day, local_day
from bihuan.cases.transitions import RUNNING, UNFINISHED, State
from bihuan.registry.access import visible
from bihuan.registry.models import Person

LEFT_OUT = frozenset({State.NOT_FILED, State.TRANSFERRED, State.VOID})


@dataclass(frozen=True)
class Statistics:
    """The counts; every rate is a property that is None when there is nothing to divide by."""

    as_of: datetime
    registered: int
    dispatched: int
    signed_in_time: int
    open: int
    due_today: int
    awaiting_verification: int
    due: int
    due_done: int
    done: int
    in_time: int
    overdue_open: int
    closed_late: int
    originally_overdue: int
    closed: int
    ever_closed: int
    immediate: int
    immediate_in_time: int
    verifications: int
    failures: int
    rebounds: int
    mean_days: float | None
    median_days: float | None

    @property
    def rates(self) -> dict[str, float | None]:
        """The rates of the ledger by their Chinese names, as shares of 1."""
        return {
            "签收率": share(self.signed_in_time, self.dispatched),
            "立行立改率": share(self.immediate_in_time, self.immediate),
            "整改完成率(到期)": share(self.due_done, self.due),
            "整改完成率(全部)": share(self.done, self.dispatched),
            "按期完成率": share(self.in_time, self.due),
            "超期率": share(self.overdue_open + self.closed_late, self.due),
            "退回率": share(self.failures, self.verifications),
            "反弹率": share(self.rebounds, self.ever_closed),
            "销号率": share(self.closed, self.dispatched),
        }


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, or None of nothing."""
    return part / whole if whole else None


def summarise(all_courses: Iterable[Course], as_of: datetime) -> Statistics:
    """The counts over these courses."""
    return _sum([_marks(c, as_of) for c in all_courses if c.state not in LEFT_OUT], as_of)


@dataclass(frozen=True)
class _Marks:
    """What one case adds to each count, in the order of COUNTED; and its days of work when it is closed."""

    course: Course
    counts: tuple[int, ...]
    days: float | None


COUNTED = (
    "registered", "open", "dispatched", "signed_in_time", "due_today", "awaiting_verification", "due", "due_done", "done",
    "in_time", "overdue_open", "closed_late", "originally_overdue", "closed", "ever_closed", "immediate",
    "immediate_in_time", "verifications", "failures", "rebounds",
)  # fmt: skip


def _marks(c: Course, as_of: datetime) -> _Marks:
    now, tonight = as_of.timestamp(), end_of_day(local_day(as_of)).timestamp()
    is_open = c.state in UNFINISHED
    if c.first_dispatch is None:
        return _Marks(c, (1, is_open, *[0] * (len(COUNTED) - 2)), None)
    late, done, due = c.late(now), c.is_done, c.is_due(now)
    today = c.due is not None and c.state in RUNNING and now <= c.due <= tonight
    counted = (
        1, is_open, 1, c.signed_in_time, today, c.state == State.VERIFYING, due, due and done, done,
        due and done and not late, late and not done, late and done, c.originally_late(now), c.is_closed,
        bool(c.closings), c.immediate, c.immediate and c.is_closed and not late, c.passed + c.failed, c.failed,
        c.rebounded,
    )  # fmt: skip
    return _Marks(c, counted, c.worked / DAY.total_seconds() if c.is_closed else None)


def _sum(marks: list[_Marks], as_of: datetime) -> Statistics:
    sums = [sum(column) for column in zip(*(m.counts for m in marks), strict=True)] or [0] * len(COUNTED)
    days = [m.days for m in marks if m.days is not None]
    return Statistics(
        as_of=as_of,
        mean_days=numbers.fmean(days) if days else None,
        median_days=numbers.median(days) if days else None,
        **dict(zip(COUNTED, sums, strict=True)),
    )


def ledger(
    cases: QuerySet[Case], as_of: datetime, by: Callable[[Course], str] | None = None
) -> dict[str, Statistics]:
    """The statistics of all (`合计`) and, with `by`, of each group; `by` may be `lambda c: c.region`."""
    marks = [_marks(c, as_of) for c in courses(cases, as_of) if c.state not in LEFT_OUT]
    groups: dict[str, list[_Marks]] = {}
    if by is not None:
        for mark in marks:
            groups.setdefault(by(mark.course), []).append(mark)
    return {"合计": _sum(marks, as_of)} | {name: _sum(groups[name], as_of) for name in sorted(groups)}


@dataclass(frozen=True)
class Counts:
    """今天要做: what the centre's page shows, for what a person may see."""

    open: int
    overdue: int
    due_today: int
    to_verify: int
    new_findings: int


OVERDUE_STOPPED = Q(state__in=UNFINISHED - RUNNING, stopped_at__gt=F("due"))


def overdue(cases: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """The unfinished cases past their deadline."""
    return cases.filter(Q(state__in=RUNNING, due__lt=now) | OVERDUE_STOPPED)


def due_today(cases: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """The running cases whose deadline is still today (24:00 belongs to today)."""
    return cases.filter(state__in=RUNNING, due__gte=now, due__lte=end_of_day(local_day(now)))


def counts(person: Person, now: datetime) -> Counts:
    """The quick counts, straight from the present rows."""
    cases = visible(Case.objects.order_by(), person)
    return Counts(
        open=cases.filter(state__in=UNFINISHED).count(),
        overdue=overdue(cases, now).count(),
        due_today=due_today(cases, now).count(),
        to_verify=cases.filter(state=State.VERIFYING).count(),
        new_findings=visible(Finding.objects.order_by(), person).filter(status=Finding.Status.NEW).count(),
    )
