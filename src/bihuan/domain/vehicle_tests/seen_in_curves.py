"""Suspects by the curves: copies, frozen values, thin exhaust, tests that were too short, smoke of exactly 0, a power sweep that did not go down far enough.

All but the copies take `tests` joined with `FEATURES` (`with_features`).
"""

import polars as pl

from bihuan.domain.vehicle_tests.tables import suspects

SHORTEST: dict[str, int] = {
    "double_idle": 90,
    "asm": 35,
    "vmas": 195,
    "transient": 195,
    "lugdown": 30,
    "free": 20,
}
"""Least seconds of a whole test. The cycle of vmas and transient has 195 s (GB 18285-2018); the others are our own, below what a quick test takes."""
FAMILY = {
    "copied": "逐秒曲线与另一次检验雷同",
    "frozen": "逐秒数据不变化",
    "diluted": "CO+CO₂ 过低",
    "too_short": "检验时间过短",
    "zero_smoke": "光吸收系数恒为 0.00",
    "short_sweep": "功率扫描未到最大功率点之后",
    "no_trace": "没有逐秒数据",
}


def with_features(tests: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Tests beside what their curves show; null without curves."""
    return tests.join(features, on="test", how="left", maintain_order="left")


def copied(tests: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Tests whose curves are those of another: the later of a pair is the copy. size = likeness; note: how it differs.

    A retest of the same car counts too: no car drives two tests alike.
    """
    about = tests.select("test", "start", "site")
    both = copies.join(about, on="test").join(
        about.rename({"test": "other", "start": "other_start", "site": "other_site"}), on="other"
    )
    swap = (pl.col("other_start") > pl.col("start")) | (
        (pl.col("other_start") == pl.col("start")) & (pl.col("other") > pl.col("test"))
    )
    ordered = both.select(
        test=pl.when(swap).then("other").otherwise("test"),
        other=pl.when(swap).then("test").otherwise("other"),
        likeness="likeness",
        shift=pl.when(swap).then(pl.col("shift")).otherwise(-pl.col("shift")),
        across=pl.col("site") != pl.col("other_site"),
    )
    best = ordered.sort("likeness", "other", descending=[True, False]).unique(
        "test", keep="first", maintain_order=True
    )
    rows = tests.join(best, on="test", how="inner")
    note = pl.format(
        "{}{}",
        pl.when(pl.col("shift") == 0)
        .then(pl.lit(""))
        .otherwise(pl.format("错开 {} s", pl.col("shift").abs())),
        pl.when("across").then(pl.lit("跨机构")).otherwise(pl.lit("")),
    )
    return suspects(rows, "copied", other=pl.col("other"), size=pl.col("likeness"), note=note)


def frozen(seen: pl.DataFrame, *, least_quantities: int = 2) -> pl.DataFrame:
    """CO, HC, NO or k stand still at a value that is not that of clean air: `least_quantities` of them, or smoke alone. size = how many."""
    diesel = pl.col("method").is_in(["lugdown", "free"])
    least = pl.when(diesel).then(1).otherwise(least_quantities)
    return suspects(seen.filter(pl.col("frozen") >= least), "frozen", size=pl.col("frozen").cast(pl.Float64))


def diluted(seen: pl.DataFrame, *, least: float = 6.0) -> pl.DataFrame:
    """CO + CO2 of the last 60 % of a petrol test below `least` [%]: the probe was not in the exhaust, or in another's. size = mean [%]."""
    return suspects(seen.filter(pl.col("exhaust") < least), "diluted", size=pl.col("exhaust"))


def too_short(seen: pl.DataFrame, *, shortest: dict[str, int] | None = None) -> pl.DataFrame:
    """Fewer seconds than the method takes: of the curves, or without them from begin to end. size = seconds."""
    lasted = pl.coalesce("seconds", (pl.col("until") - pl.col("start")).dt.total_seconds())
    least = pl.col("method").replace_strict(shortest or SHORTEST, default=0, return_dtype=pl.Int64)
    return suspects(
        seen.with_columns(lasted=lasted).filter(pl.col("lasted") < least), "too_short", size=pl.col("lasted").cast(pl.Float64)
    )  # fmt: skip


def zero_smoke(seen: pl.DataFrame) -> pl.DataFrame:
    """A diesel car before stage 国六 whose k was 0.00 all the time: without a particle filter there is always some smoke. size = 0."""
    rows = seen.filter(
        pl.col("method").is_in(["lugdown", "free"]),
        pl.col("k_highest") == 0,
        pl.col("stage").is_in(list("12345")),
    )
    return suspects(rows, "zero_smoke", size=pl.lit(0.0))


def short_sweep(seen: pl.DataFrame, *, down_to: float = 0.85) -> pl.DataFrame:
    """A lug-down whose speed never went below `down_to` of where the power was highest, so that the 80 % point was not driven. size = lowest share."""
    share = pl.col("speed_lowest") / pl.col("speed_at_power")
    rows = seen.with_columns(share=share).filter(
        pl.col("method") == "lugdown", pl.col("speed_at_power") > 0, pl.col("share") > down_to
    )
    return suspects(rows, "short_sweep", size=pl.col("share"))


def no_trace(seen: pl.DataFrame) -> pl.DataFrame:
    """Tests whose curves did not come."""
    return suspects(seen.filter(pl.col("seconds").is_null()), "no_trace")
