"""Inversion (倒挂): PM2.5 above PM10, of which it is a part."""

import polars as pl

from bihuan.domain.quality.frames import as_findings, figure, run_ids, span


def pm_inversion(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    tolerance: float = 10.0,
    ratio: float = 1.05,
    least_hours: int = 2,
) -> pl.DataFrame:
    """PM2.5 above PM10 by more than `tolerance` [µg/m³] and more than the factor `ratio`, `least_hours` in a row.

    Both instruments are in doubt. One good hour between bad ones does not end a run. Source: review practice beside
    HJ 817-2018 (difference of 5-10 µg/m³, ratio 1.05; clause not checked).
    Returns FINDINGS (item pm25); magnitude = largest difference [µg/m³].
    """
    pm = hours.select(
        "site", "start", "pm25", "pm10", item=pl.lit("pm25"), value=pl.col("pm25") - pl.col("pm10")
    ).sort("site", "start")
    above = pm.filter(pl.col("value") > tolerance, pl.col("pm25") > ratio * pl.col("pm10"))
    runs = run_ids(above, bridge=1).group_by("run").agg(
        *span(), worst=pl.col("value").max(), fine=pl.col("pm25"), coarse=pl.col("pm10")
    )  # fmt: skip
    found = runs.filter(pl.col("hours") >= least_hours)
    title = pl.format("PM2.5 高于 PM10，持续 [hours] 小时，最大 {} µg/m³（倒挂）", figure("worst"))
    return as_findings(
        found, title=title, magnitude=pl.col("worst"), unit=pl.lit("µg/m³"),
        evidence={"最大差值": "worst", "小时数": "hours", "PM2.5": "fine", "PM10": "coarse"},
    )  # fmt: skip
