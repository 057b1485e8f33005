"""How every sewage outlet stands now, with its last hour and its days: limits judge the day, an hour is an early notice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from bihuan.domain.outlets.limits import with_limit
from bihuan.domain.sewage.compliance import of_day, over_days, over_hours, ph_outside, with_range
from bihuan.domain.sewage.days import days
from bihuan.domain.sewage.rules import rules_on
from bihuan.domain.sewage.tables import POLLUTANTS
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.scenarios.plant_emissions.hour_cache import hours_of
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.received import seen
from bihuan.scenarios.plant_emissions.standings import Look, Standing, Value, day_of, pairs

if TYPE_CHECKING:
    from bihuan.scenarios.plant_emissions.media.sewage import Sewage

LEAST_HOURS = 3
"""Valid hours of the running day from which on its mean is an early notice."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Today:
    """What of outlets is known since yesterday's midnight: hours that are over, limits, and the moment."""

    hours: pl.DataFrame
    limits: pl.DataFrame
    now: datetime

    @property
    def over(self) -> set[str]:
        """Outlets whose yesterday was over a limit."""
        day = day_of(self.now)
        before = self.hours.filter(pl.col("start") < day)
        return set(over_days(before, self.limits, self._rules())["site"])

    @property
    def likely(self) -> set[str]:
        """Outlets whose running day, or last hour, is above a day's limit, or whose pH is outside its range."""
        last = self.hours.filter(pl.col("start") >= self.now - 2 * HOUR)
        means = [over_hours(last, self.limits)["site"], ph_outside(last, self.limits)["site"]]
        return set(pl.concat([*means, self._running()]))

    def _running(self) -> pl.Series:
        """Outlets whose mean of today so far is above its limit."""
        today = days(self.hours.filter(pl.col("start") >= day_of(self.now)), self._rules(), evidence=True)
        long = pl.concat(
            today.filter(pl.col(f"{p}_hours") >= LEAST_HOURS).select("site", "date", item=pl.lit(p), value=p)
            for p in POLLUTANTS
        )
        return with_limit(long, of_day(self.limits)).filter(pl.col("value") > pl.col("limit"))["site"]

    def _rules(self) -> Any:
        return rules_on(self.now.astimezone(CST).date())


def standings(medium: "Sewage", outlets: Collection[Outlet], now: datetime) -> list[Standing]:
    """How sewage outlets stand at `now`, by what had been received by then."""
    codes = [o.code for o in outlets]
    if not codes:
        return []
    this_hour, day = now.replace(minute=0, second=0, microsecond=0), day_of(now)
    data = seen(medium, codes, day, this_hour + HOUR, now)
    yesterday = hours_of(medium, codes, day - DAY, day, now)
    complete = pl.concat([yesterday, data.hours]).filter(pl.col("start") < this_hour)
    today = Today(complete, medium.limits(codes), now)
    tables = (complete, data.minutes, data.marks, data.uncontrolled)
    shown = Look(now, *tables, POLLUTANTS, today.over, today.likely)
    days_shown = {r["start"].astimezone(CST).date() for r in shown.rows.values()}
    in_force = {day: limits_on(today.limits, day) for day in days_shown}
    return shown.standings(
        outlets,
        lambda row, outlet: _values(row, outlet.code, in_force[row["start"].astimezone(CST).date()]),
        _received,
    )


def _received(row: dict[str, Any] | None) -> datetime | None:
    """Just after midnight nothing has come today; the last hour says when the logger was heard at the latest."""
    return None if row is None else row["start"] + HOUR


def limits_on(limits: pl.DataFrame, day: date) -> dict[tuple[str, str], float]:
    """(outlet, item) -> the strictest limit of the day's mean in force."""
    begun = pl.col("valid_from") <= day
    ended = pl.col("valid_until").is_not_null() & (pl.col("valid_until") <= day)
    rows = of_day(limits).filter(begun, ~ended).group_by("site", "item").agg(pl.col("limit").min())
    return {(s, i): v for s, i, v in rows.iter_rows()}


def _values(row: dict[str, Any], code: str, limits: dict[tuple[str, str], float]) -> tuple[Value, ...]:
    """The hour's values of pollutants that have a limit or were measured."""
    return tuple(
        Value(p, row[p], row[p], limits.get((code, p)), None, row[f"{p}_flag"], early=True)
        for p in POLLUTANTS
        if (code, p) in limits
    )


def recent_days(medium: "Sewage", outlet: Outlet, now: datetime, back: int = 14) -> list[dict[str, Any]]:
    """The last days, newest first, each with its mean, validity and limit of every pollutant, and pH with its range."""
    first = day_of(now) - (back - 1) * DAY
    until = now.replace(minute=0, second=0, microsecond=0)
    hours = hours_of(medium, [outlet.code], max(first, outlet.since), until, now)
    limits = medium.limits([outlet.code])
    rules = rules_on(now.astimezone(CST).date())
    table = days(hours, rules)
    over = set(over_days(hours, limits, rules).select("date", "item").iter_rows())
    ranges = pairs(with_range(table.select("site", "date"), limits).select("date", pl.struct("low", "limit")))
    made = []
    for row in table.sort("date", descending=True).iter_rows(named=True):
        in_force = limits_on(limits, row["date"])
        cells = [_cell(row, p, in_force.get((outlet.code, p)), over) for p in POLLUTANTS]
        running = row["date"] == now.astimezone(CST).date()
        made.append(
            row | {"cells": cells, "running": running, "ph_bad": _outside(row, ranges.get(row["date"]))}
        )
    return made


def _cell(row: dict[str, Any], item: str, limit: float | None, over: set[tuple[date, str]]) -> dict[str, Any]:
    names = {"value": item, "valid": f"valid_{item}", "n": f"{item}_hours", "due": f"{item}_due"}
    return {
        "item": item,
        "limit": limit,
        "over": (row["date"], item) in over,
        **{k: row[c] for k, c in names.items()},
    }


def _outside(row: dict[str, Any], ends: dict[str, float | None] | None) -> bool:
    if ends is None or row["ph_min"] is None or ends["low"] is None or ends["limit"] is None:
        return False
    return bool(row["ph_min"] < ends["low"] or row["ph_max"] > ends["limit"])
