"""Checks of items against each other, of a section against the one above it, and of values against the station's own state."""

import polars as pl

from bihuan.domain.flags import MAINTENANCE, STOPPED
from bihuan.domain.standards.surface_water.oxygen import saturation
from bihuan.domain.water_events import MAD_TO_SIGMA
from bihuan.scenarios.water_sections.quality.frames import (
    ITEMS,
    LABEL,
    as_findings,
    figure,
    normal,
    span,
    with_runs,
)

OF_SITE = ("site",)


def oxygen(
    readings: pl.DataFrame, sections: pl.DataFrame, *, most: float = 2.5, least_readings: int = 1
) -> pl.DataFrame:
    """Dissolved oxygen above `most` times what water holds at its temperature, in `least_readings` or more.

    Saturation of fresh water: 468 / (31.6 + T) mg/L (GB 3838-2002 practice; HJ 506-2009 gives the same to about 1 %), at sea level: higher up
    it is less. Algae make 1.5 to 2 times of it by day. Source of the threshold: ours, unsure. Returns FINDINGS; magnitude = times.
    """
    held = normal(readings).with_columns(held=saturation(pl.col("temp")))
    over = held.with_columns(times=pl.col("do") / pl.col("held")).filter(pl.col("times") > most)
    top = pl.col("times").arg_max()
    runs = with_runs(over, key=OF_SITE).group_by("run").agg(
        *span(), *(pl.col(c).get(top) for c in ("times", "do", "temp", "held")), item=pl.lit("do").first()
    )  # fmt: skip
    title = pl.format("溶解氧 {} mg/L，为该水温下饱和值的 {} 倍", figure("do"), figure("times"))
    return as_findings(
        runs.filter(pl.col("readings") >= least_readings), title=title, magnitude=pl.col("times"), unit=pl.lit("倍"),
        evidence={"溶解氧": "do", "水温": "temp", "饱和值": "held", "倍数": "times", "读数个数": "readings"},
    )  # fmt: skip


def acid(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    least_readings: int = 12,
    against: float = -0.7,
    ph_swing: float = 0.3,
    do_swing: float = 2.0,
    large_do: float = 6.0,
    large_ph: float = 1.5,
) -> pl.DataFrame:
    """pH and dissolved oxygen that do not swing together: what makes oxygen by day takes carbonic acid, so both rise and fall.

    Over all normal readings that are given, `least_readings` or more: they move against each other (correlation below `against`)
    while pH swings by `ph_swing` and oxygen by `do_swing` [mg/L]; or one swings widely (oxygen by `large_do` [mg/L], pH by
    `large_ph`) while the other does not (pH below 0.1, oxygen below 0.5 mg/L). Source: ours, unsure. Returns FINDINGS; magnitude = correlation.
    """
    both = normal(readings).drop_nulls(["ph", "do"])
    runs = both.group_by("site").agg(
        *span()[1:],
        ph=pl.col("ph").max() - pl.col("ph").min(),
        do=pl.col("do").max() - pl.col("do").min(),
        together=pl.corr("ph", "do").fill_nan(None),
    )
    opposite = (pl.col("together") < against) & (pl.col("ph") >= ph_swing) & (pl.col("do") >= do_swing)
    one_alone = ((pl.col("do") >= large_do) & (pl.col("ph") < 0.1)) | (
        (pl.col("ph") >= large_ph) & (pl.col("do") < 0.5)
    )
    found = runs.filter(pl.col("readings") >= least_readings, opposite | one_alone)
    title = pl.format(
        "pH 与溶解氧变化不一致：[hours] 小时内 pH 变幅 {}，溶解氧变幅 {} mg/L", figure("ph"), figure("do")
    )
    return as_findings(
        found, title=title, magnitude=pl.col("together").fill_null(0.0), unit=pl.lit(""),
        evidence={"pH 变幅": "ph", "溶解氧变幅": "do", "相关系数": "together", "读数个数": "readings"},
    )  # fmt: skip


