"""Checks of one item at a time: range, stuck, jump."""

import polars as pl

from bihuan.domain.water_events import MAD_TO_SIGMA
from bihuan.scenarios.water_sections.quality.frames import (
    KEY,
    LABEL,
    UNIT,
    amount,
    as_findings,
    figure,
    long_readings,
    span,
    with_runs,
)

LOW = {
    "temp": 0.0,
    "ph": 0.0,
    "do": 0.0,
    "conductivity": 0.0,
    "turbidity": 10.0,
    "codmn": 1.0,
    "nh3n": 0.1,
    "tp": 0.03,
    "tn": 0.5,
}
"""Below these values (units of frames) analysers show the same number for days: near their detection limits, in clear water."""
FLOOR = {
    "temp": 3.0,
    "ph": 0.8,
    "do": 3.0,
    "conductivity": 300.0,
    "turbidity": 200.0,
    "codmn": 4.0,
    "nh3n": 0.5,
    "tp": 0.15,
    "tn": 2.0,
}
"""Steps below these are never called jumps: ours, about the width of a class where the item has classes."""


def beyond_range(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    temp: float = 40.0,
    ph_low: float = 4.0,
    ph_high: float = 11.0,
    do: float = 30.0,
    conductivity: float = 60_000.0,
    turbidity: float = 10_000.0,
    codmn: float = 100.0,
    nh3n: float = 50.0,
    tp: float = 10.0,
    tn: float = 100.0,
) -> pl.DataFrame:
    """Values that surface water hardly has or the usual instrument cannot show.

    Upper ends (temp [°C], do, codmn, nh3n, tp, tn [mg/L], conductivity [µS/cm], turbidity [NTU]), ph from `ph_low` to `ph_high`.
    Below 0 nothing is measured; temperature may be 0.5 °C below. Source: ours, unsure, after the usual measuring ranges of HJ 915-2017 stations.
    Returns FINDINGS; magnitude = the most extreme value.
    """
    high = {"temp": temp, "ph": ph_high, "do": do, "conductivity": conductivity, "turbidity": turbidity}
    high |= {"codmn": codmn, "nh3n": nh3n, "tp": tp, "tn": tn}
    low = dict.fromkeys(high, 0.0) | {"temp": -0.5, "ph": ph_low}
    item = pl.col("item")
    long = long_readings(readings).with_columns(
        low=item.replace_strict(low, return_dtype=pl.Float64),
        high=item.replace_strict(high, return_dtype=pl.Float64),
    )
    out = long.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high")))
    worst = pl.col("value").sort_by((pl.col("value") - (pl.col("low") + pl.col("high")) / 2).abs()).last()
    runs = with_runs(out).group_by("run").agg(
        *span(), pl.col("item").first(), worst=worst, low=pl.col("low").first(), high=pl.col("high").first()
    )  # fmt: skip
    title = pl.format("{} 最极端 {}，超出合理范围（{} 至 {}）", LABEL, amount("worst"), figure("low"), figure("high"))  # fmt: skip
    return as_findings(
        runs, title=title, magnitude=pl.col("worst"), unit=UNIT,
        evidence={"最极端": "worst", "下限": "low", "上限": "high", "读数个数": "readings"},
    )  # fmt: skip


