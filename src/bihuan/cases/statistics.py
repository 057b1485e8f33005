"""Statistics of the ledger as of a moment, from the steps known by then; and the quick counts of the centre's page.

Source: supervision ledger, closed loop, section 6. The moment is the cut-off: later steps do not count. What was closed
late stays late; an extension does not erase that the original deadline was missed. 不予立案, 移交 and 作废 are left out, and so is 已并案: the leading case counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Count, F, Q, QuerySet

from bihuan.cases.deadlines import DAY, end_of_day, local_day
from bihuan.cases.histories import histories
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


ALL = "合计"
COUNTED = (
    "registered", "open", "dispatched", "signed_in_time", "due_today", "awaiting_verification", "verified", "due", "due_done", "done",
    "in_time", "overdue_open", "closed_late", "originally_overdue", "closed", "unproven", "reopened", "relapsed", "ever_closed", "immediate",
    "immediate_in_time", "verifications", "failures", "rebounds",
)  # fmt: skip
"""The counts, each a column of `marks`."""


def marks(cases: "QuerySet[Case]", as_of: datetime) -> pl.DataFrame:
    """`histories` with what each case adds to each count (COUNTED), and its days of work when it is closed (`days`).

    Cases that are left out of the statistics are not among them.
    """
    rows = histories(cases, as_of).filter(~pl.col("state").is_in([s.value for s in LEFT_OUT]))
    return rows.with_columns(
        **{name: count.cast(pl.Int64) for name, count in _counts(as_of).items()}
    ).with_columns(days=pl.when(_is("closed")).then(pl.col("worked") / DAY.total_seconds()))


def _is(count: str) -> pl.Expr:
    return pl.col(count) > 0


def _counts(as_of: datetime) -> dict[str, pl.Expr]:
    now, tonight = as_of.timestamp(), end_of_day(local_day(as_of)).timestamp()
    state, handed = pl.col("state"), pl.col("first_dispatch").is_not_null()
    late, done, due, closed = (pl.col(name) for name in ("late", "is_done", "is_due", "is_closed"))
    running = state.is_in([s.value for s in RUNNING])
    of_handed = {
        "dispatched": handed, "signed_in_time": pl.col("signed_in_time"),
        "due_today": running & pl.col("deadline").is_between(now, tonight).fill_null(False),
        "awaiting_verification": state == State.VERIFYING.value, "verified": state == State.PASSED.value, "due": due,
        "due_done": due & done, "done": done, "in_time": due & done & ~late, "overdue_open": late & ~done,
        "closed_late": late & done, "originally_overdue": pl.col("originally_late"), "closed": closed,
        "unproven": closed & pl.col("without_proof"), "reopened": pl.col("reopenings") > 0, "relapsed": pl.col("relapses") > 0,
        "ever_closed": pl.col("closings") > 0, "immediate": pl.col("immediate"),
        "immediate_in_time": pl.col("immediate") & closed & ~late, "verifications": pl.col("passed") + pl.col("failed"),
        "failures": pl.col("failed"), "rebounds": pl.col("rebounded"),
    }  # fmt: skip
    counted = {name: pl.when(handed).then(count).otherwise(0) for name, count in of_handed.items()}
    return {"registered": pl.lit(1), "open": state.is_in([s.value for s in UNFINISHED])} | counted


_SUMS = [pl.col(name).sum() for name in COUNTED] + [
    pl.col("days").mean().alias("mean_days"), pl.col("days").median().alias("median_days"),
]  # fmt: skip


def grouped(rows: pl.DataFrame, as_of: datetime, by: str | None = None) -> dict[str, Statistics]:
    """The statistics of all (`合计`) and, with `by`, a column of `marks`, of each group."""
    found = {ALL: _of(rows.select(*_SUMS).row(0, named=True), as_of)}
    if by is None:
        return found
    groups = rows.group_by(by).agg(*_SUMS).sort(by).iter_rows(named=True)
    return found | {str(sums.pop(by)): _of(sums, as_of) for sums in groups}


def _of(sums: dict[str, Any], as_of: datetime) -> Statistics:
    return Statistics(as_of=as_of, **sums)


def ledger(cases: "QuerySet[Case]", as_of: datetime, by: str | None = None) -> dict[str, Statistics]:
    """The statistics of all and, with `by`, of each group: region, unit, handler, level, source or check."""
    return grouped(marks(cases, as_of), as_of, by)


def behind(rows: pl.DataFrame, counts: Iterable[str]) -> list[int]:
    """Keys of the cases behind a number: those that add to one of these counts."""
    return rows.filter(pl.any_horizontal(_is(name) for name in counts))["case"].to_list()


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