def nitrogen(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    share: float = 0.2,
    least: float = 0.1,
    least_readings: int = 1,
) -> pl.DataFrame:
    """Ammonia beyond total nitrogen, of which it is a part, by more than `share` of it and `least` [mg/L], in `least_readings` or more.

    Both analysers err by about a tenth (HJ 915-2017, clause not checked); thresholds: ours, unsure. Returns FINDINGS; magnitude = how much more [mg/L].
    """
    more = pl.col("nh3n") - pl.col("tn")
    odd = normal(readings).with_columns(more=more).filter(pl.col("more") > share * pl.col("tn") + least)
    top = pl.col("more").arg_max()
    runs = with_runs(odd, key=OF_SITE).group_by("run").agg(
        *span(), *(pl.col(c).get(top) for c in ("more", "nh3n", "tn"))
    )  # fmt: skip
    title = pl.format("氨氮 {} mg/L 高于总氮 {} mg/L，不合常理", figure("nh3n"), figure("tn"))
    return as_findings(
        runs.filter(pl.col("readings") >= least_readings).with_columns(item=pl.lit("tn")), title=title,
        magnitude=pl.col("more"), unit=pl.lit("mg/L"), evidence={"氨氮": "nh3n", "总氮": "tn", "读数个数": "readings"},
    )  # fmt: skip


def phosphorus(
    readings: pl.DataFrame, sections: pl.DataFrame, *, turbid: float = 300.0, clear: float = 0.02
) -> pl.DataFrame:
    """Very turbid water (`turbid` [NTU] or more) with hardly any phosphorus (`clear` [mg/L] or less): its particles carry some.

    Either the sample was settled or filtered, or one of the two analysers errs. Source: ours, unsure. Returns FINDINGS; magnitude = turbidity [NTU].
    """
    odd = normal(readings).filter(pl.col("turbidity") >= turbid, pl.col("tp") <= clear)
    top = pl.col("turbidity").arg_max()
    runs = with_runs(odd, key=OF_SITE).group_by("run").agg(
        *span(), *(pl.col(c).get(top) for c in ("turbidity", "tp")), item=pl.lit("tp").first()
    )  # fmt: skip
    title = pl.format(
        "浊度 {} NTU 而总磷仅 {} mg/L，疑似总磷或浊度测量有误", figure("turbidity"), figure("tp")
    )
    return as_findings(
        runs, title=title, magnitude=pl.col("turbidity"), unit=pl.lit("NTU"),
        evidence={"浊度": "turbidity", "总磷": "tp", "读数个数": "readings"},
    )  # fmt: skip


def leftovers(
    readings: pl.DataFrame, sections: pl.DataFrame, *, least_items: int = 4, least_readings: int = 2
) -> pl.DataFrame:
    """Values that only stood there while the station was marked as under maintenance or stopped: `least_items` or more exactly as in the reading before.

    In `least_readings` or more in a row. They are no measurements, but are published beside the mark. Source: ours, unsure.
    Returns FINDINGS; magnitude = items.
    """
    ordered = readings.sort("site", "start")
    follows = (pl.col("site") == pl.col("site").shift()) & (
        pl.col("start").diff() <= pl.duration(hours=2 * pl.col("hours"))
    )
    same = pl.sum_horizontal((pl.col(i) == pl.col(i).shift()).fill_null(value=False) for i in ITEMS)
    odd = ordered.with_columns(items=pl.when(follows).then(same)).filter(
        pl.col("state").is_in([MAINTENANCE, STOPPED]), pl.col("items") >= least_items
    )
    runs = with_runs(odd, key=OF_SITE).group_by("run").agg(*span(), pl.col("items").max())
    title = pl.format("站点维护或停运 [hours] 小时期间仍有 {} 项数据沿用之前的读数", pl.col("items"))
    return as_findings(
        runs.filter(pl.col("readings") >= least_readings), title=title, magnitude=pl.col("items"), unit=pl.lit("项"),
        evidence={"沿用项目数": "items", "读数个数": "readings"},
    )  # fmt: skip


NEIGHBOURLY = {"temp": 5.0, "conductivity": 2.0}
"""What changes slowly along a river: by how many °C, or to how many times, a section may depart from the one above."""


