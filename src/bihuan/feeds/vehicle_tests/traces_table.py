"""The table of curves: one row for each second of a test (docs/vehicle-tests.md)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from bihuan.domain.vehicle_tests.tables import CHANNELS, UNITS
from bihuan.feeds.cells import Cells
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading
from bihuan.feeds.vehicle_tests.cells import Template, pieces
from bihuan.reasons import Reason

NAME = "vehicle_traces"
ALSO = {
    "co": "CO",
    "co2": "CO2",
    "hc": "HC",
    "no": "NO",
    "o2": "O2",
    "k": "光吸收系数",
    "speed": "车速",
    "power": "功率",
}
HEADS = Template(
    {"test": ("test", "检验流水号"), "second": ("second", "秒"), **{c: (c, ALSO[c]) for c in CHANNELS}, "no": ("no", "NO", "nox", "NOx")},
    ("test", "second"),
)  # fmt: skip
HIGHEST = {"%": 30.0, "ppm": 20000.0, "1/m": 40.0, "km/h": 250.0, "kW": 1500.0}
LONGEST = 3600
SECONDS = pl.Schema({"test": pl.String(), "second": pl.Int64(), **dict.fromkeys(CHANNELS, pl.Float64())})


def fits(columns: list[str]) -> bool:
    """Is it a table of curves?"""
    return HEADS.fits(columns) and "second" in HEADS.found(columns)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece: rows as SECONDS with the row's number. Raises Unreadable."""
    for cells, ignored in pieces(path, HEADS):
        yield read(cells, ignored)


def read(cells: Cells, ignored: tuple[str, ...]) -> Reading:
    """One piece."""
    cells.named("test", Reason("no_word_of_test"))
    cells.number("second", 0, LONGEST)
    no_second = cells.frame["#second"].is_null() | (cells.frame["#second"] % 1 != 0).fill_null(value=False)
    cells.refuse("second", no_second, Reason("no_second", most=LONGEST), row=True)
    for name in CHANNELS:
        cells.number(name, 0, HIGHEST[UNITS[name]])
    rows = cells.frame.select(ROW, *cells.typed(SECONDS))
    return replace(cells.reading(SECONDS, ignored), rows=rows)
