"""A sheet of an Excel workbook as scenarios write it: a sentence, the heads, the rows; heads and first columns stay in view."""

from typing import Any

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of a workbook."""


def add_sheet(book: Any, name: str, head: str, rows: list[dict[str, Any]]) -> None:
    """Add a sheet to an xlsxwriter workbook; the keys of the first row are the heads."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write(0, 0, head)
    for j, title in enumerate(rows[0] if rows else ()):
        sheet.write(1, j, title, bold)
    for i, row in enumerate(rows, 2):
        for j, value in enumerate(row.values()):
            sheet.write(i, j, value)
    sheet.freeze_panes(2, 2)
    sheet.set_column(0, 1, 22)
