"""The ledger as it comes back: heads found, merged cells named, every cell as text with its place in the sheet. Read apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from bihuan.apart import Talk, look_limits, run
from bihuan.feeds.reading import Unreadable
from bihuan.reasons import Reason

MOST_ROWS = 5000
LOOKED = 20
"""Rows in which the heads are looked for: a title and a line of remarks may stand above them."""
HEADS = ("编号", "标题")
"""What a row of heads has at least."""
BROKEN = (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, AttributeError)


@dataclass(frozen=True)
class Sheet:
    """What was read. columns: head -> letter. rows: number in the sheet and texts by head. merged: number of a row -> a range
    of merged cells in it."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[int, Mapping[str, str]]]
    merged: Mapping[int, str]

    def at(self, row: int, head: str) -> str:
        """The address of a cell: 台账!E7."""
        return f"{self.name}!{self.columns.get(head, 'A')}{row}"


def read_sheet(path: Path, file: str, known: Sequence[str]) -> Sheet:
    """The ledger in a file that is called `file`; known: its heads. Raises Unreadable, with the place where it is about one."""
    told = run(_read, path, [*known], file=file, limits=look_limits())
    return Sheet(
        told["name"], told["columns"], [(row, texts) for row, texts in told["rows"]],
        {int(row): cells for row, cells in told["merged"].items()},
    )  # fmt: skip


def _read(_talk: Talk, path: Path, known: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as opened:
            book = load_workbook(opened, data_only=True)
    except BROKEN as error:
        raise Unreadable(Reason("ledger_no_workbook")) from error
    for sheet in book.worksheets:
        if head := _head(sheet):
            return _rows(sheet, head, known)
    raise Unreadable(Reason("ledger_no_heads", heads="、".join(HEADS), rows=LOOKED))


def _head(sheet: Any) -> int:
    """The number of the row of heads; 0 where there is none."""
    for number, row in enumerate(sheet.iter_rows(max_row=LOOKED, values_only=True), 1):
        if {*HEADS} <= {_text(value) for value in row}:
            return number
    return 0


def _rows(sheet: Any, head: int, known: list[str]) -> dict[str, Any]:
    if sheet.max_row - head > MOST_ROWS:
        raise Unreadable(Reason("ledger_long", most=MOST_ROWS))
    merged: dict[int, str] = {}
    for cells in sheet.merged_cells.ranges:
        if cells.min_row <= head <= cells.max_row:
            raise Unreadable(Reason("ledger_merged_head", at=f"{sheet.title}!{cells.coord}"))
        merged |= dict.fromkeys(range(max(cells.min_row, head), cells.max_row + 1), cells.coord)
    heads = {
        _text(cell.value): get_column_letter(cell.column)
        for cell in sheet[head]
        if _text(cell.value) in known
    }
    if len(heads) < sum(_text(cell.value) in known for cell in sheet[head]):
        raise Unreadable(Reason("ledger_twice", at=f"{sheet.title}!{head}"))
    rows = []
    for row in sheet.iter_rows(min_row=head + 1):
        by_letter = {
            get_column_letter(cell.column): _text(cell.value) for cell in row if cell.value is not None
        }
        texts = {name: by_letter.get(letter, "") for name, letter in heads.items()}
        if any(texts.values()):
            rows.append([row[0].row, texts])
    return {"name": sheet.title, "columns": heads, "rows": rows, "merged": merged}


def _text(value: Any) -> str:
    """A cell as text: a day without its midnight, a whole number without its point."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if (value.hour, value.minute) == (0, 0) else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
