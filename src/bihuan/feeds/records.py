"""One record of a table file again, as text cells: to show it to a person and to mend it."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from bihuan.feeds.lines import ROW, encoding_of, header_of, record_at
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.tables import excel_piece, kind_of, table_pieces
from bihuan.reasons import Reason

Record = list[tuple[str, str]]


def _text_record(path: Path, row: int, header_row: int, encoding: str) -> Record:
    encoding = encoding or encoding_of(path)
    header = header_of(path, header_row, encoding)
    cells = record_at(path, row, len(header), encoding)
    names = [*header, *(f"column {i + 1}" for i in range(len(header), len(cells)))]
    return [(name, cells[i] if i < len(cells) else "") for i, name in enumerate(names)]


def record_of(
    path: Path, row: int, *, header_row: int = 1, sheet: str = "", encoding: str = "", needed: frozenset[str]
) -> Record:
    """(column, cell) pairs of the record at a 1-based row. Raises Unreadable when there is none."""
    kind = kind_of(path)
    if kind == "text":
        return _text_record(path, row, header_row, encoding)
    pieces = (
        [excel_piece(path, sheet=sheet or None, needed=needed)]
        if kind == "excel"
        else table_pieces(path, needed)
    )
    for piece in pieces:
        found = piece.frame.filter(piece.frame[ROW] == row).drop(ROW)
        if found.height:
            return [
                (name, "" if cell is None else str(cell)) for name, cell in found.row(0, named=True).items()
            ]
    raise Unreadable(Reason("no_row", row=row))


def mapped_record(path: Path, row: int, mapping: ColumnMapping) -> Record:
    """The same of a file that a mapping reads. Raises Unreadable when there is none."""
    return record_of(
        path,
        row,
        header_row=mapping.header_row or 1,
        sheet=mapping.sheet,
        encoding=mapping.encoding,
        needed=mapping.used,
    )


def one_record_table(record: Record) -> str:
    """A CSV text with a header and this record."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in record])
    writer.writerow([cell for _, cell in record])
    return text.getvalue()


def with_line(found: Record, line: str) -> Record:
    """The record written anew as one CSV line. Raises Unreadable for another number of fields."""
    cells = next(csv.reader(io.StringIO(line)), [])
    names = [name for name, _ in found if not name.startswith("column ")]
    if len(cells) != len(names):
        raise Unreadable(Reason("give_whole_line", fields=len(cells), columns=len(names)))
    return list(zip(names, cells, strict=True))


@dataclass(frozen=True)
class Correction:
    """The refused value's place, and the new value or the whole line anew."""

    row: int
    column: str
    value: str = ""
    line: str | None = None

    def of(self, found: Record) -> Record:
        """The record put right. Raises Unreadable for a line with another number of fields."""
        if self.line is not None or self.column not in dict(found):
            return with_line(found, self.line or self.value)
        return [(name, self.value if name == self.column else cell) for name, cell in found]
