"""Range: a value that the instrument cannot have measured."""

import polars as pl

from bihuan.domain.quality.frames import LABEL, UNIT, as_findings, figure, long_hours, run_ids, span


def beyond_range(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    below: float = -5.0,
    pm25: float = 2000.0,
    pm10: float = 10000.0,
    so2: float = 1310.0,
    no2: float = 940.0,
    co: float = 62.5,
    o3: float = 1200.0,
) -> pl.DataFrame:
    """Values below the detection limit's noise, or above what the instrument can show.

    below [µg/m³; CO mg/m³]: zero drift down to here is usual. Upper ends [µg/m³; CO mg/m³]: gases from the usual
    ranges 0-500 ppb and 0-50 ppm (HJ 654; known, edition not checked) at 298.15 K; O3 1200 = the last node of
    HJ 633; PM: own method, above the highest real dust and fire hours seen in 2019 (PM10 4985, PM2.5 1523).
    Returns FINDINGS; magnitude = the most extreme value.
    """
    tops = {"pm25": pm25, "pm10": pm10, "so2": so2, "no2": no2, "co": co, "o3": o3}
    long = long_hours(hours).with_columns(top=pl.col("item").replace_strict(tops, return_dtype=pl.Float64))
    out = long.filter((pl.col("value") < below) | (pl.col("value") > pl.col("top")))
    extreme = pl.col("value").sort_by(pl.col("value").abs()).last()
    runs = run_ids(out).group_by("run").agg(*span(), worst=extreme, top=pl.col("top").first())
    title = pl.format(
        "{} 最极端 {} {}，超出仪器量程（{} 至 {}）",
        LABEL,
        figure("worst"),
        UNIT,
        pl.lit(f"{below:g}"),
        figure("top"),
    )
    return as_findings(
        runs.with_columns(low=pl.lit(below)), title=title, magnitude=pl.col("worst"), unit=UNIT,
        evidence={"最极端": "worst", "下限": "low", "上限": "top", "小时数": "hours", "各小时值": "values"},
    )  # fmt: skip
