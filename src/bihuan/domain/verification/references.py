"""References that need no fit: persistence and damped persistence, from what was known at each issue."""

import polars as pl

from bihuan.domain.timeaxis import HOUR


def persistence(forecast: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """The reference: for every row of `forecast` the last value measured before its issue (at most 6 h old)."""
    keys = ["site", "item"]
    origins = forecast.select(*keys, "issued").unique().sort("issued")
    known = observed.with_columns(ended=pl.col("start") + HOUR).sort("ended")
    last = origins.join_asof(
        known.select(*keys, "ended", pl.col("observed").alias("mean")),
        left_on="issued",
        right_on="ended",
        by=keys,
        strategy="backward",
        tolerance="6h",
        check_sortedness=False,
    )
    rows = forecast.select(*keys, "issued", "start", "lead")
    joined = rows.join(last.select(*keys, "issued", "mean"), on=[*keys, "issued"], how="inner")
    return joined.drop_nulls("mean").with_columns(model=pl.lit("persistence"))


def damped(forecast: pl.DataFrame, observed: pl.DataFrame, *, scale_hours: float = 24.0) -> pl.DataFrame:
    """Damped persistence without a fit: the last value fades (e-fold `scale_hours`) to the mean of the 30 days before."""
    keys = ["site", "item"]
    base = persistence(forecast, observed)
    usual = (
        observed.sort("start")
        .rolling("start", period="30d", group_by=keys)
        .agg(pl.col("observed").mean().alias("usual"))
    )
    usual = usual.with_columns(ended=pl.col("start") + HOUR).drop("start").sort("ended")
    origins = base.select(*keys, "issued").unique().sort("issued")
    known = origins.join_asof(
        usual, left_on="issued", right_on="ended", by=keys, strategy="backward", check_sortedness=False
    )
    share = (-pl.col("lead") / scale_hours).exp()
    mixed = base.join(known.select(*keys, "issued", "usual"), on=[*keys, "issued"], how="inner")
    return mixed.with_columns(
        mean=share * pl.col("mean") + (1 - share) * pl.col("usual"), model=pl.lit("damped persistence")
    ).drop("usual")