def stuck(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    least_readings: int = 5,
    low_readings: int = 18,
    chance: float = 0.001,
    least_known: int = 8,
) -> pl.DataFrame:
    """The same value `least_readings` times or more, when rounding alone would hardly give that.

    The section's other readings say how often two in a row are equal: a run is reported where fewer than `chance` such runs are
    to be expected by that. Values near the detection limit need `low_readings`; series with fewer than `least_known` other readings are
    not judged. Source: ours, unsure, as for ambient air. Returns FINDINGS; magnitude = readings.
    """
    ids = with_runs(long_readings(readings), "value")
    runs = ids.group_by("run").agg(
        *span(), pl.col("item").first(), value=pl.col("value").first(), repeats=pl.len().cast(pl.Int64) - 1
    )
    others = pl.col("readings").sum().over(KEY) - pl.col("readings")
    equal = (pl.col("repeats").sum().over(KEY) - pl.col("repeats") + 0.5) / (others + 1)
    runs = runs.with_columns(others=others, equal=equal.clip(0, 1)).with_columns(
        expected=(pl.col("others") + pl.col("readings")) * pl.col("equal") ** pl.col("repeats")
    )
    low = pl.col("value") < pl.col("item").replace_strict(LOW, return_dtype=pl.Float64)
    needed = pl.when(low).then(low_readings).otherwise(least_readings)
    judged = runs.filter(
        pl.col("readings") >= needed, pl.col("expected") < chance, pl.col("others") >= least_known
    )
    title = pl.format("{} 连续 [hours] 小时未变（{}），疑似仪器或传输故障", LABEL, amount("value"))
    return as_findings(
        judged, title=title, magnitude=pl.col("readings"), unit=pl.lit(""),
        evidence={"未变值": "value", "读数个数": "readings", "其余时段相邻相等比例": "equal", "偶然出现的期望次数": "expected"},
    )  # fmt: skip


def _stepped(long: pl.DataFrame) -> pl.DataFrame:
    """Adds `step`: how far a reading stands out from the one before and after (0 on a slope), `sigma` of these, and `usual` = without."""
    value, near = pl.col("value"), pl.duration(hours=pl.col("hours"))
    same = [pl.col(c).shift(n) == pl.col(c) for c in KEY for n in (1, -1)]
    beside = [pl.col("start").diff() <= near, -pl.col("start").diff(-1) <= near]
    before, after = value - value.shift(1), value - value.shift(-1)
    smaller = pl.when(before.abs() < after.abs()).then(before).otherwise(after)
    step = pl.when(before * after <= 0).then(0.0).otherwise(smaller)
    sided = long.with_columns(step=step, whole=pl.all_horizontal(*same, *beside)).filter("whole")
    sigma = MAD_TO_SIGMA * pl.col("step").abs().median().over(KEY)
    return sided.with_columns(usual=value - pl.col("step"), sigma=sigma).drop("whole")


def jump(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    sigmas: float = 10.0,
    factor: float = 3.0,
    others: float = 3.0,
    share: float = 0.1,
) -> pl.DataFrame:
    """A reading far from the one before and the one after, on one side of both, while no other item of the section moves.

    Far (the smaller of both distances): more than `sigmas` robust deviations of the series' own steps and more than the item's
    floor; concentrations, turbidity and conductivity also more than `factor` times the usual value, or less than one part in `factor` of it.
    Alone: no other item stands out by more than `others` of its own deviations and `share` of its own floor: what is spilled moves
    several items. Source: ours, unsure. Returns FINDINGS; magnitude = the step [unit of the item].
    """
    stepped = _stepped(long_readings(readings))
    floor = pl.col("item").replace_strict(FLOOR, return_dtype=pl.Float64)
    size, ratio = (
        pl.col("step").abs(),
        pl.max_horizontal("value", "usual") > factor * pl.min_horizontal("value", "usual"),
    )
    moved = stepped.with_columns(moves=(size > others * pl.col("sigma")) & (size > share * floor))
    moved = moved.with_columns(moving=pl.col("moves").sum().over("site", "start"))
    alone = moved.filter(
        size > sigmas * pl.col("sigma"),
        size > floor,
        ratio | pl.col("item").is_in(["temp", "ph", "do"]),
        pl.col("moving") <= 1,
    )
    runs = with_runs(alone).group_by("run").agg(
        *span(), *(pl.col(c).first() for c in ("item", "value", "usual", "step", "sigma"))
    )  # fmt: skip
    title = pl.format("{} 突变为 {}（相邻读数 {}），其余项目未变", LABEL, amount("value"), figure("usual"))
    return as_findings(
        runs, title=title, magnitude=pl.col("step"), unit=UNIT,
        evidence={"突变值": "value", "相邻读数": "usual", "变化": "step", "本项变化标准差": "sigma", "读数个数": "readings"},
    )  # fmt: skip
