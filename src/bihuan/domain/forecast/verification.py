"""Scores of issued forecasts against what was measured, with persistence and damped persistence beside them."""

from collections.abc import Mapping, Sequence

import polars as pl

from bihuan.domain.timeaxis import HOUR

LEAD_BLOCKS = ((1, 24), (25, 48), (49, 72), (73, 168))
THRESHOLDS = {"pm25": (75.0, 115.0), "o3": (160.0, 200.0)}


def observed_long(
    observed: pl.DataFrame, items: Sequence[str], cities: Mapping[str, Sequence[str]] | None = None
) -> pl.DataFrame:
    """Wide hours -> site, item, start, observed; cities as the mean of at least half of their sites."""
    present = [i for i in items if i in observed.columns]
    tables = [observed.select("site", "start", *present)]
    for code, sites in (cities or {}).items():
        mine = observed.filter(pl.col("site").is_in(list(sites)))
        enough = (len(sites) + 1) // 2
        means = [pl.when(pl.col(i).count() >= enough).then(pl.col(i).mean()).alias(i) for i in present]
        tables.append(
            mine.group_by("start").agg(means).select(pl.lit(f"city:{code}").alias("site"), "start", *present)
        )
    long = pl.concat(tables).unpivot(
        present, index=["site", "start"], variable_name="item", value_name="observed"
    )
    return long.drop_nulls("observed")


def paired(forecast: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """Forecast rows whose hour was measured, with `observed` and `block` (such as `1-24`)."""
    block = pl.lit(None, pl.String)
    for first, last in reversed(LEAD_BLOCKS):
        block = (
            pl.when(pl.col("lead").is_between(first, last)).then(pl.lit(f"{first}-{last}")).otherwise(block)
        )
    return forecast.join(observed, on=["site", "item", "start"], how="inner").with_columns(block=block)


def score(forecast: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """Scores by model, item and lead block.

    forecast: site, item, issued, start, lead, mean, [q05 q25 q50 q75 q95], model (inside item names).
    observed: site, item, start, observed (see `observed_long`).
    Gives n, rmse, mae (of the median when there is one), bias, correlation, coverage50, coverage90 (share inside
    q25..q75 and q05..q95), width90, and for each threshold of the item pod_<t>, far_<t>, csi_<t> of the mean.
    """
    pairs = paired(forecast, observed)
    error = pl.col("mean") - pl.col("observed")
    middle = pl.col("q50") if "q50" in pairs.columns else pl.col("mean")
    columns = [
        pl.len().alias("n"),
        (error**2).mean().sqrt().alias("rmse"),
        (middle.fill_null(pl.col("mean")) - pl.col("observed")).abs().mean().alias("mae"),
        error.mean().alias("bias"),
        pl.corr("mean", "observed").alias("correlation"),
    ]
    if "q05" in pairs.columns:
        columns += [
            pl.col("observed").is_between("q25", "q75").mean().alias("coverage50"),
            pl.col("observed").is_between("q05", "q95").mean().alias("coverage90"),
            (pl.col("q95") - pl.col("q05")).mean().alias("width90"),
        ]
    keys = ["model", "item", "block"]
    scores = pairs.group_by(keys).agg(columns)
    return scores.join(_events(pairs, keys), on=keys, how="left").sort("item", "model", "block")


def _events(pairs: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Hits, misses and false alarms of `mean` above each threshold, as POD, FAR and CSI."""
    columns = []
    for item, thresholds in THRESHOLDS.items():
        for threshold in thresholds:
            said, was = pl.col("mean") > threshold, pl.col("observed") > threshold
            mine = pl.col("item") == item
            hit, miss, false = ((mine & a).sum() for a in (said & was, ~said & was, said & ~was))
            name = f"{threshold:.0f}"
            columns += [
                _ratio(hit, hit + miss).alias(f"{item}_pod_{name}"),
                _ratio(false, hit + false).alias(f"{item}_far_{name}"),
                _ratio(hit, hit + miss + false).alias(f"{item}_csi_{name}"),
            ]
    return pairs.group_by(keys).agg(columns)


def _ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def level_hits(days: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Daily AQI level: by model and day ahead, share of days whose level was hit, and within one level.

    days: rows of an issue's `days` with item `aqi` (site, date, issued, p1..p6, model); the level said is the most
    probable one. measured: site, date, level.
    """
    chances = [pl.col(f"p{k}") for k in range(1, 7)]
    said = pl.concat_list(chances).list.arg_max().cast(pl.Int8) + 1
    ahead = (
        pl.col("date") - (pl.col("issued").dt.convert_time_zone("Asia/Shanghai").dt.date())
    ).dt.total_days()
    pairs = days.filter(pl.col("item") == "aqi").join(measured, on=["site", "date"], how="inner")
    apart = (said - pl.col("level").cast(pl.Int8)).abs()
    return (
        pairs.group_by("model", ahead.alias("ahead"))
        .agg(n=pl.len(), hit=(apart == 0).mean(), within_one=(apart <= 1).mean())
        .sort("model", "ahead")
    )


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
