"""Manual results of surface water (手工监测月报): workbooks or CSV with a row for each section and month or day of sampling.

How such tables are read is said in `book_table`. The site is `province·section` where a column says the province, else the section
as it is written.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.feeds.long.book_table import BookTable, readings
from bihuan.feeds.long.monthly_heads import SECTIONS, STATUS, Table, tables
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.sheets import sheets
from bihuan.feeds.tables import kind_of
from bihuan.reasons import Reason

NAME = "water_monthly"
LOOKED_AT = 30
"""Rows of a sheet among which its first table is looked for."""
RESULT = r"^\s*[<＜﹤]?\s*-?\d"


def fits(path: Path) -> bool:
    """Whether a file is a workbook or a text with such a table. Raises Unreadable for a damaged one."""
    if kind_of(path) == "parquet":
        return False
    return any(
        _manual(sheet.cells, table)
        for sheet in sheets(path, LOOKED_AT)
        for table in tables(sheet.cells, SECTIONS)
    )


def _manual(cells: pl.DataFrame, table: Table) -> bool:
    """Not the table of automatic stations: that says their state, or the hour of each reading; nor a sentence that names items."""
    head = {(c or "").strip() for c in cells.row(table.head)}
    column = table.parts.get("date")
    body = cells[table.first : table.end].select(item.column for item in table.items)
    results = body.select(pl.any_horizontal(pl.all().str.contains(RESULT)).any()) if body.width else None
    if "section" not in table.parts or head & set(STATUS) or results is None or not results.item():
        return False
    if column is None or (cells[column][table.head] or "").startswith("采样"):
        return True
    hours = cells[column][table.first : table.end].str.contains(r"\d:\d\d").fill_null(value=False)
    midnights = cells[column][table.first : table.end].str.contains("00:00:00$").fill_null(value=False)
    return not (hours & ~midnights).any()


def batches(path: Path) -> Iterator[Reading]:
    """The file table by table. Raises Unreadable."""
    found = False
    for reading in readings(path, SECTIONS, _Table) if kind_of(path) != "parquet" else ():
        found = True
        yield reading
    if not found:
        raise Unreadable(Reason("no_monthly_water", file=path.name))


class _Table(BookTable):
    """The site is the section, with its province where a column says it."""

    def site(self) -> pl.Series:
        """`province·section`, or what was written of the section."""
        section, province = self.text("section"), self.text("province")
        return (province + "·" + section).zip_with((province != "") & (section != ""), section)
