"""Stuck: the same value hour after hour, where this site's air does not usually stand still."""

import polars as pl

from bihuan.domain.quality.frames import KEY, LABEL, UNIT, as_findings, figure, long_hours, run_ids, span

COARSE = {"pm25": 10.0, "pm10": 15.0, "so2": 12.0, "no2": 10.0, "co": 1.0, "o3": 12.0}
"""Below these values [µg/m³; CO mg/m³] clean or titrated air stands still for hours (seen in 2019)."""


def _with_chance(runs: pl.DataFrame) -> pl.DataFrame:
    """Adds `equal`, how often two hours outside the run are equal, and `expected`, such runs by chance in the series."""
    repeats, steps = pl.col("repeats").sum().over(KEY), pl.col("hours").sum().over(KEY)
    equal = (repeats - pl.col("repeats") + 0.5) / (steps - pl.col("hours") + 1)
    return runs.with_columns(equal=equal, steps=steps).with_columns(
        expected=pl.col("steps") * pl.col("equal").clip(0, 1) ** pl.col("repeats")
    )


def stuck(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    least_hours: int = 4,
    low_hours: int = 24,
    chance: float = 0.002,
    chance_in_all: float = 0.5,
    least_known: int = 24,
) -> pl.DataFrame:
    """The same value for `least_hours` or more, when rounding alone would hardly give that.

    Low SO2 and CO in steps of 0.1 are equal for hours in good order. So the site's own hours outside the run say how
    often two hours in a row are equal, and a run is reported only where fewer than `chance` such runs are to be
    expected in its series, and fewer than `chance_in_all` in all series of the frame: of six thousand series some stand
    still for five hours in every three days. Values below the item's coarse level need `low_hours`. Sites with fewer than `least_known` other hours are not judged.
    Source of 4 h: practice of station operation beside HJ 817-2018 and HJ 818-2018 (clause not checked); the rest:
    own method. Returns FINDINGS; magnitude = length [h].
    """
    ids = run_ids(long_hours(hours), also=["value"])
    runs = ids.group_by("run").agg(
        *span(), stuck_at=pl.col("value").first(), repeats=pl.len().cast(pl.Int64) - 1
    )
    low = pl.col("stuck_at") < pl.col("item").replace_strict(COARSE, return_dtype=pl.Float64)
    runs = runs.with_columns(needed=pl.when(low).then(low_hours).otherwise(least_hours))
    enough = pl.col("steps") - pl.col("hours") >= least_known
    series = max(runs.select(KEY).n_unique(), 1)
    judged = _with_chance(runs).filter(
        pl.col("hours") >= pl.col("needed"), pl.col("expected") < min(chance, chance_in_all / series), enough
    )
    title = pl.format(
        "{} 连续 [hours] 小时未变（{} {}），疑似采样或通讯故障", LABEL, figure("stuck_at"), UNIT
    )
    return as_findings(
        judged, title=title, magnitude=pl.col("hours"), unit=pl.lit("h"),
        evidence={"未变值": "stuck_at", "小时数": "hours", "其余时段相邻相等比例": "equal", "偶然出现的期望次数": "expected"},
    )  # fmt: skip
