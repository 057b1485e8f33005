"""Scores of single values: RMSE, MAE, bias, correlation; and of said exceedances: POD, FAR, CSI."""

from collections.abc import Mapping, Sequence

import polars as pl

from bihuan.domain.verification.grouping import aggregated, grouped, ratio
from bihuan.domain.verification.pairs import paired
from bihuan.domain.verification.quantiles import LEVELS, crps

# PM2.5 (24 h, HJ 633 breakpoints of levels 3, 4, 5) and ozone (8 h: level 3); ozone 200: 1 h limit of GB 3095.
THRESHOLDS: Mapping[str, tuple[float, ...]] = {
    "pm25": (75.0, 115.0, 150.0), "o3": (160.0, 200.0), "o3_8h": (160.0,)
}  # fmt: skip


def error_scores(pairs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """by, n, rmse, mae, bias, correlation. mae is of the median where there is one, the rest of the mean."""
    error = pl.col("mean") - pl.col("observed")
    middle = pl.col("q50").fill_null(pl.col("mean")) if "q50" in pairs.columns else pl.col("mean")
    return grouped(
        pairs,
        by,
        [
            pl.len().alias("n"),
            (error**2).mean().sqrt().alias("rmse"),
            (middle - pl.col("observed")).abs().mean().alias("mae"),
            error.mean().alias("bias"),
            pl.corr("mean", "observed").fill_nan(None).alias("correlation"),
        ],
    )


def exceedances(
    pairs: pl.DataFrame, by: Sequence[str], *, thresholds: Mapping[str, Sequence[float]] = THRESHOLDS
) -> pl.DataFrame:
    """by, item, threshold, n, hits, misses, false_alarms, pod, far, csi of `mean` above each threshold of its item.

    pod = hits / (hits + misses), far = false alarms / (hits + false alarms), csi = hits / (all three); null when
    there was nothing to divide by. Murphy and others: Wilks, Statistical Methods in the Atmospheric Sciences, 8.2.
    """
    keys = [c for c in by if c != "item"]
    tables = []
    for item, values in thresholds.items():
        mine = pairs.lazy().filter(pl.col("item") == item)
        for value in values:
            said, was = pl.col("mean") > value, pl.col("observed") > value
            counts = {"hits": said & was, "misses": ~said & was, "false_alarms": said & ~was}
            labels = [pl.lit(value).alias("threshold"), pl.len().alias("n")]
            tables.append(
                aggregated(mine, [*keys, "item"], [*labels, *(c.sum().alias(k) for k, c in counts.items())])
            )
    hit, miss, false = (pl.col(c) for c in ("hits", "misses", "false_alarms"))
    return (
        pl.concat(tables)
        .with_columns(
            pod=ratio(hit, hit + miss), far=ratio(false, hit + false), csi=ratio(hit, hit + miss + false)
        )
        .sort(*keys, "item", "threshold")
        .collect()
    )


def score(forecast: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """The usual scores by model, item and lead block in one row.

    forecast: site, item, issued, start, lead, mean, [q05..q95], model (inside item names).
    observed: site, item, start, observed (see `pairs.observed_long`).
    Gives n, rmse, mae, bias, correlation, crps, coverage50, coverage90 (share inside q25..q75 and q05..q95),
    width90, and for each threshold of any item <item>_pod_<t>, <item>_far_<t>, <item>_csi_<t> of the mean.
    """
    pairs = paired(forecast, observed)
    keys = ["model", "item", "block"]
    scores = error_scores(pairs, keys)
    if "q05" in pairs.columns:
        scores = scores.join(_bands(pairs, keys), on=keys, how="left", nulls_equal=True)
    events = exceedances(pairs, keys)
    for item, values in THRESHOLDS.items():
        for value in values:
            mine = events.filter((pl.col("item") == item) & (pl.col("threshold") == value))
            named = [pl.col(s).alias(f"{item}_{s}_{value:.0f}") for s in ("pod", "far", "csi")]
            scores = scores.join(mine.select(*keys, *named), on=keys, how="left", nulls_equal=True)
    return scores.sort("item", "model", "block")


def _bands(pairs: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    columns = [
        pl.col("observed").is_between("q25", "q75").mean().alias("coverage50"),
        pl.col("observed").is_between("q05", "q95").mean().alias("coverage90"),
        (pl.col("q95") - pl.col("q05")).mean().alias("width90"),
    ]
    if set(LEVELS) <= set(pairs.columns):
        columns.append(crps().mean().alias("crps"))
    return grouped(pairs, keys, columns)
