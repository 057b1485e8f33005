"""The table of tests: one row for each (docs/vehicle-tests.md). What is refused of a cell leaves the cell empty; without number, station, line, method, begin,
end and result a row cannot be used. A plate that is none and a VIN that is wrong are kept as written and listed for mending."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.vehicle_tests.tables import METHODS, TESTS, VALUES
from bihuan.domain.vehicles.fuels import FUELS, read_fuel
from bihuan.domain.vehicles.plates import COLOURS, colour_of, read_plate
from bihuan.domain.vehicles.stages import read_stage
from bihuan.domain.vehicles.vin import read_vin
from bihuan.feeds.cells import Cells
from bihuan.feeds.reading import Reading
from bihuan.feeds.vehicle_tests.cells import Template, pieces
from bihuan.reasons import Reason

NAME = "vehicle_tests"
VALUE_HEADS = {name: (name, title) for name, (title, _unit) in VALUES.items()} | {
    "lambda": ("lambda", "过量空气系数"), "co_km": ("co_km", "CO g/km"), "hc_km": ("hc_km", "HC g/km"), "nox_km": ("nox_km", "NOx g/km"),
    "hcnox_km": ("hcnox_km", "HC+NOx g/km"), "k_mean": ("k_mean", "光吸收系数平均值"),
}  # fmt: skip
HEADS = Template(
    {
        "test": ("test", "检验流水号"), "site": ("station", "检验机构编码"), "line": ("line", "检测线"), "method": ("method", "检验方法"),
        "start": ("begin", "检验开始时间"), "until": ("end", "检验结束时间"), "result": ("result", "检验结果"), "inspector": ("inspector", "检验员"),
        "plate": ("plate", "号牌号码"), "colour": ("colour", "号牌颜色"), "vin": ("vin", "车辆识别代号"), "fuel": ("fuel", "燃料种类"),
        "stage": ("stage", "排放阶段"), "reason": ("reason", "方法变更理由"), "nth": ("nth", "检验次数"), "rated_kw": ("rated_kw", "额定功率"),
        **VALUE_HEADS, "temperature": ("temperature", "环境温度"), "humidity": ("humidity", "相对湿度"), "pressure": ("pressure", "大气压力"),
        "software": ("software", "软件版本"), "cal_id": ("cal_id", "CAL ID"), "cvn": ("cvn", "CVN"), "obd_vin": ("obd_vin", "OBD VIN"),
        "mil": ("mil", "MIL 状态"), "obd": ("obd", "OBD 通讯"),
    },
    ("test", "site", "line", "method", "start", "until", "result"),
    least=6,
)  # fmt: skip
METHOD_WORDS = {**{m: m for m in METHODS}, **{title: m for m, title in METHODS.items()}} | {
    title.removesuffix("法"): m for m, title in METHODS.items()
}
RESULTS = {
    "pass": "pass",
    "fail": "fail",
    "合格": "pass",
    "不合格": "fail",
    "通过": "pass",
    "不通过": "fail",
    "1": "pass",
    "0": "fail",
}
LAMPS = {
    "on": "on",
    "off": "off",
    "点亮": "on",
    "亮": "on",
    "熄灭": "off",
    "灭": "off",
    "不亮": "off",
    "1": "on",
    "0": "off",
}
YES = {"yes": "yes", "no": "no", "是": "yes", "否": "no", "成功": "yes", "失败": "no", "1": "yes", "0": "no"}
RANGES = {
    "nth": (1, 50), "rated_kw": (1, 1000), "temperature": (-50, 60), "humidity": (0, 100), "pressure": (40, 120), "power": (0, 1000),
    "ringelmann": (0, 5), "lambda": (0, 10), **{n: (0, 20) for n in VALUES if n.startswith(("k_", "co_50", "co_25")) or n in ("idle_co", "high_co")},
    **{n: (0, 20000) for n in VALUES if "hc" in n or n.startswith("no")}, "co_km": (0, 500), "hc_km": (0, 100), "nox_km": (0, 100), "hcnox_km": (0, 200),
}  # fmt: skip
TEXTS = ("inspector", "reason", "software", "cal_id", "cvn")


def fits(columns: list[str]) -> bool:
    """Is it a table of tests, of this template or another's?"""
    return HEADS.fits(columns)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    for cells, ignored in pieces(path, HEADS):
        yield read(cells, ignored)


def read(cells: Cells, ignored: tuple[str, ...]) -> Reading:
    """One piece: rows as TESTS."""
    for what in ("test", "site", "line"):
        cells.named(what, Reason("no_word_of_test"))
    cells.words("method", METHOD_WORDS.get, Reason("no_method"), must=True)
    cells.words("result", RESULTS.get, Reason("no_result"), must=True)
    cells.instant("start", Reason("no_moment_of_test"))
    cells.instant("until", Reason("no_moment_of_test"))
    backwards = cells.frame["#until"] < cells.frame["#start"]
    cells.refuse("until", backwards.fill_null(value=False), Reason("ends_before_it_begins"), row=True)
    cells.words("colour", colour_of, Reason("no_colour", known="、".join(COLOURS.values())))
    cells.words("fuel", read_fuel, Reason("no_fuel", known="、".join(f.title for f in FUELS.values())))
    cells.words("stage", read_stage, Reason("no_stage"))
    cells.words("mil", LAMPS.get, Reason("no_lamp"))
    cells.words("obd", YES.get, Reason("no_yes"))
    for what, (low, high) in RANGES.items():
        cells.number(what, low, high)
    for what in TEXTS:
        cells.text(what)
    _plates(cells)
    for what in ("vin", "obd_vin"):
        _vins(cells, what)
    return cells.reading(TESTS, ignored)


def _plates(cells: Cells) -> None:
    texts = cells.texts("plate")
    known = {text: read_plate(text) for text in texts.unique().to_list()}
    kept = texts.replace_strict({t: p.text or t for t, p in known.items()}, return_dtype=pl.String)
    bad = texts.is_in([t for t, p in known.items() if t and not p.good])
    cells.frame = cells.frame.with_columns(kept.alias("#plate"))
    cells.refuse("plate", bad, Reason("no_plate_kept"), row=False)


def _vins(cells: Cells, what: str) -> None:
    texts = cells.texts(what)
    known = {text: read_vin(text) for text in texts.unique().to_list()}
    kept = texts.replace_strict({t: v for t, (v, _w) in known.items()}, return_dtype=pl.String)
    bad = texts.is_in([t for t, (_v, wrong) in known.items() if t and wrong in ("length", "characters")])
    cells.frame = cells.frame.with_columns(kept.alias(f"#{what}"))
    cells.refuse(what, bad, Reason("no_vin_kept"), row=False)