def neighbours(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    temp: float = NEIGHBOURLY["temp"],
    conductivity: float = NEIGHBOURLY["conductivity"],
    sigmas: float = 6.0,
    least_readings: int = 3,
    least_known: int = 12,
) -> pl.DataFrame:
    """A section that departs from the one above it on the river (where rivers meet: from each) otherwise than usual, in `least_readings` or more in a row.

    Of temperature [°C] and conductivity (as a multiple): the difference to what had flowed past the section above (earlier by the
    travel time), less the usual difference of the pair, is more than `temp` or `conductivity` and `sigmas` robust deviations. Pairs with
    fewer than `least_known` common readings are not judged. Source: ours, unsure. Returns FINDINGS about the lower section; magnitude =
    the departure [°C, or times].
    """
    pairs = _pairs(normal(readings), sections)
    limits = {"temp": temp, "conductivity": conductivity}
    parts = [_departures(pairs, item, limit, sigmas, least_known) for item, limit in limits.items()]
    odd = pl.concat(parts).sort("site", "item", "start")
    top = pl.col("departure").abs().arg_max()
    runs = with_runs(odd).group_by("run").agg(
        *span(), pl.col("item").first(), pl.col("above").first(), *(pl.col(c).get(top) for c in ("value", "upper", "departure")),
    )  # fmt: skip
    title = pl.format("{} {}，与上游断面（{}）的关系异于平常", LABEL, figure("value"), figure("upper"))
    return as_findings(
        runs.filter(pl.col("readings") >= least_readings), title=title, magnitude=pl.col("departure"),
        unit=pl.when(pl.col("item") == "temp").then(pl.lit("°C")).otherwise(pl.lit("倍")),
        evidence={"本断面": "value", "上游断面值": "upper", "上游断面": "above", "偏离": "departure", "读数个数": "readings"},
    )  # fmt: skip


def _pairs(readings: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """Readings of sections that have one above, each with the reading there when the water passed it (`*_above`)."""
    up = sections.drop_nulls("below").rename({"site": "above", "below": "site"})
    items = list(NEIGHBOURLY)
    there = readings.select(pl.col("site").alias("above"), "start", *items).rename(
        {i: f"{i}_above" for i in items}
    )
    lower = readings.join(up, on="site").with_columns(
        passed=pl.col("start") - pl.duration(minutes=(pl.col("travel").fill_null(0.0) * 60).cast(pl.Int64))
    )
    joined = lower.sort("passed").join_asof(
        there.sort("start"),
        left_on="passed",
        right_on="start",
        by="above",
        strategy="nearest",
        tolerance="2h",
        check_sortedness=False,
    )
    return joined.sort("site", "start")


def _departures(
    pairs: pl.DataFrame, item: str, limit: float, sigmas: float, least_known: int
) -> pl.DataFrame:
    """Readings of one item beyond the limit: of temperature by difference, of conductivity by the logarithm of the ratio.

    Of a section below several, those that depart from every one that has a value then; the largest departure is told.
    """
    value, upper = pl.col(item), pl.col(f"{item}_above")
    apart, most = (
        (value - upper, limit)
        if item == "temp"
        else ((value / upper).log(), float(pl.select(pl.lit(limit).log()).item()))
    )
    pair = ["above", "site"]
    known = pairs.filter(value.is_not_null(), upper.is_not_null(), upper > 0, value > 0)
    known = known.with_columns(apart=apart, known=pl.len().over(pair)).with_columns(
        beside=pl.col("apart") - pl.col("apart").median().over(pair)
    )
    sigma = MAD_TO_SIGMA * pl.col("beside").abs().median().over(pair)
    size = pl.col("beside").abs()
    odd = (pl.col("known") >= least_known) & (size > most) & (size > sigmas * sigma)
    from_all = known.with_columns(odd=odd, size=size).filter(pl.col("odd").all().over("site", "start"))
    one = from_all.sort("size").unique(["site", "start"], keep="last")
    departure = pl.col("beside") if item == "temp" else pl.col("beside").exp()
    return one.select(
        "site", "start", "hours", pl.lit(item).alias("item"), value.alias("value"), upper.alias("upper"), "above",
        departure.alias("departure"),
    )  # fmt: skip
