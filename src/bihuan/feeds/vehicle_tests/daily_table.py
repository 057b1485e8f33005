"""The table of daily checks of lines: analyser, leaks, coast-down, opacimeter (docs/vehicle-tests.md)."""

from collections.abc import Iterator
from pathlib import Path

from bihuan.domain.vehicle_tests.tables import CHECKED, DAILY
from bihuan.feeds.cells import Cells
from bihuan.feeds.reading import Reading
from bihuan.feeds.vehicle_tests.cells import Template, pieces
from bihuan.feeds.vehicle_tests.tests_table import RESULTS
from bihuan.reasons import Reason

NAME = "vehicle_daily"
HEADS = Template(
    {
        "kind": ("daily_check", "日常检查项目"), "site": ("station", "检验机构编码"), "line": ("line", "检测线"), "start": ("time", "检查时间"),
        "result": ("result", "检查结果"),
    },
    ("kind", "site", "line", "start", "result"),
)  # fmt: skip
KINDS = {**{k: k for k in DAILY}, **{title: k for k, title in DAILY.items()}}


def fits(columns: list[str]) -> bool:
    """Is it a table of daily checks?"""
    return HEADS.fits(columns)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    for cells, ignored in pieces(path, HEADS):
        yield read(cells, ignored)


def read(cells: Cells, ignored: tuple[str, ...]) -> Reading:
    """One piece: rows as CHECKED."""
    for what in ("site", "line"):
        cells.named(what, Reason("no_word_of_test"))
    cells.words("kind", KINDS.get, Reason("no_daily_check", known="、".join(DAILY.values())), must=True)
    cells.words("result", RESULTS.get, Reason("no_result"), must=True)
    cells.instant("start", Reason("no_moment_of_test"))
    return cells.reading(CHECKED, ignored)
