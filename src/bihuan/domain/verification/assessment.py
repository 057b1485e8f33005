"""Hit rates of the daily AQI forecast."""

import polars as pl


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
