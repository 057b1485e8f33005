"""Months, years and any other span: means, percentiles, validity, good days, composite index (HJ 663)."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import (
    DEFAULT,
    Edition,
    Rules,
    annual_percentiles,
    half_even,
    limit,
    minimum,
    weights,
)
from bihuan.domain.statistics.daily import VALUES, by_edition, published_days, rounding_of

Period = Literal["month", "year"]
MEAN_ITEMS = ("pm25", "pm10", "so2", "no2")
EVALUATED = {**{i: i for i in MEAN_ITEMS}, "co": "co_95", "o3": "o3_8h_90"}
"""Item -> the statistic of it that the composite index takes."""


def percentile_names() -> dict[str, tuple[str, float]]:
    """Column of each percentile -> the daily value it is taken of, and the share (HJ 663 table 1)."""
    daily = {i: "o3_8h" if i == "o3" else i for i in ITEM_NAMES}
    return {f"{daily[i]}_{p}": (daily[i], p / 100) for i, p in annual_percentiles().items()}


def _statistics(rules: Rules) -> list[pl.Expr]:
    """Aggregates of one key and span; `x` is the unrounded daily value, `x_pub` the published one."""
    means = "_pub" if rules.mean_of == "published" else ""
    shares = "_pub" if rules.percentile_of == "published" else ""
    return [
        *(pl.col(f"{i}{means}").mean().alias(i) for i in MEAN_ITEMS),
        *(
            pl.col(f"{value}{shares}").quantile(p, interpolation="linear").alias(name)
            for name, (value, p) in percentile_names().items()
        ),
        *(pl.col(v).count().cast(pl.Int32).alias(f"n_{v}") for v in VALUES),
        pl.col("aqi").count().cast(pl.Int32).alias("valid_days"),
        (pl.col("aqi") <= 100).sum().cast(pl.Int32).alias("good_days"),
        (pl.col("aqi") > 200).sum().cast(pl.Int32).alias("heavy_days"),
    ]


def _judged_days(days: pl.DataFrame, standard: str, rules: Rules) -> pl.DataFrame:
    published = published_days(days, standard, rules)
    pub = published.select(*(pl.col(v).alias(f"{v}_pub") for v in VALUES), "aqi")
    return pl.concat([days.select("site", "date", *VALUES), pub], how="horizontal")


def _full_month(value: str) -> pl.Expr:
    february = pl.col("_month").dt.month() == 2
    least = pl.when(february).then(minimum("days_of_february")).otherwise(minimum("days_of_month"))
    return pl.col(f"n_{value}") >= least


def _year_validity(days: pl.DataFrame) -> pl.DataFrame:
    """site, _start, full_<value>: whether each of the twelve months has its days."""
    months = days.group_by("site", _month=pl.col("date").dt.truncate("1mo")).agg(
        pl.col(v).count().alias(f"n_{v}") for v in VALUES
    )
    return months.group_by("site", start=pl.col("_month").dt.truncate("1y")).agg(
        (_full_month(v).sum() == 12).alias(f"full_{v}") for v in VALUES
    )


def _validity(table: pl.DataFrame, days: pl.DataFrame, period: Period) -> pl.DataFrame:
    if period == "month":
        marked = table.with_columns(_month=pl.col("start"))
        return marked.with_columns(_full_month(v).alias(f"valid_{v}") for v in VALUES).drop("_month")
    joined = table.join(_year_validity(days), on=["site", "start"], how="left", maintain_order="left")
    least = minimum("days_of_year")
    return joined.with_columns(
        ((pl.col(f"n_{v}") >= least) & pl.col(f"full_{v}")).alias(f"valid_{v}") for v in VALUES
    ).drop(f"full_{v}" for v in VALUES)


def required_days(first: date, last: date) -> dict[date, int]:
    """Valid days that each month of a span needs, by the month's first day: 27, February 25; a part its share, rounded up.

    GB 3095 table 4 sets months and years only. The share of a part is our choice, so that a running month, or any span,
    is held to the same law.
    """
    length = Counter((first + timedelta(days=n)).replace(day=1) for n in range((last - first).days + 1))
    return {
        month: -(-days * _month_minimum(month) // monthrange(month.year, month.month)[1])
        for month, days in length.items()
    }


def _month_minimum(month: date) -> int:
    return minimum("days_of_february" if month.month == 2 else "days_of_month")


def _span_validity(within: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """site, valid_<value>: has every month of the span its days, and a whole year its 324?"""
    needed = required_days(first, last)
    whole_year = (first.month, first.day, last) == (1, 1, date(first.year, 12, 31))
    least = minimum("days_of_year") if whole_year else 0
    months = within.group_by("site", _month=pl.col("date").dt.truncate("1mo")).agg(
        pl.col(v).count().alias(v) for v in VALUES
    )
    months = months.with_columns(_needed=pl.col("_month").replace_strict(needed, return_dtype=pl.Int64))
    return months.group_by("site").agg(
        (((pl.col(v) >= pl.col("_needed")).sum() == len(needed)) & (pl.col(v).sum() >= least)).alias(
            f"valid_{v}"
        )
        for v in VALUES
    )


def all_valid() -> pl.Expr:
    """Is every item of a table of period statistics valid? Only then do index, rank and change say something."""
    return pl.all_horizontal(f"valid_{v}" for v in VALUES)


def _rounded(table: pl.DataFrame, standard: str) -> list[pl.Expr]:
    taken_of = {
        **{i: i for i in MEAN_ITEMS},
        **{name: value for name, (value, _) in percentile_names().items()},
    }
    return [
        by_edition("_end", table, standard, rounding_of(name, item, statistic=True)).alias(name)
        for name, item in taken_of.items()
    ]


def evaluation_limit(item: str, edition: Edition) -> float:
    """What a single index divides by: the class II annual limit; CO the day's, O3 the 8 h limit. [µg/m³; mg/m³]"""
    period = {"co": "day", "o3": "8h"}.get(item, "year")
    return limit(item, period, on=edition.valid_from, standard=edition.name).value


