"""The tables of vehicle tests: one row for each test, its curves by the second, the daily checks of a line, and what the forensics suspect.

A test is known by `test`, its number in the city. `site` is the code of the station. Instants are UTC; begin `start`, end `until`.
"""

import polars as pl

from bihuan.domain.timeaxis import INSTANT

METHODS = {
    "double_idle": "双怠速法",
    "asm": "稳态工况法",
    "vmas": "简易瞬态工况法",
    "transient": "瞬态工况法",
    "lugdown": "加载减速法",
    "free": "自由加速法",
}
"""Methods of GB 18285-2018 (petrol, gas) and GB 3847-2018 (diesel)."""
DIESEL = ("lugdown", "free")

VALUES: dict[str, tuple[str, str]] = {
    "idle_co": ("怠速 CO", "%"),
    "idle_hc": ("怠速 HC", "ppm"),
    "high_co": ("高怠速 CO", "%"),
    "high_hc": ("高怠速 HC", "ppm"),
    "lambda": ("过量空气系数 λ", ""),
    "co_5025": ("5025 工况 CO", "%"),
    "hc_5025": ("5025 工况 HC", "ppm"),
    "no_5025": ("5025 工况 NO", "ppm"),
    "co_2540": ("2540 工况 CO", "%"),
    "hc_2540": ("2540 工况 HC", "ppm"),
    "no_2540": ("2540 工况 NO", "ppm"),
    "co_km": ("CO", "g/km"),
    "hc_km": ("HC", "g/km"),
    "nox_km": ("NOx", "g/km"),
    "hcnox_km": ("HC+NOx", "g/km"),
    "k_100": ("100% 点光吸收系数 k", "1/m"),
    "k_80": ("80% 点光吸收系数 k", "1/m"),
    "nox_80": ("80% 点 NOx", "ppm"),
    "power": ("最大轮边功率", "kW"),
    "k_mean": ("光吸收系数 k 后三次平均", "1/m"),
    "ringelmann": ("林格曼黑度", "级"),
}
"""What a report gives: name and unit of each value."""

TESTS = pl.Schema(
    {
        "site": pl.String(),
        "start": INSTANT,
        "test": pl.String(),
        "until": INSTANT,
        "line": pl.String(),
        "inspector": pl.String(),
        "plate": pl.String(),
        "colour": pl.String(),
        "vin": pl.String(),
        "fuel": pl.String(),
        "stage": pl.String(),
        "method": pl.String(),
        "reason": pl.String(),  # why this method, where the rule wants another
        "result": pl.String(),  # pass, fail
        "nth": pl.Int64(),  # 1 = first test of the period, 2 = first retest, ...
        "rated_kw": pl.Float64(),
        **{name: pl.Float64() for name in VALUES},
        "temperature": pl.Float64(),  # °C
        "humidity": pl.Float64(),  # %
        "pressure": pl.Float64(),  # kPa
        "software": pl.String(),
        "cal_id": pl.String(),
        "cvn": pl.String(),
        "obd_vin": pl.String(),
        "mil": pl.String(),  # on, off
        "obd": pl.String(),  # yes, no: was there communication
    }
)

UNITS = {
    "co": "%",
    "co2": "%",
    "hc": "ppm",
    "no": "ppm",
    "o2": "%",
    "k": "1/m",
    "speed": "km/h",
    "power": "kW",
}
CHANNELS = tuple(UNITS)
"""The curves of a test by the second. `no` is NO, or NOx where the analyser gives that."""
CURVE = pl.List(pl.Float32)
TRACES = pl.Schema({"test": pl.String(), **dict.fromkeys(CHANNELS, CURVE)})
"""A row for each test: the values of its seconds, null for a quantity that was not recorded; a second that is missing is null in its list."""

DAILY = {
    "analyser": "分析仪日常检查",
    "leak": "泄漏检查",
    "coast_down": "测功机滑行检查",
    "opacimeter": "烟度计检查",
}
"""The daily checks of a line before its first test (条款待核)."""
CHECKED = pl.Schema(
    {"site": pl.String(), "start": INSTANT, "line": pl.String(), "kind": pl.String(), "result": pl.String()}
)

SUSPECTS = pl.Schema(
    {
        "kind": pl.String(),
        "site": pl.String(),
        "line": pl.String(),
        "test": pl.String(),
        "other": pl.String(),  # the test it is like, or clashes with; empty without
        "start": INSTANT,
        "until": INSTANT,
        "size": pl.Float64(),
        "note": pl.String(),  # what was seen, in words that are values: a version, an inspector
    }
)


def suspects(rows: pl.DataFrame, kind: str, **more: pl.Expr) -> pl.DataFrame:
    """SUSPECTS of some rows of tests."""
    empty = {"other": pl.lit(""), "size": pl.lit(None, pl.Float64), "note": pl.lit("")}
    given = {"kind": pl.lit(kind), **empty, **more}
    return rows.with_columns(**given).select(list(SUSPECTS)).cast(SUSPECTS).sort("site", "start", "test")
