"""Workbooks as offices write them."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.feeds.long.books import Rows, Written


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A workbook of sheets, each of rows from cell B2 on, and merged ranges of the first."""

    def write(*tables: Rows, merged: Sequence[str] = (), name: str = "report.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(tables):
            sheet = book.create_sheet(f"表{number + 1}")
            for row, cells in enumerate(rows, start=2):
                for column, cell in enumerate(cells, start=2):
                    sheet.cell(row, column, cell)
        for cells in merged:
            book.worksheets[0].merge_cells(cells)
        book.save(tmp_path / name)
        return tmp_path / name

    return write
