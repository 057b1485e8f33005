"""Shared by the checks of stacks: what limits judge of minutes and hours, how much the process works.

Long frames and what all outlets share: see outlets/checks/frames.py.
"""

from collections.abc import Iterable

import polars as pl

from bihuan.domain.emissions.conversion import to_reference_oxygen
from bihuan.domain.emissions.processes import measured_below
from bihuan.domain.emissions.tables import CONVERTED, FLAGGED, POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import KEY, complete_hours, long, normal, outside, with_outlet
from bihuan.domain.timeaxis import HOUR

FLOOR = pl.col("item").replace_strict({"pm": 1.0, "so2": 3.0, "nox": 3.0}, default=0.0)
"""Near the detection limit: below it a still, quiet or low value says nothing [mg/m³] (own choice)."""


def at_reference(pollutant: str) -> pl.Expr:
    """The concentration of a minute as the platform converts it; rows with `o2` and the outlet's `ref_o2`, `process`."""
    return to_reference_oxygen(
        pl.col(pollutant), pl.col("o2"), pl.col("ref_o2"), measured_below=measured_below()
    )


def judged(pollutant: str) -> pl.Expr:
    """What a limit judges of a minute: the concentration as the platform converts it, or plain without reference oxygen."""
    return pl.when(pl.col("ref_o2").is_null()).then(pollutant).otherwise(at_reference(pollutant))


def _counting(item: str, value: pl.Expr) -> pl.Expr:
    """A value, or null where the quantity is flagged."""
    return pl.when(normal(item)).then(value) if item in FLAGGED else value


def minutes_of(stacks: Stacks, items: Iterable[str], *more: str) -> pl.DataFrame:
    """Long frame of unmarked minutes with flag N: the measured values as they came."""
    items = tuple(items)
    flags = [f"{i}_flag" for i in items if i in FLAGGED]
    wide = outside(stacks.minutes.select("site", "start", *items, *flags, *more), stacks.marks)
    wide = with_outlet(wide, stacks, "interval").with_columns(step=pl.duration(minutes=pl.col("interval")))
    return long(wide, {i: _counting(i, pl.col(i)) for i in items}, *more)


def judged_minutes(stacks: Stacks, *, as_sent: bool = False) -> pl.DataFrame:
    """Long frame of unmarked minutes with normal flags: what limits judge [mg/m³], and `converted`.

    `as_sent`: the logger's own conversion where it sends one.
    """
    flags = [f"{i}_flag" for i in (*POLLUTANTS, "o2")]
    picked = stacks.minutes.select("site", "start", "o2", *POLLUTANTS, *CONVERTED, *flags)
    wide = with_outlet(outside(picked, stacks.marks), stacks, "interval", "ref_o2", "process").with_columns(
        step=pl.duration(minutes=pl.col("interval")), converted=pl.col("ref_o2").is_not_null()
    )
    oxygen = pl.col("ref_o2").is_null() | normal("o2")
    sent = {p: pl.coalesce(pl.when("converted").then(f"{p}_zs"), judged(p)) for p in POLLUTANTS}
    values = {p: pl.when(oxygen).then(sent[p] if as_sent else judged(p)) for p in POLLUTANTS}
    return long(wide, {p: _counting(p, v) for p, v in values.items()}, "converted")


def hours_of(stacks: Stacks, items: Iterable[str]) -> pl.DataFrame:
    """Wide unmarked hours with the outlet's columns; a flagged quantity is null where its hour is not valid."""
    free = with_outlet(complete_hours(stacks), stacks, "ref_o2", "rated_flow")
    valid = [pl.when(f"valid_{i}").then(i).alias(i) for i in items if i in FLAGGED]
    return free.with_columns(valid).with_columns(step=pl.lit(HOUR)).sort("site", "start")


def judged_hours(stacks: Stacks, *, flag: str = "N") -> pl.DataFrame:
    """Long frame of unmarked hours with a flag (N: the valid ones): what limits judge [mg/m³], and `converted`."""
    wide = with_outlet(complete_hours(stacks), stacks, "ref_o2")
    wide = wide.with_columns(step=pl.lit(HOUR), converted=pl.col("ref_o2").is_not_null())
    values = {p: pl.when("converted").then(f"{p}_zs").otherwise(p) for p in POLLUTANTS}
    return long(
        wide, {p: pl.when(pl.col(f"{p}_flag") == flag).then(v) for p, v in values.items()}, "converted"
    )


def measured(stacks: Stacks) -> pl.DataFrame:
    """Pollutants that an outlet has a limit for or sent a value of: site, item."""
    sent = stacks.minutes.group_by("site").agg(pl.col(*POLLUTANTS).is_not_null().any())
    there = sent.unpivot(POLLUTANTS, index="site", variable_name="item").filter("value").select(KEY)
    return pl.concat([there, stacks.limits.select(KEY)]).unique()


def activity() -> pl.Expr:
    """How much the process works [% of rated]: its load, or else its flow against the rated or the usual highest."""
    usual = pl.coalesce("rated_flow", pl.col("flow").quantile(0.95).over("site"))
    return pl.coalesce("load", 100 * pl.col("flow") / usual)
