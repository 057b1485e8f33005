"""Which units should do what now: the reduction list ranked by what it brings where it is needed."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from bihuan.domain.control.reduction import GRADES, check_list
from bihuan.domain.control.warning import NAMES, Outlook

KILOMETRES_PER_DEGREE = 111.32
UPWIND_WITHIN = 45.0  # degrees
PRECAUTION_AT = 0.5  # probability of a daily AQI above 150 from which precaution is proposed
RELEVANT = {  # weight of a kilogram against what is forecast to be primary
    "particles": {"pm": 1.0, "so2": 0.6, "nox": 0.5, "voc": 0.3},
    "ozone": {"voc": 1.0, "nox": 0.6},
}
WEIGHT_UPWIND = {"yes": 1.5, "unknown": 1.0, "no": 0.6}
HALVING_KM = 20.0
WHOLE_KG = 10.0
"""From so many kilograms on they are told without a decimal, below with two digits."""
LABELS = {"pm": "颗粒物", "nox": "氮氧化物", "so2": "二氧化硫", "voc": "挥发性有机物"}


@dataclass(frozen=True)
class Need:
    """Why something is to be done: the level whose measures apply, and how it was reached."""

    level: str
    precaution: bool
    target: str  # `particles` or `ozone`
    reason: str


@dataclass(frozen=True)
class Place:
    """The station with the worst forecast, and where the wind comes from [degrees], None = no wind data."""

    name: str
    lon: float
    lat: float
    wind_from: float | None = None


def need_of(outlook: Outlook) -> Need | None:
    """What the forecast asks for: the suggested level's measures, precaution, or nothing."""
    if outlook.suggested:
        return Need(outlook.suggested, False, "particles", outlook.sentence)
    worst = outlook.days.sort("p150", descending=True).row(0, named=True)
    if worst["p150"] >= PRECAUTION_AT:
        day = f"{worst['date'].month}月{worst['date'].day}日"
        text = f"未达预警条件，但{day}颗粒物主导的日AQI超过150的概率为{100 * worst['p150']:.0f}%，建议预防性管控。"
        return Need("yellow", True, "particles", text)
    return None


def ozone_need(chance: float, *, at: float = 0.5) -> Need | None:
    """Daily control of ozone (no coloured warning): when the chance of an O3 IAQI above 100 is at least `at`."""
    if chance < at:
        return None
    text = f"臭氧日最大8小时IAQI超过100的概率为{100 * chance:.0f}%，不启动彩色预警，建议VOCs与NOx日常管控。"
    return Need("yellow", True, "ozone", text)


def suggest(
    units: pl.DataFrame, need: Need | None, worst: Place, *, limit: int | None = None
) -> pl.DataFrame:
    """Ranked suggestions, most useful first; empty (same columns) when nothing is needed.

    units: the reduction list (`reduction.LIST_COLUMNS`). Gives rank, unit, name, kind, county, industry, grade,
    level, measure, pollutant, kg_per_day, share (of the list's total of that pollutant and level), upwind (yes,
    no, unknown), distance_km, score, why (Chinese), basis. Guaranteed units are left out; so are grades A and
    引领性 while it is only precaution, and pollutants that do not feed what is forecast.
    """
    check_list(units)
    level = need.level if need else "yellow"
    weights = RELEVANT[need.target if need else "particles"]
    mine = units.filter(
        pl.col("level") == level, pl.col("pollutant").is_in(list(weights)), pl.col("kg_per_day") > 0
    )
    mine = mine.with_columns(share=pl.col("kg_per_day") / pl.col("kg_per_day").sum().over("pollutant"))
    mine = mine.filter(~pl.col("guaranteed"))
    if need is None:
        mine = mine.clear()
    elif need.precaution:
        mine = mine.filter(~pl.col("grade").is_in(["A", "引领性"]))
    ranked = _scored(_placed(mine, worst), weights).sort(
        ["score", "grade_order", "unit", "pollutant"], descending=[True, False, False, False]
    )
    chosen = ranked.head(limit) if limit else ranked
    return _explained(chosen, need, worst)


def _placed(units: pl.DataFrame, worst: Place) -> pl.DataFrame:
    """Distance [km] to the worst station and whether the unit lies where the wind comes from."""
    narrow = pl.lit(worst.lat).radians().cos()
    east = (pl.col("lon") - worst.lon) * narrow * KILOMETRES_PER_DEGREE
    north = (pl.col("lat") - worst.lat) * KILOMETRES_PER_DEGREE
    placed = units.with_columns(distance_km=(east**2 + north**2).sqrt())
    if worst.wind_from is None:
        return placed.with_columns(upwind=pl.lit("unknown"))
    bearing = pl.arctan2(east, north).degrees()
    apart = ((bearing - worst.wind_from + 540) % 360 - 180).abs()
    said = pl.when(apart <= UPWIND_WITHIN).then(pl.lit("yes")).otherwise(pl.lit("no"))
    known = pl.when(apart.is_null()).then(pl.lit("unknown")).otherwise(said)
    return placed.with_columns(upwind=known)


def _scored(units: pl.DataFrame, weights: dict[str, float]) -> pl.DataFrame:
    order = pl.col("grade").replace_strict({g: k for k, g in enumerate(GRADES)}, return_dtype=pl.Int64)
    near = 0.5 ** (pl.col("distance_km").fill_null(HALVING_KM) / HALVING_KM)
    return units.with_columns(grade_order=order).with_columns(
        score=pl.col("share")
        * pl.col("pollutant").replace_strict(weights, return_dtype=pl.Float64)
        * pl.col("upwind").replace_strict(WEIGHT_UPWIND, return_dtype=pl.Float64)
        * near
        * (1.3 - 0.1 * pl.col("grade_order"))
    )


def _explained(units: pl.DataFrame, need: Need | None, worst: Place) -> pl.DataFrame:
    why = [_why(row, need, worst) for row in units.iter_rows(named=True)] if need else []
    columns = [
        "unit",
        "name",
        "kind",
        "county",
        "industry",
        "grade",
        "level",
        "measure",
        "pollutant",
        "kg_per_day",
    ]
    return (
        units.with_columns(why=pl.Series(why, dtype=pl.String))
        .with_row_index("rank", offset=1)
        .select("rank", *columns, "share", "upwind", "distance_km", "score", "why", "basis")
    )


def _why(row: dict[str, Any], need: Need, worst: Place) -> str:
    what = "预防性措施" if need.precaution else f"{NAMES[need.level]}预警措施"
    # An unknown wind is no reason; the page says once that it did not count.
    wind = {"yes": "，位于上风向", "no": "，不在上风向", "unknown": ""}[row["upwind"]]
    kg = row["kg_per_day"]
    amount = f"{kg:.0f}" if kg >= WHOLE_KG else f"{kg:.2g}"
    return (
        f"{what}：{row['measure']}，每日减排{LABELS[row['pollutant']]}{amount}千克，"
        f"占清单同级可减排量的{100 * row['share']:.1f}%；距{worst.name}{row['distance_km']:.1f}公里{wind}；"
        f"绩效分级{row['grade']}。"
    )


def nothing_needed(outlook: Outlook) -> str:
    """The sentence for a page without suggestions."""
    return f"当前不需要启动减排措施。{outlook.sentence}"
