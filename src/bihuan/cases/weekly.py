"""What one week of the ledger was: what people did in it, and what stood at its end; later steps do not count."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl
from django.db.models import QuerySet

from bihuan.cases.deadlines import DAY, end_of_day
from bihuan.cases.key_sets import among
from bihuan.cases.models import Case
from bihuan.cases.statistics import Statistics, grouped, marks
from bihuan.cases.step_table import all_steps
from bihuan.cases.transitions import RUNNING

WEEK = timedelta(days=7)
MOST_NAMED = 30
"""Cases of a kind that are named one by one."""
DONE = {
    "交办": ("dispatch", "redispatch"), "签收": ("sign",), "申请销号": ("apply_close",), "核查通过": ("pass", "confirm"),
    "核查不通过": ("fail",), "销号": ("close", "close_unproven"), "反弹": ("reopen", "relapse"), "督办": ("urge",),
    "退回": ("return",),
}  # fmt: skip


@dataclass(frozen=True)
class Week:
    """A week from its Monday; `running`: it is not over yet."""

    monday: date
    running: bool = False

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}年第{number}周 {self.monday:%m-%d} 至 {self.monday + WEEK - DAY:%m-%d}"


def weeks_until(now: date, many: int) -> list[Week]:
    """The running week and those before, newest first."""
    monday = now - timedelta(days=now.weekday())
    return [Week(monday - n * WEEK, n == 0) for n in range(many)]


@dataclass(frozen=True)
class Named:
    """A case that the letter names: its deadline, and since when or until when it is late or due."""

    case: Case
    deadline: datetime


@dataclass(frozen=True)
class Figures:
    """The week in numbers. done: how often each of DONE was done. ledger: by region, as of `as_of`.

    overdue, next_week: those named, the first deadline first, of `many_overdue` and `many_next`; came_back: reopened in it.
    """

    week: Week
    as_of: datetime
    done: dict[str, int]
    ledger: dict[str, Statistics]
    overdue: list[Named]
    many_overdue: int
    next_week: list[Named]
    many_next: int
    came_back: list[Case]
    simulated: bool


def figures(cases: "QuerySet[Case]", week: Week, now: datetime) -> Figures:
    """The week of these cases; of one that is not over, until now."""
    start, end = end_of_day(week.monday - DAY), end_of_day(week.monday + WEEK - DAY)
    as_of = min(end, now)
    rows = marks(cases, as_of)
    steps = all_steps().filter(pl.col("at").is_between(start.timestamp(), as_of.timestamp(), closed="left"))
    steps = steps.join(rows.select("case"), on="case", how="semi").with_columns(
        pl.col("action").cast(pl.String)
    )
    counted = dict(steps.group_by("action").len().iter_rows())
    late = rows.filter(pl.col("overdue_open") > 0).sort("deadline")
    running = pl.col("state").is_in([s.value for s in RUNNING])
    soon = pl.col("deadline").is_between(as_of.timestamp(), (end + WEEK).timestamp())
    coming = rows.filter(running & soon).sort("deadline")
    back = steps.filter(pl.col("action").is_in(list(DONE["反弹"])))["case"].unique()
    return Figures(
        week, as_of, {name: sum(counted.get(a, 0) for a in of) for name, of in DONE.items()}, grouped(rows, as_of, "region"),
        _named(late.head(MOST_NAMED)), late.height, _named(coming.head(MOST_NAMED)), coming.height,
        list(_cases(back.to_list()).values()), bool(rows["simulated"].any()),
    )  # fmt: skip


def _named(rows: pl.DataFrame) -> list[Named]:
    cases = _cases(rows["case"].to_list())
    pairs = rows.select("case", "deadline").iter_rows()
    return [Named(cases[key], datetime.fromtimestamp(at, UTC)) for key, at in pairs]


def _cases(keys: list[int]) -> dict[int, Case]:
    return {c.pk: c for c in Case.objects.filter(pk__in=among(keys)).select_related("region", "organisation")}
