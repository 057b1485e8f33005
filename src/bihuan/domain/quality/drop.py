"""Sudden local drop: the station falls while its neighbours stay (water mist, a covered inlet)."""

import polars as pl

from bihuan.domain.quality.frames import KEY, LABEL, UNIT, as_findings, figure, with_neighbours

LEVEL = {"pm25": 60.0, "pm10": 100.0}
"""Only a fall from such a level [µg/m³] is worth interfering for. Own choice, near the day limits of GB 3095."""

LONGEST = 24


def _onsets(around: pl.DataFrame, fall: float, stay: float) -> pl.DataFrame:
    """Hours that, with the next one, lie under (1 - fall) of the three hours before, while the neighbours stay."""
    ahead = [pl.col(c).shift(-1).over(KEY).alias(f"{c}_next") for c in ("value", "near")]
    before = [
        pl.mean_horizontal(pl.col(c).shift(n).over(KEY) for n in (1, 2, 3)).alias(f"{c}_before")
        for c in ("value", "near")
    ]
    whole = pl.col("start").shift(-1).over(KEY) - pl.col("start").shift(3).over(KEY) == pl.duration(hours=4)
    framed = around.with_columns(*ahead, *before, whole=whole).filter("whole")
    fell = pl.max_horizontal("value", "value_next") <= (1 - fall) * pl.col("value_before")
    stayed = pl.min_horizontal("near", "near_next") >= stay * pl.col("near_before")
    high = pl.col("value_before") >= pl.col("item").replace_strict(LEVEL, return_dtype=pl.Float64)
    # A station that stood far above the others may come back to them; that is no interference.
    apart = pl.max_horizontal("value", "value_next") <= (1 - fall / 2) * pl.min_horizontal(
        "near", "near_next"
    )
    return framed.filter(fell, stayed, high, apart)


def _first_of_each(onsets: pl.DataFrame) -> pl.DataFrame:
    """Onsets within three hours of an earlier one belong to it."""
    apart = pl.col("start").diff().over(KEY) > pl.duration(hours=3)
    return onsets.sort(*KEY, "start").filter(apart.fill_null(True))


def _with_course(onsets: pl.DataFrame, around: pl.DataFrame) -> pl.DataFrame:
    """Follows each onset until the station is back at its old relation to the neighbours (at most a day)."""
    later = onsets.select(*KEY, "start", "value_before", "near_before").join(
        around.select(*KEY, pl.col("start").alias("hour"), "value", "near"), on=KEY
    )
    later = later.filter(
        pl.col("hour") >= pl.col("start"), pl.col("hour") < pl.col("start") + pl.duration(hours=LONGEST)
    )
    expected = pl.col("near") * pl.col("value_before") / pl.col("near_before")
    later = later.sort(*KEY, "start", "hour").with_columns(low=pl.col("value") < 0.75 * expected)
    kept = later.filter(pl.col("low").cast(pl.Int8).cum_min().over(*KEY, "start") == 1)
    return kept.group_by(*KEY, "start").agg(
        until=pl.col("hour").last() + pl.duration(hours=1), hours=pl.len().cast(pl.Int64), least=pl.col("value").min(),
        before=pl.col("value_before").first(), near_before=pl.col("near_before").first(), values="value", near="near",
    )  # fmt: skip


def sudden_drop(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    fall: float = 0.5,
    stay: float = 0.85,
    radius_km: float = 40.0,
) -> pl.DataFrame:
    """PM falls by the share `fall` against the three hours before, for two hours at least, below the neighbours,
    while their median keeps `stay` of what it was.

    A sign of water mist or a covered inlet, and evidence only: people look before anything is said of anyone.
    Source: own method; interference with monitoring is dealt with in 环境监测数据弄虚作假行为判定及处理办法 (2015).
    Returns FINDINGS; magnitude = fall [%].
    """
    pm = hours.select("site", "start", *(i for i in LEVEL if i in hours.columns))
    around = with_neighbours(pm, sites, radius_km=radius_km)
    found = _with_course(_first_of_each(_onsets(around, fall, stay)), around)
    share = ((1 - pl.col("least") / pl.col("before")) * 100).round(0)
    title = pl.format(
        "{} 由 {} 骤降至 {} {}，周边未降，疑似采样口受干扰", LABEL, figure("before"), figure("least"), UNIT
    )
    return as_findings(
        found, title=title, magnitude=share, unit=pl.lit("%"),
        evidence={
            "前3小时均值": "before", "最低值": "least", "周边前3小时均值": "near_before", "小时数": "hours",
            "本站各小时": "values", "周边中位值": "near",
        },
    )  # fmt: skip
