"""Moving means over the hours of a station."""

from typing import Literal

import polars as pl

from bihuan.domain.standards import minimum, usable
from bihuan.domain.timeaxis import local_date


def moving_mean(
    hours: pl.DataFrame | pl.LazyFrame, item: str, length: int, least: int, *, within_day: bool = False
) -> pl.DataFrame:
    """Mean of the last `length` hours at each hour, null with fewer than `least` values (or than three quarters of
    the hours that the day has had, when the window may not reach back `within_day`).

    Returns site, start, mean (unrounded), n (values in the window); a row per row of `hours`, sorted.
    """
    groups = ["site", "_date"] if within_day else ["site"]
    frame = hours.lazy().select("site", "start", usable(pl.col(item)).alias("_v"), _date=local_date())
    frame = frame.unique(["site", "start"], keep="last", maintain_order=True).sort("site", "start")
    window = frame.rolling("start", period=f"{length}h", group_by=groups).agg(
        mean=pl.col("_v").mean(), n=pl.col("_v").count(), first=pl.col("_date").first()
    )
    gone = (pl.col("start") + pl.duration(hours=8)).dt.hour().cast(pl.Int32) + 1
    needed = (
        (pl.min_horizontal(gone, pl.lit(length)) * least / length).ceil() if within_day else pl.lit(least)
    )
    return (
        window.with_columns(mean=pl.when(pl.col("n") >= needed).then("mean"))
        .select("site", "start", "mean", "n")
        .sort("site", "start")
        .collect()
    )


def moving_8h(
    hours: pl.DataFrame | pl.LazyFrame, variant: Literal["standard", "platform"] = "standard"
) -> pl.DataFrame:
    """Trailing 8 h mean of ozone at each hour: site, start, mean (unrounded), n.

    standard: the eight hours that end with this one, 6 of them valid (GB 3095 table 4), across midnight.
    platform: as the national network's hourly release shows it: the window starts anew at 01:00 each day, so the
    value of hour h = 1..7 is the mean of hours 1..h and only from 08:00 on is it the mean of eight hours. Both agree
    from 08:00 on; before that the published O3_8h is not the standard's 8 h mean and must not be judged as one.
    """
    least = minimum("hours_of_8h")
    return moving_mean(hours, "o3", 8, least, within_day=variant == "platform")
