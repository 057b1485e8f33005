"""Scores of probabilities: chance of exceedance from quantiles, climatological chance, Brier score, reliability."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl

from bihuan.domain.timeaxis import labels_from_starts
from bihuan.domain.verification.grouping import aggregated, ratio
from bihuan.domain.verification.quantiles import LEVELS

KEYS = ("site", "item")


def chance_above(threshold: float, levels: Mapping[str, float] = LEVELS) -> pl.Expr:
    """P(value > threshold) of a row from its quantiles.

    Straight between neighbouring quantiles. Beyond the outermost the tail falls off exponentially, at the rate of
    the outermost cell (from 10 to 5 % between q90 and q95: halved again after the same distance). Our choice:
    seven quantiles do not fix the tails. Where a forecast brings its own chance, score that instead.
    """
    names = sorted(levels, key=lambda name: levels[name])
    at = pl.lit(threshold)
    chance = pl.lit(None, pl.Float64)
    for left, right in pairwise(names):
        low, high = pl.col(left), pl.col(right)
        share = pl.when(high > low).then((at - low) / (high - low)).otherwise(1.0)
        inside = 1 - (levels[left] + share * (levels[right] - levels[left]))
        chance = pl.when((at >= low) & (at < high)).then(inside).otherwise(chance)
    first, second, last, before = names[0], names[1], names[-1], names[-2]
    below = levels[first] * _tail(
        pl.col(first) - at, pl.col(second) - pl.col(first), levels[second] / levels[first]
    )
    rest = 1 - levels[last]
    above = rest * _tail(at - pl.col(last), pl.col(last) - pl.col(before), (1 - levels[before]) / rest)
    return pl.when(at < pl.col(first)).then(1 - below).when(at >= pl.col(last)).then(above).otherwise(chance)


def _tail(distance: pl.Expr, cell: pl.Expr, fall: float) -> pl.Expr:
    """exp(-distance ln(fall) / cell); a cell without width has no tail."""
    return (
        pl.when(cell > 0)
        .then((-distance * math.log(fall) / cell).exp())
        .otherwise(pl.when(distance > 0).then(0.0).otherwise(1.0))
    )


def climatology(past: pl.DataFrame, threshold: float, *, least: int = 3) -> pl.DataFrame:
    """Climatological chance from training hours: site, item, month, hour, chance.

    past: site, item, start, observed. The share of hours above `threshold` in the calendar month and hour of the
    day (CST); where a cell has fewer than `least` values, of the hour of the day over all months.
    """
    rows = past.with_columns(_month_hour(), above=(pl.col("observed") > threshold).cast(pl.Float64))
    cell = rows.group_by(*KEYS, "month", "hour").agg(n=pl.len(), own=pl.col("above").mean())
    usual = rows.group_by(*KEYS, "hour").agg(usual=pl.col("above").mean())
    months = pl.DataFrame({"month": range(1, 13)}, schema={"month": pl.Int8})
    full = usual.join(months, how="cross").join(cell, on=[*KEYS, "month", "hour"], how="left")
    known = pl.when(pl.col("n") >= least).then("own").otherwise("usual")
    return full.select(*KEYS, "month", "hour", chance=known).sort(*KEYS, "month", "hour")


def _month_hour() -> list[pl.Expr]:
    label = labels_from_starts() - pl.duration(hours=1)
    return [label.dt.month().alias("month"), label.dt.hour().alias("hour")]


def with_climatology(pairs: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the column `usual`: the climatological chance of the row's hour (null for a site without one)."""
    keys = [*KEYS, "month", "hour"]
    joined = pairs.with_columns(_month_hour()).join(
        usual.rename({"chance": "usual"}), on=keys, how="left", maintain_order="left"
    )
    return joined.drop("month", "hour")


def brier(
    pairs: pl.DataFrame,
    threshold: float,
    by: Sequence[str],
    *,
    chance: str = "chance",
    reference: str | None = None,
) -> pl.DataFrame:
    """by, n, events, brier, brier_reference, skill (1 - brier / brier_reference).

    Brier score: mean of (chance - event)^2, event = observed > threshold (Brier 1950, Mon. Weather Rev. 78, 1-3).
    `reference` names the column of the climatological chance (see `with_climatology`); without it the reference
    is the share of events of the group itself, which no real climatology can beat. Rows without either chance
    are left out of both. Skill is null where the reference is perfect (no event at all).
    """
    event = (pl.col("observed") > threshold).cast(pl.Float64)
    rows = pairs.lazy().drop_nulls([chance] if reference is None else [chance, reference])
    usual = event.mean() if reference is None else pl.col(reference)
    found = aggregated(
        rows,
        by,
        [
            pl.len().alias("n"),
            event.sum().cast(pl.Int64).alias("events"),
            ((pl.col(chance) - event) ** 2).mean().alias("brier"),
            ((usual - event) ** 2).mean().alias("brier_reference"),
        ],
    )
    return found.with_columns(skill=1 - ratio(pl.col("brier"), pl.col("brier_reference"))).collect()


def reliability(
    pairs: pl.DataFrame, threshold: float, by: Sequence[str], *, chance: str = "chance", bins: int = 10
) -> pl.DataFrame:
    """Reliability table: by, low, high, n, said (mean chance), happened (share of events); empty bins are absent.

    Bins of equal width on 0..1, closed on the left, the last on both sides (WMO-No. 485, Manual on the GDPFS,
    reliability diagrams; Wilks, Statistical Methods in the Atmospheric Sciences, 8.4.4).
    """
    place = (pl.col(chance) * bins).floor().clip(0, bins - 1).cast(pl.Int32)
    rows = pairs.lazy().drop_nulls([chance]).with_columns(_bin=place)
    event = (pl.col("observed") > threshold).cast(pl.Float64)
    found = aggregated(
        rows,
        [*by, "_bin"],
        [pl.len().alias("n"), pl.col(chance).mean().alias("said"), event.mean().alias("happened")],
    )
    edges = [(pl.col("_bin") / bins).alias("low"), ((pl.col("_bin") + 1) / bins).alias("high")]
    return found.with_columns(edges).select(*by, "low", "high", "n", "said", "happened").collect()


def unreliability() -> pl.Expr:
    """Mean distance between said and happened of the rows of a reliability table, weighted by counts; null of none."""
    apart, n = (pl.col("said") - pl.col("happened")).abs(), pl.col("n")
    return ratio((apart * n).sum(), n.sum())
