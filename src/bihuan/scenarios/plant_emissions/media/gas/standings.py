"""How every stack stands now, with its last hour: limits judge the hour."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from bihuan.domain.emissions.checks.limits import likely_hour
from bihuan.domain.emissions.compliance import over_hours
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.received import seen
from bihuan.scenarios.plant_emissions.standings import Look, Standing, Value, day_of

if TYPE_CHECKING:
    from bihuan.scenarios.plant_emissions.media.gas import Gas

LEAST_BACK = timedelta(hours=3)


def standings(medium: "Gas", outlets: Collection[Outlet], now: datetime) -> list[Standing]:
    """How stacks stand at `now`, by what had been received by then."""
    codes = [o.code for o in outlets]
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    day = min(day_of(now), now - LEAST_BACK).replace(minute=0)
    data = seen(medium, codes, day, this_hour + HOUR, now)
    limits = register.limits_table(codes)
    complete = data.hours.filter(pl.col("start") < this_hour)
    over = over_hours(complete.filter(pl.col("start") == this_hour - HOUR), data.outlets, limits)["site"]
    look = Stacks(
        now, data.outlets, data.minutes, data.hours, limits, marks=data.marks, uncontrolled=data.uncontrolled
    )
    likely = likely_hour(look)["target"]
    tables = (complete, data.minutes, data.marks, data.uncontrolled)
    shown = Look(now, *tables, POLLUTANTS, set(over), set(likely))
    in_force = {start: limits_on(limits, start) for start in {r["start"] for r in shown.rows.values()}}
    return shown.standings(outlets, lambda row, outlet: _values(row, outlet, in_force[row["start"]]))


def limits_on(limits: pl.DataFrame, moment: datetime) -> dict[tuple[str, str, bool], float]:
    """(outlet, item, ultra-low) -> the strictest hourly limit in force."""
    day = moment.astimezone(CST).date()
    until = pl.col("valid_until")
    rows = limits.filter(
        pl.col("period") == "hour", pl.col("valid_from") <= day, until.is_null() | (until > day)
    )
    rows = rows.group_by("site", "item", "ultra_low").agg(pl.col("limit").min())
    return {(s, i, u): v for s, i, u, v in rows.iter_rows()}


def _values(
    row: dict[str, Any], outlet: Outlet, limits: dict[tuple[str, str, bool], float]
) -> tuple[Value, ...]:
    found = []
    for p in POLLUTANTS:
        limit, ultra_low = (limits.get((outlet.code, p, u)) for u in (False, True))
        if limit is None and ultra_low is None:
            continue
        value = row[p] if outlet.ref_o2 is None else row[f"{p}_zs"]
        found.append(Value(p, value, row[p], limit, ultra_low, row[f"{p}_flag"]))
    return tuple(found)
