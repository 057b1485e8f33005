"""Statistics of the ledger as of a moment, from the steps known by then; and the quick counts of the centre's page.

Source: supervision ledger, closed loop, section 6. The moment is the cut-off: later steps do not count. What was closed
late stays late; an extension does not erase that the original deadline was missed. 不予立案, 移交 and 作废 are left out.
"""

import statistics as numbers
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F, FloatField, Func, Q, QuerySet

from bihuan.cases.models import Case, Finding, Step
from bihuan.cases.terms import DAY, TERMS, end_of_day, local_day
from bihuan.cases.transitions import FINISHED, RUNNING, UNFINISHED, State
from bihuan.registry.access import visible
from bihuan.registry.models import Person

LEFT_OUT = frozenset({State.NOT_FILED, State.TRANSFERRED, State.VOID})
REBOUND_WITHIN = 183 * DAY.total_seconds()  # 反弹率: "within N months"; N = 6


class Epoch(Func):
    """An instant as Unix seconds, to the millisecond: a hundred thousand dates are slow to make, numbers are not."""

    function = "EPOCH"
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """SQLite keeps instants as text."""
        return self.as_sql(
            compiler, connection, template="ROUND((JULIANDAY(%(expressions)s) - 2440587.5) * 86400, 3)"
        )

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """PostgreSQL knows the word."""
        return self.as_sql(compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)::float8")


class Entry(NamedTuple):
    """The part of a step that statistics need; instants are Unix seconds."""

    case: int
    region: str
    unit: str | None
    immediate: bool
    at: float
    action: str
    to: str
    due: float | None
    original_due: float | None


@dataclass
class Course:
    """How one case went until the moment."""

    region: str = ""
    unit: str = ""
    immediate: bool = False
    state: str = ""
    first_dispatch: float | None = None
    first_sign: float | None = None
    due: float | None = None
    original_due: float | None = None
    stopped: float | None = None
    worked: float = 0.0
    passed: int = 0
    failed: int = 0
    closings: list[float] = field(default_factory=list)
    reopenings: list[float] = field(default_factory=list)
    closed_late: bool = False
    _ran_since: float | None = None

    def add(self, entry: Entry) -> None:
        """Take in the next step."""
        self.region, self.unit, self.immediate = entry.region, entry.unit or "", entry.immediate
        self._run(entry.at, entry.to)
        self.state, self.due, self.original_due = entry.to, entry.due, entry.original_due
        match entry.action:
            case "dispatch":
                self.first_dispatch = self.first_dispatch or entry.at
            case "sign":
                self.first_sign = self.first_sign or entry.at
            case "pass":
                self.passed += 1
            case "fail":
                self.failed += 1
            case "close":
                self.closings.append(entry.at)
                self.closed_late |= self.late(entry.at)
            case "reopen":
                self.reopenings.append(entry.at)

    def _run(self, at: float, to: str) -> None:
        if self._ran_since is not None:
            self.worked += at - self._ran_since
        if to in RUNNING:
            self._ran_since, self.stopped = at, None
        else:
            if self._ran_since is not None:
                self.stopped = at
            self._ran_since = None

    def late(self, as_of: float) -> bool:
        """Past the deadline (with granted extension), now or at an earlier closing."""
        return self.closed_late or _past(self.due, self.stopped or as_of)

    def originally_late(self, as_of: float) -> bool:
        """Past the deadline that was set first."""
        return self.closed_late or _past(self.original_due, self.stopped or as_of)

    def is_due(self, as_of: float) -> bool:
        """Has the deadline come? A stopped clock moves an open case's deadline with it."""
        if self.state in FINISHED or self.stopped is None:
            return self.late(as_of) or _past(self.due, as_of)
        return self.late(as_of)

    @property
    def is_closed(self) -> bool:
        """Is it cleared at the moment?"""
        return self.state == State.CLOSED

    @property
    def is_done(self) -> bool:
        """Closed, verified as done, or closed and being looked at again."""
        return self.state in (State.CLOSED, State.PASSED, State.RECHECK)

    @property
    def signed_in_time(self) -> bool:
        """Signed by 24:00 of the day after the hand-over."""
        if self.first_sign is None or self.first_dispatch is None:
            return False
        sent = datetime.fromtimestamp(self.first_dispatch, UTC)
        return self.first_sign <= end_of_day(local_day(sent) + TERMS.sign_days * DAY).timestamp()

    @property
    def rebounded(self) -> bool:
        """Reopened soon after a closing."""
        return any(a < b <= a + REBOUND_WITHIN for a in self.closings for b in self.reopenings)


