"""Deviation: one item of a site leaves its neighbours while its other items stay with them."""

import polars as pl

from bihuan.domain.quality.frames import (
    KEY,
    LABEL,
    MAD_TO_SIGMA,
    UNIT,
    as_findings,
    figure,
    run_ids,
    span,
    with_neighbours,
)

FLOOR = {"pm25": 15.0, "pm10": 30.0, "so2": 15.0, "no2": 20.0, "co": 0.6, "o3": 30.0}
"""Smallest sigma that is believed [µg/m³; CO mg/m³]: few neighbours may agree by chance. Own choice."""


def _scores(around: pl.DataFrame, relative: float) -> pl.DataFrame:
    """Adds `habit` (the site's usual difference), `sigma` and `score` (differences from the habit in sigmas)."""
    apart = around.with_columns(apart=pl.col("value") - pl.col("near"))
    apart = apart.with_columns(habit=pl.col("apart").median().over(KEY)).with_columns(
        beyond=pl.col("apart") - pl.col("habit")
    )
    own = MAD_TO_SIGMA * pl.col("beyond").abs().median().over(KEY)
    floor = pl.col("item").replace_strict(FLOOR, return_dtype=pl.Float64)
    sigma = pl.max_horizontal("spread", own, floor, pl.col("near") * relative)
    return apart.with_columns(sigma=sigma).with_columns(score=pl.col("beyond") / pl.col("sigma"))


def neighbour_deviation(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    sigmas: float = 3.0,
    least_hours: int = 3,
    radius_km: float = 40.0,
    relative: float = 0.15,
) -> pl.DataFrame:
    """More than `sigmas` from the neighbours' median, `least_hours` in a row, in one item only and on one side.

    Neighbours: the 8 nearest sites within `radius_km`, at least 3 with a value. A site's usual difference (median
    over the frame) is taken off, so that a roadside or hill station is not reported for what it is. Sigma is the
    largest of: the neighbours' robust spread, the site's own usual scatter, a floor per item, and `relative` times
    the neighbours' median. Source: 3 MAD for 3 h in one item, review practice beside HJ 818-2018 (clause not checked).
    Returns FINDINGS; magnitude = largest deviation from the usual difference [unit of the item].
    """
    scored = _scores(with_neighbours(hours, sites, radius_km=radius_km), relative)
    off = scored.filter(pl.col("score").abs() > sigmas).with_columns(side=pl.col("score").sign())
    single = off.filter(pl.len().over("site", "start") == 1)
    runs = run_ids(single, also=["side"]).group_by("run").agg(
        *span(),
        pl.col("side").first(),
        pl.col("near"),
        worst=pl.col("beyond").get(pl.col("score").abs().arg_max()),
        habit=pl.col("habit").first(),
        score=pl.col("score").abs().max(),
        neighbours=pl.col("neighbours").min(),
    )  # fmt: skip
    found = runs.filter(pl.col("hours") >= least_hours)
    way = pl.when(pl.col("side") > 0).then(pl.lit("高于")).otherwise(pl.lit("低于"))
    far = figure("far")
    title = pl.format("{} 连续 [hours] 小时异常{}周边，最大相差 {} {}，其他因子正常", LABEL, way, far, UNIT)
    return as_findings(
        found.with_columns(far=pl.col("worst").abs()), title=title, magnitude=pl.col("far"), unit=UNIT,
        evidence={
            "最大偏离": "worst", "平时偏差": "habit", "偏离倍数": "score", "小时数": "hours", "周边站数": "neighbours",
            "本站各小时": "values", "周边中位值": "near",
        },
    )  # fmt: skip
