"""Statistics of the ledger as of a moment, from the steps known by then; and the quick counts of the centre's page.

Source: supervision ledger, closed loop, section 6. The moment is the cut-off: later steps do not count. What was closed
late stays late; an extension does not erase that the original deadline was missed. 不予立案, 移交 and 作废 are left out, and so is 已并案: the leading case counts.
"""

import statistics as numbers
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from bihuan.cases.deadlines import DAY, end_of_day, local_day
from bihuan.cases.histories import History, histories
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import RUNNING, UNFINISHED, State
from bihuan.registry.access import visible
from bihuan.registry.models import Person

LEFT_OUT = frozenset({State.NOT_FILED, State.TRANSFERRED, State.VOID, State.MERGED})


@dataclass(frozen=True)
class Rate:
    """A rate of the ledger: the counts of which it is the quotient, and what it means."""

    name: str
    part: tuple[str, ...]
    whole: str
    meaning: str


RATES = (
    Rate(
        "签收率",
        ("signed_in_time",),
        "dispatched",
        "交办次日 24:00 前（规则另有签收时限的按规则）签收的，占已交办的",
    ),
    Rate("立行立改率", ("immediate_in_time",), "immediate", "按期销号的立行立改问题，占立行立改问题"),
    Rate("整改完成率(到期)", ("due_done",), "due", "到期问题中核查通过或已销号的，占到期的"),
    Rate("整改完成率(全部)", ("done",), "dispatched", "核查通过或已销号的，占已交办的"),
    Rate("按期完成率", ("in_time",), "due", "到期问题中在期限（含同意的延期）内完成的，占到期的"),
    Rate("超期率", ("overdue_open", "closed_late"), "due", "超期未完成与超期完成的，占到期的"),
    Rate("退回率", ("failures",), "verifications", "核查不通过的次数，占核查次数"),
    Rate("反弹率", ("rebounds",), "ever_closed", "销号后六个月内反弹的，占曾销号的"),
    Rate("销号率", ("closed",), "dispatched", "现已销号的，占已交办的"),
)


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
    verified: int
    due: int
    due_done: int
    done: int
    in_time: int
    overdue_open: int
    closed_late: int
    originally_overdue: int
    closed: int
    unproven: int
    reopened: int
    relapsed: int
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
        return {rate.name: share(self.part(rate), self.whole(rate)) for rate in RATES}

    def part(self, rate: Rate) -> int:
        """The cases (verifications) that a rate counts."""
        return sum(int(getattr(self, name)) for name in rate.part)

    def whole(self, rate: Rate) -> int:
        """Those among which it counts them."""
        return int(getattr(self, rate.whole))


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, or None of nothing."""
    return part / whole if whole else None


def summarise(all_histories: Iterable[History], as_of: datetime) -> Statistics:
    """The counts over these histories."""
    return _sum([_marks(c, as_of) for c in all_histories if c.state not in LEFT_OUT], as_of)


@dataclass(frozen=True)
class Marks:
    """What one case adds to each count, in the order of COUNTED; and its days of work when it is closed."""

    history: History
    counts: tuple[int, ...]
    days: float | None


ALL = "合计"
COUNTED = (
    "registered", "open", "dispatched", "signed_in_time", "due_today", "awaiting_verification", "verified", "due", "due_done", "done",
    "in_time", "overdue_open", "closed_late", "originally_overdue", "closed", "unproven", "reopened", "relapsed", "ever_closed", "immediate",
    "immediate_in_time", "verifications", "failures", "rebounds",
)  # fmt: skip


def _marks(c: History, as_of: datetime) -> Marks:
    now, tonight = as_of.timestamp(), end_of_day(local_day(as_of)).timestamp()
    is_open = c.state in UNFINISHED
    if c.first_dispatch is None:
        return Marks(c, (1, is_open, *[0] * (len(COUNTED) - 2)), None)
    late, done, due = c.late(now), c.is_done, c.is_due(now)
    today = c.due is not None and c.state in RUNNING and now <= c.due <= tonight
    counted = (
        1, is_open, 1, c.signed_in_time, today, c.state == State.VERIFYING, c.state == State.PASSED, due, due and done, done,
        due and done and not late, late and not done, late and done, c.originally_late(now), c.is_closed,
        c.is_closed and c.unproven, bool(c.reopenings), c.relapses > 0, bool(c.closings), c.immediate,
        c.immediate and c.is_closed and not late, c.passed + c.failed, c.failed, c.rebounded,
    )  # fmt: skip
    return Marks(c, counted, c.worked / DAY.total_seconds() if c.is_closed else None)


def _sum(marks: list[Marks], as_of: datetime) -> Statistics:
    sums = [sum(column) for column in zip(*(m.counts for m in marks), strict=True)] or [0] * len(COUNTED)
    days = [m.days for m in marks if m.days is not None]
    return Statistics(
        as_of=as_of,
        mean_days=numbers.fmean(days) if days else None,
        median_days=numbers.median(days) if days else None,
        **dict(zip(COUNTED, sums, strict=True)),
    )


def marks(cases: QuerySet[Case], as_of: datetime) -> list[Marks]:
    """What each of these cases adds to the counts; those that are left out of the statistics are not among them."""
    return [_marks(c, as_of) for c in histories(cases, as_of) if c.state not in LEFT_OUT]


def grouped(
    all_marks: Iterable[Marks], as_of: datetime, by: Callable[[History], str] | None = None
) -> dict[str, Statistics]:
    """The statistics of all (`合计`) and, with `by`, of each group."""
    rows = list(all_marks)
    groups: dict[str, list[Marks]] = {}
    if by is not None:
        for mark in rows:
            groups.setdefault(by(mark.history), []).append(mark)
    return {ALL: _sum(rows, as_of)} | {name: _sum(groups[name], as_of) for name in sorted(groups)}


def ledger(
    cases: QuerySet[Case], as_of: datetime, by: Callable[[History], str] | None = None
) -> dict[str, Statistics]:
    """The statistics of all and, with `by`, of each group; `by` may be `lambda c: c.region`."""
    return grouped(marks(cases, as_of), as_of, by)


def behind(all_marks: Iterable[Marks], counts: Iterable[str]) -> list[int]:
    """Keys of the cases behind a number: those that add to one of these counts."""
    places = [COUNTED.index(name) for name in counts]
    return [m.history.case for m in all_marks if any(m.counts[i] for i in places)]


@dataclass(frozen=True)
class Counts:
    """今天要做: what the centre's page shows, for what a person may see."""

    open: int
    overdue: int
    due_today: int
    to_verify: int
    to_close: int
    reopened: int
    new_incidents: int


