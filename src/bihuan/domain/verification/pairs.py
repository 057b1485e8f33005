"""Pairs of forecast and measurement, and the columns that scores are grouped by."""

from collections.abc import Mapping, Sequence

import polars as pl

from bihuan.domain.forecast.season import HEATING
from bihuan.domain.timeaxis import local_date

LEAD_BLOCKS = ((1, 24), (25, 48), (49, 72), (73, 168))
_SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring"} | {
    6: "summer", 7: "summer", 8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"
}  # fmt: skip


def observed_long(
    observed: pl.DataFrame, items: Sequence[str], areas: Mapping[str, Sequence[str]] | None = None
) -> pl.DataFrame:
    """Wide hours -> site, item, start, observed; areas (place key -> sites) as the mean of at least half of their sites."""
    present = [i for i in items if i in observed.columns]
    tables = [observed.select("site", "start", *present)]
    for key, sites in (areas or {}).items():
        mine = observed.filter(pl.col("site").is_in(list(sites)))
        enough = (len(sites) + 1) // 2
        means = [pl.when(pl.col(i).count() >= enough).then(pl.col(i).mean()).alias(i) for i in present]
        tables.append(mine.group_by("start").agg(means).select(pl.lit(key).alias("site"), "start", *present))
    long = pl.concat(tables).unpivot(
        present, index=["site", "start"], variable_name="item", value_name="observed"
    )
    return long.drop_nulls("observed")


def paired(forecast: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """Forecast rows whose hour was measured, with `observed` and `block` (such as `1-24`; null beyond 168 h)."""
    return forecast.join(observed, on=["site", "item", "start"], how="inner").with_columns(block=lead_block())


def lead_block() -> pl.Expr:
    """Block of `lead` in days: 1-24, 25-48, 49-72, 73-168."""
    block = pl.lit(None, pl.String)
    for first, last in LEAD_BLOCKS:
        block = (
            pl.when(pl.col("lead").is_between(first, last)).then(pl.lit(f"{first}-{last}")).otherwise(block)
        )
    return block


def month(column: str = "start") -> pl.Expr:
    """Calendar month (China Standard Time) of an hour, such as `2019-02`."""
    return local_date(column).dt.strftime("%Y-%m")


START_DAY = local_date("start")


def season(day: pl.Expr = START_DAY) -> pl.Expr:
    """winter (December to February), spring, summer, autumn by the local month."""
    return day.dt.month().replace_strict(_SEASONS, return_dtype=pl.String)


def heating(day: pl.Expr = START_DAY) -> pl.Expr:
    """`heating` from 15 November to 15 March (CST), as the forecast's features have it, else `no_heating`."""
    number = day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
    first, last = (month * 100 + day for month, day in HEATING)
    return (
        pl.when((number >= first) | (number <= last)).then(pl.lit("heating")).otherwise(pl.lit("no_heating"))
    )


def shared(pairs: pl.DataFrame) -> pl.DataFrame:
    """Only the targets (site, item, issued, start) that every model has, so that scores compare like with like."""
    keys = ["site", "item", "issued", "start"]
    models = pl.col("model").n_unique()
    return pairs.filter(models.over(keys) == models)
