"""A sheet of an Excel workbook as scenarios write it: a sentence, the heads, the rows; heads and first columns stay in view."""

from typing import Any

from bihuan.taken_away import Table, fill


def add_sheet(book: Any, name: str, head: str, rows: list[dict[str, Any]]) -> None:
    """Add a sheet to an xlsxwriter workbook; the keys of the first row are the heads."""
    add_headed(book, name, head, Table(list(rows[0]) if rows else [], (list(row.values()) for row in rows)))


def add_headed(book: Any, name: str, head: str, taken: Table) -> None:
    """Add a sheet with a table that has its heads without any row, too."""
    sheet = book.add_worksheet(name)
    sheet.write(0, 0, head)
    fill(book, sheet, taken, 1)
    sheet.freeze_panes(2, 2)
    sheet.set_column(0, 1, 22)
