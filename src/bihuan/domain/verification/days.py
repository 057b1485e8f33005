"""Pairs of days: what a run said of natural days, what was measured, and persistence of the last whole day."""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.timeaxis import local_date

VALUES = ("pm25", "pm10", "so2", "no2", "co", "o3_8h", "aqi")


def measured_long(days: pl.DataFrame, items: Sequence[str] = VALUES) -> pl.DataFrame:
    """Published days (site, date, values, aqi) -> site, item, date, observed; what is not valid is absent."""
    values = [pl.col(i).cast(pl.Float64) for i in items]
    long = (
        days.lazy()
        .select("site", "date", *values)
        .unpivot(items, index=["site", "date"], variable_name="item", value_name="observed")
    )
    return long.drop_nulls("observed").collect()


def ahead() -> pl.Expr:
    """Whole days from the day of the issue (CST) to the day forecast: 0 = the same day, part of it measured."""
    return (pl.col("date") - local_date("issued")).dt.total_days().cast(pl.Int32).alias("ahead")


def paired_days(days: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Rows of a run's `days` whose day was measured, with `observed` and `ahead`; `measured` as `measured_long`."""
    return days.join(measured, on=["site", "item", "date"], how="inner").with_columns(ahead())


def day_persistence(days: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """The reference for days: for every row the measured value of the day before its issue; absent without one."""
    last = measured.select("site", "item", base=pl.col("date").dt.offset_by("1d"), mean="observed")
    rows = days.select("site", "item", "issued", "date", base=local_date("issued"))
    joined = rows.join(last, on=["site", "item", "base"], how="inner")
    return joined.drop("base").with_columns(model=pl.lit("persistence"))


def day_damped(days: pl.DataFrame, measured: pl.DataFrame, *, scale_days: float = 1.0) -> pl.DataFrame:
    """Damped persistence of days: the day before the issue fades (e-fold `scale_days`) to the mean of 30 days before."""
    usual = (
        measured.sort("date")
        .rolling("date", period="30d", group_by=["site", "item"])
        .agg(pl.col("observed").mean().alias("usual"))
        .select("site", "item", "usual", base=pl.col("date").dt.offset_by("1d"))
    )
    kept = day_persistence(days, measured).with_columns(base=local_date("issued"))
    share = (-(pl.col("date") - pl.col("base") + pl.duration(days=1)).dt.total_days() / scale_days).exp()
    joined = kept.join(usual, on=["site", "item", "base"], how="inner")
    mixed = share * pl.col("mean") + (1 - share) * pl.col("usual")
    return joined.with_columns(mean=mixed, model=pl.lit("damped persistence")).drop("base", "usual")