def _past(due: float | None, at: float) -> bool:
    return due is not None and at > due


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


def courses(cases: QuerySet[Case], as_of: datetime) -> list[Course]:
    """How each of these cases went until `as_of`, from its steps; cases opened later are left out."""
    rows = (
        Step.objects.filter(case__in=cases, at__lte=as_of)
        .order_by("case_id", "seq")
        .values_list(
            "case_id", "case__region__name", "organisation__name", "case__immediate", Epoch("at"), "action", "to_state",
            Epoch("due"), Epoch("original_due"),
        )
    )  # fmt: skip
    found = []
    for _, group in groupby((Entry(*row) for row in rows.iterator(chunk_size=5000)), key=lambda e: e.case):
        course = Course()
        for entry in group:
            course.add(entry)
        found.append(course)
    return found


def summarise(all_courses: Iterable[Course], as_of: datetime) -> Statistics:
    """The counts over these courses."""
    now = as_of.timestamp()
    known = [c for c in all_courses if c.state not in LEFT_OUT]
    sent = [c for c in known if c.first_dispatch is not None]
    due = [c for c in sent if c.is_due(now)]
    tonight = end_of_day(local_day(as_of)).timestamp()
    running = [c for c in sent if c.state in RUNNING]
    worked = [c.worked / DAY.total_seconds() for c in sent if c.is_closed]
    immediate = [c for c in sent if c.immediate]
    return Statistics(
        as_of=as_of,
        registered=len(known),
        dispatched=len(sent),
        signed_in_time=sum(c.signed_in_time for c in sent),
        open=sum(c.state in UNFINISHED for c in known),
        due_today=sum(c.due is not None and now <= c.due <= tonight for c in running),
        awaiting_verification=sum(c.state == State.VERIFYING for c in sent),
        due=len(due),
        due_done=sum(c.is_done for c in due),
        done=sum(c.is_done for c in sent),
        in_time=sum(c.is_done and not c.late(now) for c in due),
        overdue_open=sum(not c.is_done and c.late(now) for c in sent),
        closed_late=sum(c.is_done and c.late(now) for c in sent),
        originally_overdue=sum(c.originally_late(now) for c in sent),
        closed=sum(c.is_closed for c in sent),
        ever_closed=sum(bool(c.closings) for c in sent),
        immediate=len(immediate),
        immediate_in_time=sum(c.is_closed and not c.late(now) for c in immediate),
        verifications=sum(c.passed + c.failed for c in sent),
        failures=sum(c.failed for c in sent),
        rebounds=sum(c.rebounded for c in sent),
        mean_days=numbers.fmean(worked) if worked else None,
        median_days=numbers.median(worked) if worked else None,
    )


def ledger(
    cases: QuerySet[Case], as_of: datetime, by: Callable[[Course], str] | None = None
) -> dict[str, Statistics]:
    """The statistics of all (`合计`) and, with `by`, of each group; `by` may be `lambda c: c.region`."""
    everything = courses(cases, as_of)
    found = {"合计": summarise(everything, as_of)}
    if by is not None:
        for name in sorted({by(c) for c in everything}):
            found[name] = summarise((c for c in everything if by(c) == name), as_of)
    return found


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
