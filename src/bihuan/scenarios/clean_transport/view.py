"""What pages, workbooks and the monthly report tell: the table of some months by unit, industry or month, one unit, the trucks to replace. One source of every number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import next_month
from bihuan.domain.vehicles.clean.columns import WAYS_OF, by_fuel, summed
from bihuan.domain.vehicles.clean.goals import Goal, goals_of
from bihuan.domain.vehicles.clean.reported import differing, share_of_reported
from bihuan.domain.vehicles.clean.share import NOTHING, Share, share_of, shares_by
from bihuan.domain.vehicles.clean.shifting import flows
from bihuan.domain.vehicles.clean.tonnes import LOADS
from bihuan.domain.vehicles.clean.trucks import enough, to_replace, trucks_of
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport.reading import hauls_of, loads_in, reported_in, ways_in

DAY = timedelta(days=1)
OWN, EIGHTY = "own", Decimal(80)
"""The goal that a register sets for a unit; what most texts ask for [%]."""
BY = {"unit": "用车单位", "industry": "行业", "month": "月份"}
"""By what the table has its rows."""


@dataclass(frozen=True)
class Line:
    """A row of the table. sums: `columns.SUMS`; goal: the strictest that asks something of the unit, None without one; met: whether it is reached, None where that cannot be said."""

    name: str
    unit: VehicleUser | None
    sums: Mapping[str, Any]
    share: Share
    goal: Goal | None = None

    @property
    def without_six(self) -> str:
        """The share without 国六."""
        return told(self.share, six=False)

    @property
    def with_six(self) -> str:
        """The share with 国六."""
        return told(self.share, six=True)

    @property
    def met(self) -> bool | None:
        """Is the goal reached?"""
        return self.share.met(self.goal.percent, six=self.goal.six) if self.goal else None

    @property
    def weighed(self) -> bool:
        """Is any tonne known? Without one all of them are unknown, not zero."""
        return bool(self.share.total)

    @property
    def silent(self) -> bool:
        """Did neither gate nor batch tell anything?"""
        return not self.share.total and not self.share.unweighed


def told(share: Share, *, six: bool) -> str:
    """A share in words: `82.0%`, or the interval `60.0%–72.0%`; a dash where no tonne is known."""
    found = share.percent(six=six)
    if found is None:
        return "—"
    least, most = found
    return f"{least}%" if least == most else f"{least}%–{most}%"


def goals_for(unit: VehicleUser, day: date) -> tuple[Goal, ...]:
    """All that ask something of a unit on a day, the strictest first: its own goal of the register, and the texts of its industry and grade."""
    texts = goals_of(unit.industry, unit.grade, day)
    if unit.clean_goal is None:
        return texts
    own = Goal(
        OWN, unit.industry, "", Decimal(str(unit.clean_goal)), False, day, "用车单位登记的清洁运输目标", "K"
    )
    return tuple(sorted((own, *texts), key=lambda g: (-g.percent, g.six)))


@dataclass(frozen=True)
class Whole:
    """Some units in some months. months: their first days, in order."""

    months: Sequence[date]
    units: Sequence[VehicleUser]
    by: str
    loads: pl.DataFrame

    @property
    def last(self) -> date:
        """The last day of it: texts count that were in force then."""
        return next_month(self.months[-1]) - DAY

    @property
    def span(self) -> str:
        """Its months in words."""
        first, last = self.months[0], self.months[-1]
        return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}—{last:%Y-%m}"

    @cached_property
    def total(self) -> Line:
        """All together."""
        return Line("合计", None, summed(self.loads).row(0, named=True), share_of(self.loads))

    @cached_property
    def lines(self) -> list[Line]:
        """The rows of the table: units with none of them left out, industries, or months."""
        return self.grouped(self.by)

    def grouped(self, by: str) -> list[Line]:
        """The rows by something of `BY`."""
        names = pl.DataFrame(
            [(u.pk, u.industry) for u in self.units],
            {"unit": pl.String(), "industry": pl.String()},
            orient="row",
        )
        loads = self.loads.join(names, on="unit", how="left") if by == "industry" else self.loads
        sums = {row[by]: row for row in summed(loads, by).iter_rows(named=True)}
        shares = shares_by(loads, by)
        return [self._line(key, name, unit, sums, shares) for key, name, unit in self._keys(by)]

    def _line(self, key: Any, name: str, unit: VehicleUser | None, sums: Mapping[Any, Any], shares: Mapping[Any, Share]) -> Line:  # fmt: skip
        found = goals_for(unit, self.last) if unit else ()
        return Line(
            name, unit, sums.get(key, EMPTY), shares.get((key,), NOTHING), found[0] if found else None
        )

    def _keys(self, by: str) -> Iterable[tuple[Any, str, VehicleUser | None]]:
        if by == "unit":
            return [(u.pk, u.name, u) for u in self.units]
        if by == "industry":
            return [(i, i, None) for i in sorted({u.industry for u in self.units})]
        return [(m, f"{m:%Y-%m}", None) for m in self.months]

    @cached_property
    def fuels(self) -> list[dict[str, Any]]:
        """Tonnes of the road by fuel and stage."""
        return by_fuel(self.loads).to_dicts()

    @cached_property
    def goals(self) -> list[tuple[Goal, int]]:
        """What asks something of any of the units, with of how many."""
        found: dict[Goal, int] = {}
        for unit in self.units:
            for goal in goals_for(unit, self.last):
                found[goal] = found.get(goal, 0) + 1
        return sorted(found.items(), key=lambda pair: (pair[0].industry, -pair[0].percent))


EMPTY = summed(pl.DataFrame(schema=LOADS)).row(0, named=True)


def whole_of(units: Sequence[VehicleUser], months: Sequence[date], by: str, known: datetime) -> Whole:
    """The table of some units in some months."""
    return Whole(months, units, by, loads_in(months, {u.pk for u in units}, known))


@dataclass(frozen=True)
class Gap:
    """What a unit lacks for a goal in a month. missing: tonnes to be moved, nothing of the unknown being clean; flows: FLOWS; trucks: the fewest to be replaced, None where all do not do."""

    percent: Decimal
    missing: Decimal
    flows: list[dict[str, Any]]
    trucks: list[dict[str, Any]] | None


def gap_of(loads: pl.DataFrame, ways: pl.DataFrame, percent: Decimal, *, six: bool) -> Gap:
    """LOADS and WAYS of one unit and month -> what would reach a goal [%]."""
    missing = share_of(loads).to_shift(percent, six=six)
    found = enough(trucks_of(ways), float(missing), six_counts=six)
    return Gap(
        percent,
        missing,
        flows(loads, float(missing), six_counts=six).to_dicts(),
        None if found is None else found.to_dicts(),
    )


@dataclass(frozen=True)
class Beside:
    """What a unit reported of a month beside what gates and batches told. sums: by way, each (reported, weighed) [t]; None where nothing was told."""

    month: date
    share: Share | None
    ways: Mapping[str, tuple[float | None, float | None]]
    reported: float | None
    weighed: float | None
    difference: float | None
    open: bool


def beside(months: Sequence[date], reported: pl.DataFrame, loads: pl.DataFrame) -> list[Beside]:
    """REPORTED and LOADS of one unit -> each month."""
    seen = {row["month"]: row for row in summed(loads, "month").iter_rows(named=True)}
    differ = {row["month"]: row for row in differing(reported, loads).iter_rows(named=True)}
    found = []
    for month in months:
        said = reported.filter(pl.col("month") == month)
        sums = {w: None if said[w].null_count() == said.height else float(said[w].sum()) for w in WAYS_OF}
        weighed = seen.get(month)
        row = differ.get(month, {})
        share = share_of_reported(sums, int(said["unweighed"].sum())) if said.height else None
        ways = {w: (sums[w], weighed[w] if weighed else None) for w in WAYS_OF}
        found.append(
            Beside(month, share, ways, row.get("reported"), weighed["total"] if weighed else None, row.get("share"), bool(row.get("open")))
        )  # fmt: skip
    return found


def replacing(units: Sequence[VehicleUser], month: date, known: datetime) -> pl.DataFrame:
    """新能源替代清单 of a month: trucks of some units that burn a fuel, those first whose replacing saves most NOx (`trucks.to_replace`)."""
    codes = {u.pk for u in units}
    return to_replace(trucks_of(ways_in(month, known, codes)), hauls_of(codes), next_month(month) - DAY)


def reports_of(unit: VehicleUser, months: Sequence[date]) -> pl.DataFrame:
    """REPORTED of one unit."""
    return reported_in(months, {unit.pk})


def goal_words(goal: Goal) -> str:
    """What a goal asks for, in words."""
    with_six = _("（国六计入）") if goal.six else ""
    return f"≥ {percent_words(goal)}{with_six}"


def since_words(goal: Goal) -> str:
    """From when it asks for that; of a unit's own goal the register does not say."""
    return "" if goal.goal == OWN else f"{goal.since}"


def percent_words(goal: Goal) -> str:
    """Its figure as people write it: `80%`."""
    return f"{float(goal.percent):g}%"
