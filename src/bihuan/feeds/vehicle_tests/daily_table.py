"""The table of daily checks of lines: analyser, leaks, coast-down, opacimeter (docs/vehicle-tests.md)."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.vehicle_tests.tables import CHECKED, DAILY
from bihuan.feeds.reading import Reading
from bihuan.feeds.tables import table_pieces
from bihuan.feeds.vehicle_tests.cells import Cells, Heads
from bihuan.feeds.vehicle_tests.tests_table import RESULTS
from bihuan.reasons import Reason

NAME = "vehicle_daily"
HEADS = Heads(
    {
        "kind": ("daily_check", "日常检查项目"), "site": ("station", "检验机构编码"), "line": ("line", "检测线"), "start": ("time", "检查时间"),
        "result": ("result", "检查结果"),
    },
    ("kind", "site", "line", "start", "result"),
)  # fmt: skip
KINDS = {**{k: k for k in DAILY}, **{title: k for k, title in DAILY.items()}}


def fits(columns: list[str]) -> bool:
    """Is it a table of daily checks?"""
    return HEADS.fits(columns, 3)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    heads, ignored = HEADS.whole(path)
    for piece in table_pieces(path, HEADS.needed):
        yield read(Cells(path.name, piece, heads), ignored)


def read(cells: Cells, ignored: tuple[str, ...]) -> Reading:
    """One piece: rows as CHECKED."""
    for what in ("site", "line"):
        cells.required(what, Reason("no_word_of_test"))
    cells.words("kind", KINDS.get, Reason("no_daily_check", known="、".join(DAILY.values())), must=True)
    cells.words("result", RESULTS.get, Reason("no_result"), must=True)
    cells.instant("start", must=True)
    rows = cells.frame.select(pl.col(f"#{name}").cast(dtype).alias(name) for name, dtype in CHECKED.items())
    return Reading(rows, tuple(cells.refused), ignored, cells.piece.notes, rows_in_file=cells.rows)
