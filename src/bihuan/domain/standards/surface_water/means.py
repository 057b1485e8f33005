"""均值: means of a period by section and item: first the mean, then rounded, then the class (环办〔2011〕22号; HJ 91.2-2022).

A month's value is the mean of its samples, of an automatic station the mean of its days; a year's is the mean of its months. Which spans are long enough to say something: quarter 2 months, half year 4, year 8 (unsure, `LEAST`).
"""

from collections.abc import Collection, Mapping

import polars as pl

from bihuan.domain.standards.rounding import half_even
from bihuan.domain.standards.surface_water.items import items

ZONE = "Asia/Shanghai"
LEAST: Mapping[int, int] = {1: 1, 3: 2, 6: 4, 12: 8}
"""Months that must be known of a span of so many months; other spans: two thirds of them."""


def least_months(span: int) -> int:
    """How many months of a span must be known."""
    return LEAST.get(span, -(-span * 2 // 3))


def daily(values: pl.DataFrame) -> pl.DataFrame:
    """Means of each day of China. values: site, start (UTC), a column for each item. Returns site, day, the items."""
    day = pl.col("start").dt.convert_time_zone(ZONE).dt.date().alias("day")
    return values.group_by("site", day).agg(pl.col(_there(values)).mean()).sort("site", "day")


def monthly(days: pl.DataFrame) -> pl.DataFrame:
    """Means of each month. days: site, day, the items. Returns site, month (its first day), the items, unrounded."""
    month = pl.col("day").dt.truncate("1mo").alias("month")
    return days.group_by("site", month).agg(pl.col(_there(days)).mean()).sort("site", "month")


def over(months: pl.DataFrame, wanted: Collection[object], least: int | None = None) -> pl.DataFrame:
    """Means of the months wanted by section, and of how many (`months`); null where an item has too few months.

    months: of `monthly`. wanted: first days of months. least: how many must be known, default by `least_months`.
    """
    need = least_months(len(wanted)) if least is None else least
    names = _there(months)
    chosen = months.filter(pl.col("month").is_in(list(wanted)))
    return (
        chosen.group_by("site")
        .agg(
            *(pl.when(pl.col(n).count() >= need).then(pl.col(n).mean()).alias(n) for n in names),
            months=pl.any_horizontal(pl.col(n).is_not_null() for n in names).sum(),
        )
        .sort("site")
    )


def rounded(means: pl.DataFrame) -> pl.DataFrame:
    """Each item to the decimals that are published and judged (GB/T 8170: half to even)."""
    return means.with_columns(half_even(pl.col(n), items()[n].decimals).alias(n) for n in _there(means))


def _there(frame: pl.DataFrame) -> list[str]:
    return [name for name in items() if name in frame.columns]
