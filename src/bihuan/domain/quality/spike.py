"""Spike: an hour that stands alone, in time and in space."""

import polars as pl

from bihuan.domain.quality.frames import (
    KEY,
    LABEL,
    MAD_TO_SIGMA,
    UNIT,
    as_findings,
    figure,
    long_hours,
    run_ids,
    span,
    with_neighbours,
)

FLOOR = {"pm25": 60.0, "pm10": 150.0, "so2": 100.0, "no2": 60.0, "co": 4.0, "o3": 80.0}
"""Steps below these [µg/m³; CO mg/m³] are never called spikes: own choice, about the width of an AQI level."""


def _stepped(long: pl.DataFrame) -> pl.DataFrame:
    """Adds `step`: how far the hour stands out from the hour before and after (0 on a slope), and `usual` = without.

    Hours without a value on both sides are left out.
    """
    first, last = pl.col("start").shift(1), pl.col("start").shift(-1)
    same = [pl.col(c).shift(n) == pl.col(c) for c in KEY for n in (1, -1)]
    before, after = pl.col("value") - pl.col("value").shift(1), pl.col("value") - pl.col("value").shift(-1)
    step = (
        pl.when(before * after <= 0).then(0.0).when(before.abs() < after.abs()).then(before).otherwise(after)
    )
    sided = long.with_columns(step=step, whole=pl.all_horizontal(*same, last - first == pl.duration(hours=2)))
    return sided.filter("whole").with_columns(usual=pl.col("value") - pl.col("step")).drop("whole")


def _steps_around(hours: pl.DataFrame, sites: pl.DataFrame, far: pl.DataFrame) -> pl.DataFrame:
    """Steps of the neighbours' median, computed only around the hours in question."""
    asked = [far.select(pl.col("start") + pl.duration(hours=n)) for n in (-1, 0, 1)]
    some = hours.join(pl.concat(asked).unique(), on="start", how="semi")
    around = with_neighbours(some, sites).select("site", "item", "start", value="near")
    return _stepped(around).select("site", "item", "start", near_step="step")


def spike(
    hours: pl.DataFrame, sites: pl.DataFrame, *, sigmas: float = 8.0, factor: float = 2.0, share: float = 0.35
) -> pl.DataFrame:
    """An hour far from the hour before and the hour after, on one side of both, while the neighbours do not move
    likewise.

    Far (the smaller of both distances): more than `sigmas` robust deviations of the site's own steps, more than the
    item's floor, and more than `factor` times the usual value or less than one part in `factor` of it.
    Alone: the neighbours' median moves by less than `share` of the step; where there are no neighbours the step
    alone decides. Source: own method after the review practice of HJ 818-2018 (clause not checked).
    Returns FINDINGS; magnitude = the step [unit of the item].
    """
    long = _stepped(long_hours(hours))
    sigma = MAD_TO_SIGMA * pl.col("step").abs().median().over(KEY)
    least = pl.col("item").replace_strict(FLOOR, return_dtype=pl.Float64)
    times = pl.max_horizontal("value", "usual") > factor * pl.min_horizontal("value", "usual")
    far = long.with_columns(sigma=sigma).filter(
        pl.col("step").abs() > sigmas * pl.col("sigma"), pl.col("step").abs() > least, times
    )
    near = _steps_around(hours, sites, far)
    alone = far.join(near, on=["site", "item", "start"], how="left", maintain_order="left").filter(
        (pl.col("near_step") / pl.col("step")).fill_null(0.0) < share
    )
    top = pl.col("step").abs().arg_max()
    runs = run_ids(alone).group_by("run").agg(
        *span(), *(pl.col(c).get(top).alias(c) for c in ("value", "usual", "step", "sigma", "near_step"))
    )  # fmt: skip
    title = pl.format("{} 突变为 {} {}（相邻小时 {}）", LABEL, figure("value"), UNIT, figure("usual"))
    return as_findings(
        runs, title=title, magnitude=pl.col("step"), unit=UNIT,
        evidence={"突变值": "value", "相邻小时值": "usual", "变化": "step", "本站变化标准差": "sigma", "周边变化": "near_step"},
    )  # fmt: skip
