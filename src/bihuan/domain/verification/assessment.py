"""Hit rates of the daily AQI forecast, as assessments of city forecasts count them: level, range, primary item.

The constants are parameters. Levels: HJ 633 table 2; primary item: the largest IAQI above 50. That a level may be
issued as a range of at most two neighbours, and an index as a range, is the practice of the national centre (Wang
and others 2022, Environmental Science 43(7), 3396-3403, on AQI range, level range and half levels). The width of the
range differs by province (Jiangsu: DB32/T 4678-2024, 6.1) and could not be read: 25 % of the value, at least 10, is
our setting until a bureau gives its own.
"""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.standards import levels
from bihuan.domain.verification.days import ahead
from bihuan.domain.verification.grouping import grouped

RANGE_SHARE, RANGE_LEAST = 0.25, 10.0
MOST_LEVELS = 2
LEAST_AQI = 50
BY = ("model", "ahead")
_CHANCES = tuple(f"p{k}" for k in range(1, 7))


def level_at(aqi: pl.Expr) -> pl.Expr:
    """Level 1..6 of an index that need not be whole (HJ 633 table 2; 50.4 is published as 50, so level 1)."""
    whole = aqi.round(0)
    over = [(whole > level.aqi_to).cast(pl.Int8) for level in levels()[:-1]]
    return pl.sum_horizontal(over).cast(pl.Int8) + 1


def level_hits(days: pl.DataFrame, measured: pl.DataFrame, by: Sequence[str] = BY) -> pl.DataFrame:
    """Single level: by, n, hit (share of days whose level was hit), within_one (at most one level off).

    days: rows of an issue's `days` with item `aqi` (site, date, issued, p1..p6, model); the level said is the most
    probable one. measured: site, date, level.
    """
    said = pl.concat_list(_CHANCES).list.arg_max().cast(pl.Int8) + 1
    pairs = _aqi(days, measured).drop_nulls([*_CHANCES, "level"])
    apart = (said - pl.col("level").cast(pl.Int8)).abs()
    return grouped(
        pairs,
        by,
        [pl.len().alias("n"), (apart == 0).mean().alias("hit"), (apart <= 1).mean().alias("within_one")],
    )


def level_range_hits(
    days: pl.DataFrame,
    measured: pl.DataFrame,
    by: Sequence[str] = BY,
    *,
    low: str = "q25",
    high: str = "q75",
    most: int = MOST_LEVELS,
) -> pl.DataFrame:
    """Issued range of levels: by, n, hit, levels (mean number of levels issued).

    The range issued is from the level of `low` to that of `high`; where that is more than `most` levels it starts
    at the level of `low` or, if the median lies higher, is moved up just enough to hold the median's level.
    """
    pairs = _aqi(days, measured).drop_nulls([low, "q50", high, "level"])
    bottom, top, middle = (level_at(pl.col(c)) for c in (low, high, "q50"))
    first = (
        pl.when(top - bottom < most).then(bottom).otherwise(pl.max_horizontal(bottom, middle - (most - 1)))
    )
    last = pl.min_horizontal(top, first + (most - 1))
    inside = pl.col("level").cast(pl.Int8).is_between(first, last)
    return grouped(
        pairs,
        by,
        [pl.len().alias("n"), inside.mean().alias("hit"), (last - first + 1).mean().alias("levels")],
    )


def range_hits(
    days: pl.DataFrame,
    measured: pl.DataFrame,
    by: Sequence[str] = BY,
    *,
    share: float = RANGE_SHARE,
    least: float = RANGE_LEAST,
) -> pl.DataFrame:
    """Issued range of the AQI: by, n, hit: measured AQI within the median +- max(share * median, least).

    measured: site, date, aqi.
    """
    pairs = _aqi(days, measured).drop_nulls(["q50", "aqi"])
    half = pl.max_horizontal(share * pl.col("q50"), pl.lit(least))
    inside = (pl.col("aqi") - pl.col("q50")).abs() <= half
    return grouped(pairs, by, [pl.len().alias("n"), inside.mean().alias("hit")])


def primary_hits(
    members: pl.DataFrame,
    measured: pl.DataFrame,
    by: Sequence[str] = BY,
    *,
    least_aqi: float = LEAST_AQI,
) -> pl.DataFrame:
    """Primary item: by, n, hit, on days whose measured AQI is above `least_aqi` (below it there is none).

    members: site, member, date, primary of an issue with its `issued` and `model`. The item said is the one that is
    primary in most paths; it hits when it is among the measured primary items (two may tie). Paths without a
    primary item (AQI <= 50) speak for "none", which misses. measured: site, date, aqi, primary.
    """
    keys = ["site", "date", "issued", "model"]
    votes = (
        members.lazy()
        .with_columns(item=pl.col("primary").fill_null("").str.split(","))
        .explode("item")
        .group_by(*keys, "item")
        .agg(votes=pl.len())
        .sort(*keys, "votes", "item", descending=[False] * 4 + [True, False])
        .unique(keys, keep="first", maintain_order=True)
    )
    pairs = votes.join(
        measured.lazy().filter(pl.col("aqi") > least_aqi).select("site", "date", "primary"),
        on=["site", "date"],
    ).with_columns(ahead())
    hit = pl.col("primary").str.split(",").list.contains(pl.col("item"))
    return grouped(pairs, by, [pl.len().alias("n"), hit.mean().alias("hit")])


def _aqi(days: pl.DataFrame, measured: pl.DataFrame) -> pl.LazyFrame:
    known = measured.lazy().select("site", "date", *(c for c in ("level", "aqi") if c in measured.columns))
    return (
        days.lazy()
        .filter(pl.col("item") == "aqi")
        .join(known, on=["site", "date"], how="inner")
        .with_columns(ahead())
    )
