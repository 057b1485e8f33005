"""重型车远程监控数据 (GB 17691-2018): rows of seconds or minutes of terminals, as CSV or Excel (docs/roadside.md).

A row needs a VIN and a time. It is read whole or not at all but for single values that are refused by their cells.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.vehicles.roadside.tables import SECONDS
from bihuan.domain.vehicles.vin import CHARACTERS, NONE, TOO_LONG_OR_SHORT, read_vin
from bihuan.feeds.cells import Cells, Heads, pieces
from bihuan.feeds.reading import Reading
from bihuan.reasons import Reason

NAME = "obd_rows"
HEADS = Heads(
    {
        "site": ("车辆识别代号", "VIN", "vin"), "start": ("时间", "采集时间", "time"), "nox": ("下游NOx", "SCR下游NOx", "NOx", "nox_downstream"),
        "speed": ("车速", "speed"), "reagent": ("反应剂余量", "尿素液位", "reagent_level"), "dpf": ("DPF压差", "dpf_pressure"),
        "scr": ("SCR入口温度", "scr_inlet_temperature"), "mil": ("MIL状态", "MIL", "mil"), "odometer": ("累计里程", "里程", "odometer"),
    },
    ("site", "start", "speed", "nox"),
)  # fmt: skip
NEEDED = HEADS.needed
RANGES = {"speed": (0, 251), "nox": (-200, 3213), "reagent": (0, 100), "dpf": (0, 6425), "scr": (-273, 1735), "odometer": (0, 5_000_000)}  # fmt: skip
"""What a terminal can send (GB 17691-2018 table Q, K?)."""
LAMP = {"点亮": "1", "亮": "1", "1": "1", "on": "1", "熄灭": "0", "灭": "0", "0": "0", "off": "0"}


def fits(columns: list[str]) -> bool:
    """Whether these column names are of such a table."""
    return HEADS.fits(columns)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    for cells, ignored in pieces(path, HEADS):
        yield _reading(cells, ignored)


def _reading(cells: Cells, ignored: tuple[str, ...]) -> Reading:
    cells.text("site")
    known = {text: read_vin(text) for text in cells.frame["#site"].unique().to_list()}
    wrong = [t for t, (_v, why) in known.items() if why in (NONE, TOO_LONG_OR_SHORT, CHARACTERS)]
    cells.refuse("site", cells.frame["#site"].is_in(wrong), Reason("no_vin_of_vehicle"), row=True)
    vins = cells.frame["#site"].replace_strict({t: v for t, (v, _w) in known.items()}, return_dtype=pl.String)
    cells.frame = cells.frame.with_columns(vins.alias("#site"))
    cells.instant("start", Reason("no_passing_time"))
    for what, (low, high) in RANGES.items():
        cells.number(what, low, high)
    cells.words("mil", LAMP.get, Reason("no_lamp_state"))
    cells.frame = cells.frame.with_columns(pl.col("#mil").replace("", None).cast(pl.Float64))
    return cells.reading(SECONDS, ignored)