def composite(edition: Edition, *, hj663: str | None = None) -> pl.Expr:
    """Composite index (综合指数) of a table of period statistics, unrounded; null when a statistic is missing.

    edition: whose limits; hj663: whose weights (default: the edition's own). HJ663-2013: sum of the six single
    indices; HJ663-2026: PM2.5 x3, NO2 x2, O3 x2, others x1, not divided by the weights (seen in one project).
    """
    weight = weights(hj663 or edition.hj663)
    terms = [pl.col(EVALUATED[i]) / evaluation_limit(i, edition) * weight[i] for i in ITEM_NAMES]
    return pl.sum_horizontal(terms, ignore_nulls=False)


def basis_text(edition: Edition, *, hj663: str | None = None) -> str:
    """Names the limits and the algorithm of a composite index, as `composite_basis` carries it."""
    rule = hj663 or edition.hj663
    how = "weighted sum (PM2.5 x3, NO2 x2, O3 x2, others x1)" if rule == "HJ663-2026" else "sum of six"
    stage = {"GB3095-2026": " transition", "GB3095-2026-final": " final"}.get(edition.name, "")
    return f"{rule} {how}; {edition.gb3095}{stage} class II limits"


def _single(item: str) -> Callable[[Edition], pl.Expr]:
    """The single index (单项指数) of an item, unrounded."""
    return lambda edition: pl.col(EVALUATED[item]) / evaluation_limit(item, edition)


def _published_index(index: Callable[[Edition], pl.Expr]) -> Callable[[Edition], pl.Expr]:
    return lambda edition: half_even(index(edition), edition.decimals_index)


def _indices(table: pl.DataFrame, standard: str) -> pl.DataFrame:
    """Composite, its basis, single indices and the item with the highest."""

    def of(value: Callable[[Edition], pl.Expr]) -> pl.Expr:
        return by_edition("_end", table, standard, value)

    return (
        table.with_columns(
            of(_published_index(composite)).alias("composite"),
            of(lambda edition: pl.lit(basis_text(edition))).alias("composite_basis"),
            *(of(_published_index(_single(i))).alias(f"index_{i}") for i in ITEM_NAMES),
            *(of(_single(i)).alias(f"_raw_{i}") for i in ITEM_NAMES),
        )
        .with_columns(_top_item())
        .drop(f"_raw_{i}" for i in ITEM_NAMES)
    )