OVERDUE_STOPPED = Q(state__in=UNFINISHED - RUNNING, stopped_at__gt=F("due"))


def past_deadline(now: datetime) -> Q:
    """Unfinished cases past their deadline."""
    return Q(state__in=RUNNING, due__lt=now) | OVERDUE_STOPPED


def ends_today(now: datetime) -> Q:
    """Running cases whose deadline is still today (24:00 belongs to today)."""
    return Q(state__in=RUNNING, due__gte=now, due__lte=end_of_day(local_day(now)))


def counts(person: Person, now: datetime) -> Counts:
    """The quick counts, straight from the present rows."""
    cases = (
        visible(Case.objects.order_by(), person)
        .filter(state__in=UNFINISHED)
        .aggregate(
            open=Count("pk"),
            overdue=Count("pk", filter=past_deadline(now)),
            due_today=Count("pk", filter=ends_today(now)),
            to_verify=Count("pk", filter=Q(state=State.VERIFYING)),
            to_close=Count("pk", filter=Q(state=State.PASSED)),
            reopened=Count("pk", filter=Q(reopened__gt=0)),
        )
    )
    new = visible(Finding.objects.order_by(), person).filter(status=Finding.Status.NEW)
    return Counts(**cases, new_incidents=new.values("incident").distinct().count())
