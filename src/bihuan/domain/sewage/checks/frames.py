"""Shared by the checks of sewage: minutes that count, the results of samples, the rules of the day.

Long frame: site, item, start, value, step, as in the checks of stacks; sorted by item, site, start.
"""

from collections.abc import Iterable
from datetime import timedelta

import polars as pl

from bihuan.domain.outlets.checks.frames import KEY, long, normal, outside, runs, with_outlet
from bihuan.domain.sewage.rules import Rules, rules_on
from bihuan.domain.sewage.tables import POLLUTANTS, Sewers
from bihuan.domain.timeaxis import CST, HOUR

FLOW = "water_flow"
BRIDGE = 4 * HOUR
"""Calibration or a stop does not make another sample of one that is still shown after it."""


def rules_of(sewers: Sewers) -> Rules:
    """The rules in force when it is looked."""
    return rules_on(sewers.as_of.astimezone(CST).date())


def wide_minutes(sewers: Sewers) -> pl.DataFrame:
    """Unmarked minutes with `step` and `flows`: water is discharged, by a flow that counts (or none is sent)."""
    rows = with_outlet(outside(sewers.minutes, sewers.marks), sewers, "interval")
    counts = normal(FLOW) & pl.col(FLOW).is_not_null()
    still = counts & (pl.col(FLOW) <= rules_of(sewers).still_flow)
    return rows.with_columns(step=pl.duration(minutes=pl.col("interval")), flows=~still)


def minutes_of(sewers: Sewers, items: Iterable[str], *, flowing: bool = True) -> pl.DataFrame:
    """Long frame of unmarked minutes with a normal flag; `flowing`: only those of discharge."""
    wide = wide_minutes(sewers)
    rows = wide.filter("flows") if flowing else wide
    return long(rows, {i: pl.when(normal(i)).then(i) for i in items})


def samples(sewers: Sewers, items: Iterable[str] = POLLUTANTS) -> pl.DataFrame:
    """Results of samples: site, item, start, until, value, n, `shown` (how long it counted), step; of discharge only."""
    found = runs(
        minutes_of(sewers, items),
        pl.col("value").first(),
        pl.col("step").sum().alias("shown"),
        same=("value",),
        bridge=BRIDGE,
    )
    return found.with_columns(step=pl.col("until") - pl.col("start")).sort(*KEY, "start")


def complete_hours(sewers: Sewers) -> pl.DataFrame:
    """Unmarked hours of the platform that are over, with `step`."""
    done = pl.col("start") + HOUR <= sewers.as_of
    return sewers.hours.filter(pl.col("mark").is_null(), done).with_columns(step=pl.lit(HOUR))


def last_day(sewers: Sewers, hours: int) -> pl.Expr:
    """How many whole spans of `hours` before the look a row began."""
    return ((pl.lit(sewers.as_of) - pl.col("start")) / timedelta(hours=hours)).floor().cast(pl.Int64)
