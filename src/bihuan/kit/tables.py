"""A table that is taken away, as CSV and Excel, in the language of the reader; its heads are there without any row."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.english import told, told_cell
from bihuan.errors import BihuanError
from bihuan.installation.files import defused
from bihuan.printable import Book

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of a workbook."""
Row = TypeVar("Row")
SHEET_ROWS = 100_000
"""Rows of a sheet. Excel takes ten times as many, but a workbook is made in memory, at some 2 kB for a row."""


@dataclass(frozen=True)
class Table:
    """Heads, and below them rows that may be read once, while they are written."""

    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]


def table(columns: Mapping[str, Callable[[Row], Any]], rows: Iterable[Row]) -> Table:
    """The table of some objects; `columns` says for each head what stands below it."""
    return Table(list(columns), ([cell(row) for cell in columns.values()] for row in rows))


def shown(value: Any) -> Any:
    """A moment as the clock in China shows it, a day as people write it; everything else as it is."""
    if isinstance(value, datetime):
        return (value.astimezone(CST) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else value


def as_csv(taken: Table) -> bytes:
    """All rows, UTF-8 with BOM, so that Excel in China opens it right."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(told, taken.heads))
    writer.writerows([defused(told_cell(shown(v))) for v in row] for row in taken.rows)
    return text.getvalue().encode("utf-8-sig")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; with a sentence above the table where there is one, which then stands from the third row on."""

    title: str
    table: Table
    sentence: str | None = None


def records(rows: Sequence[Mapping[str, Any]]) -> Table:
    """A table of rows that are named alike; the keys of the first are the heads."""
    return Table(list(rows[0]) if rows else [], (list(row.values()) for row in rows))


def as_excel(taken: Table, title: str) -> bytes:
    """One sheet with a frozen head. Raises BihuanError for more rows than SHEET_ROWS; none is left out silently."""
    return as_book(Sheet(title, taken))


def as_book(*sheets: Sheet) -> bytes:
    """A workbook whose heads stay in view. Raises BihuanError as `as_excel`."""
    memory = io.BytesIO()
    with Book(memory) as book:
        for each in sheets:
            _add(book, each)
    return memory.getvalue()


def _add(book: Book, each: Sheet) -> None:
    sheet = book.add_worksheet(each.title)
    if each.sentence is None:
        fill(book, sheet, each.table)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        return
    sheet.write(0, 0, each.sentence)
    fill(book, sheet, each.table, 1)
    sheet.freeze_panes(2, 2)
    sheet.set_column(0, 1, 22)


def fill(book: Book, sheet: Any, taken: Table, first: int = 0) -> None:
    """Write the heads into row `first` of a sheet and the rows below. Raises BihuanError as `as_excel`."""
    sheet.write_row(first, 0, taken.heads, book.add_format({"bold": True, "bottom": 1}))
    for number, row in enumerate(taken.rows, 1):
        if number > SHEET_ROWS:
            raise BihuanError(
                _("超过 %(most)s 行，Excel 文件放不下：请缩小筛选范围，或导出 CSV（不限行数）。")
                % {"most": f"{SHEET_ROWS:,}"}
            )
        sheet.write_row(first + number, 0, map(shown, row))
