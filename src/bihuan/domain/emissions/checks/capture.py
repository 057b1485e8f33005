"""How much of what came is valid: share of valid hours, minutes in an hour."""

import polars as pl

from bihuan.domain.emissions.checks.frames import measured
from bihuan.domain.emissions.tables import LABELS, POLLUTANTS, Stacks
from bihuan.domain.outages import joined, touched_hours
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    complete_hours,
    findings,
    number,
    runs,
    without_value,
)
from bihuan.domain.timeaxis import HOUR

EXPLAINED = ("F", "C", "M")
"""Flags that say why an hour has too few minutes: stopped, calibration, maintenance."""


def _captures(stacks: Stacks) -> pl.DataFrame:
    """Share of valid hours since an outlet's first hour: site, item, start, until, rate [%].

    Stopped hours are left out, and those that our own outage touched unless they are valid all the same.
    """
    now = stacks.as_of.replace(minute=0, second=0, microsecond=0)
    complete = stacks.hours.filter(pl.col("start") < now)
    pieces = [
        complete.group_by("site", pl.lit(p).alias("item")).agg(
            pl.col("start").min(),
            stopped=(pl.col(f"{p}_flag") == "F").sum().cast(pl.Int64),
            valid=pl.col(f"valid_{p}").sum().cast(pl.Int64),
        )
        for p in POLLUTANTS
    ]
    all_hours = (pl.lit(now) - pl.col("start")).dt.total_hours()
    rates = pl.concat(pieces).join(measured(stacks), on=["site", "item"], how="semi", maintain_order="left")
    rates = _with_ours(rates, complete, touched_hours(joined(stacks.outages)).filter(pl.col("start") < now))
    rates = rates.with_columns(until=pl.lit(now), owed=all_hours - pl.col("stopped") - pl.col("ours"))
    return rates.with_columns(rate=100 * pl.col("valid") / pl.col("owed"))


def _with_ours(rates: pl.DataFrame, complete: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
    """Adds `ours`: hours since the first one that our outage touched and that are neither valid nor stopped."""
    spans = rates.select("site", "item", first="start").join(touched, how="cross")
    spans = spans.filter(pl.col("start") >= pl.col("first"))
    lost = without_value(spans, complete, POLLUTANTS).group_by(KEY).agg(ours=pl.len().cast(pl.Int64))
    both = rates.join(lost, on=list(KEY), how="left", maintain_order="left")
    return both.with_columns(pl.col("ours").fill_null(0))


def _capture_findings(rates: pl.DataFrame, least: float) -> pl.DataFrame:
    title = pl.format(
        f"{{}}有效数据捕集率 {{}} %（{{}}/{{}} 小时），低于 {least:g} %",
        LABEL, number("rate"), "valid", "owed",
    )  # fmt: skip
    return findings(
        rates, title=title, magnitude=100 - pl.col("rate"), unit="%",
        evidence={"捕集率": "rate", "有效小时": "valid", "应有小时": "owed", "停运小时": "stopped"},
    )  # fmt: skip


def capture_low(
    stacks: Stacks, *, least: float = 90.0, invalid: float = 75.0, least_hours: int = 48
) -> pl.DataFrame:
    """From `invalid` to `least` % of the hours of production are valid, over at least `least_hours` of them.

    Source: HJ 75-2017, missing data (90 %: which substitute is allowed). Returns FINDINGS; magnitude = loss [%].
    """
    between = (pl.col("rate") < least) & (pl.col("rate") >= invalid)
    return _capture_findings(_captures(stacks).filter(pl.col("owed") >= least_hours, between), least)


def capture_invalid(stacks: Stacks, *, least: float = 75.0, least_hours: int = 48) -> pl.DataFrame:
    """Less than `least` % of the hours of production are valid: no amount may be made of them.

    Source: HJ 75-2017, missing data (75 % of a quarter). Returns FINDINGS; magnitude = loss [%].
    """
    poor = pl.col("rate") < least
    return _capture_findings(_captures(stacks).filter(pl.col("owed") >= least_hours, poor), least)


def few_minutes(stacks: Stacks, *, least_minutes: int = 45, least_hours: int = 2) -> pl.DataFrame:
    """`least_hours` unmarked hours in a row with fewer than `least_minutes` valid minutes, no stop, calibration or maintenance.

    Hours that our own outage touched are left out.
    Source: HJ 75-2017 (valid hour: 45 minutes). Returns FINDINGS; magnitude = length [h].
    """
    touched = touched_hours(joined(stacks.outages))
    hours, owed = complete_hours(stacks).join(touched, on="start", how="anti"), measured(stacks)
    of = {p: owed.filter(pl.col("item") == p)["site"].to_list() for p in POLLUTANTS}
    poor = {
        p: (pl.col(f"n_{p}") < least_minutes)
        & ~pl.col(f"{p}_flag").is_in(EXPLAINED)
        & pl.col("site").is_in(of[p])
        for p in POLLUTANTS
    }
    names = pl.concat_str(
        *(pl.when(e).then(pl.lit(LABELS[p])) for p, e in poor.items()), separator="、", ignore_nulls=True
    )
    rows = hours.filter(pl.any_horizontal(*poor.values())).with_columns(
        step=pl.lit(HOUR),
        names=names,
        value=pl.min_horizontal(pl.when(e).then(f"n_{p}") for p, e in poor.items()),
    )
    found = runs(
        rows, pl.col("value").min(), pl.col("names").unique(maintain_order=True), by=("site",)
    ).filter(pl.col("n") >= least_hours)
    title = pl.format(
        f"{{}} 连续 [hours] 小时有效分钟不足 {least_minutes}，最少 {{}}",
        pl.col("names").list.join("；"), "value",
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("n"), unit="h",
        evidence={"小时数": "n", "最少有效分钟": "value", "因子": "names"},
    )  # fmt: skip