def _top_item() -> pl.Expr:
    """Inside name of the item with the highest single index (the period's primary pollutant); ties in item order."""
    highest = pl.max_horizontal(f"_raw_{i}" for i in ITEM_NAMES)
    found: pl.Expr = pl.lit(None, pl.String)
    for item in reversed(ITEM_NAMES):
        found = pl.when(pl.col(f"_raw_{item}") == highest).then(pl.lit(item)).otherwise(found)
    return found.alias("top_item")


def _evaluated(table: pl.DataFrame, standard: str, rules: Rules) -> pl.DataFrame:
    rounded = table.with_columns(_rounded(table, standard))
    if rules.composite_of == "published":
        done = _indices(rounded, standard)
    else:
        done = _indices(table, standard).with_columns(_rounded(table, standard))
    ratio = half_even(pl.col("good_days") * 100 / pl.col("valid_days"), 1).fill_nan(None)
    return done.with_columns(good_ratio=ratio).drop("_end").sort("site", "start")


def period_values(
    days: pl.DataFrame, period: Period, standard: str = "auto", rules: Rules = DEFAULT
) -> pl.DataFrame:
    """Months or years of stations or cities.

    days: from `daily_values` (stations) or `city_days` (cities): unrounded, invalid values null.
    Returns site, start (first day), pm25 pm10 so2 no2 (means), co_95, o3_8h_90, pm25_95 pm10_95 so2_98 no2_98, all
    rounded as the edition publishes statistics; n_<value>, valid_<value> (month: 27 days, February 25; year: 324 days
    and every month full); valid_days (days with an AQI), good_days (AQI <= 100), heavy_days (> 200), good_ratio [% of
    valid days]; composite, composite_basis, index_<item>, top_item. A period that is not valid is computed all the
    same and marked. Each day is judged by its own edition, the period by the edition in force on its last day.
    Source: GB 3095 table 4; HJ 663-2013, HJ 663-2026, annex A; ranking rule 2018 no. 19.
    """
    every = {"month": "1mo", "year": "1y"}[period]
    judged = _judged_days(days, standard, rules)
    table = judged.group_by("site", start=pl.col("date").dt.truncate(every)).agg(_statistics(rules))
    table = table.with_columns(_end=pl.col("start").dt.offset_by(every).dt.offset_by("-1d"))
    return _evaluated(_validity(table, days, period), standard, rules)


def span_values(
    days: pl.DataFrame, first: date, last: date, standard: str = "auto", rules: Rules = DEFAULT
) -> pl.DataFrame:
    """Any span of days, e.g. the year to date: as `period_values`, `start` = first; valid_<value> by `required_days`."""
    within = days.filter(pl.col("date").is_between(first, last))
    judged = _judged_days(within, standard, rules)
    table = judged.group_by("site").agg(_statistics(rules))
    table = table.join(_span_validity(within, first, last), on="site", how="left")
    return _evaluated(table.with_columns(start=pl.lit(first), _end=pl.lit(last)), standard, rules)


def both_bases(days: pl.DataFrame, period: Period, rules: Rules = DEFAULT) -> pl.DataFrame:
    """The same periods on the old and the new standard, side by side.

    Columns of `period_values` with _2012 and _2026, and `composite_2026_limits_2013_sum`: new limits, old algorithm.
    The new side uses the transition limits for data before 2031.
    """
    old = period_values(days, period, "GB3095-2012", rules)
    new = period_values(days, period, "GB3095-2026", rules)
    mixed = by_edition(
        "start", new, "GB3095-2026", lambda e: half_even(composite(e, hj663="HJ663-2013"), e.decimals_index)
    )
    new = new.with_columns(composite_limits_2026_sum_2013=mixed)
    keys = {"site", "start"}
    left = old.rename({c: f"{c}_2012" for c in old.columns if c not in keys})
    right = new.rename({c: f"{c}_2026" for c in new.columns if c not in keys}).rename(
        {"composite_limits_2026_sum_2013_2026": "composite_2026_limits_2013_sum"}
    )
    return left.join(right, on=["site", "start"], how="full", coalesce=True).sort("site", "start")
