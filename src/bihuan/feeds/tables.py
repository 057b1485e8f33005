"""Any table file (CSV, Excel, Parquet) as pieces with row numbers; the one way in for all file feeds."""

from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from bihuan.feeds.lines import ROW, Piece, header_of, pieces, unique_header
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Unreadable, open_plain
from bihuan.feeds.unfolding import CELL, check_size, check_zip
from bihuan.reasons import Reason

SLICE = 1_000_000
HEAD = 20
"""Rows of a sheet among which the header is looked for."""
EXCEL = (".xlsx", ".xls", ".xlsm", ".xlsb")


def kind_of(path: Path) -> str:
    """`parquet`, `excel` or `text`, by the first bytes. Raises Unreadable for a file that is not there."""
    with open_plain(path) as file:
        magic = file.read(8)
    if magic[:4] == b"PAR1":
        return "parquet"
    if magic[:4] == b"PK\x03\x04" or magic == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "excel"
    if path.suffix.lower() == ".parquet" or path.suffix.lower() in EXCEL:
        raise Unreadable(Reason("unlike_its_name", file=path.name))
    return "text"


def _sheet(path: Path, sheet: str | None, needed: frozenset[str]) -> tuple[pl.DataFrame, tuple[Reason, ...]]:
    """The cells of a sheet, and a note on those that are not read."""
    check_zip(path)
    try:
        book = fastexcel.read_excel(path)
        if not book.sheet_names:
            raise Unreadable(Reason("without_sheets", file=path.name))
        if sheet and sheet not in book.sheet_names:
            has = some_names(book.sheet_names, 8)
            raise Unreadable(Reason("no_such_sheet", file=path.name, sheet=sheet, has=has))
        name, others = (sheet, []) if sheet else _chosen(book, needed)
        notes = (Reason("only_sheet", sheet=name, others=some_names(others, 8)),) if others else ()
        return _cells(book, name), notes
    except fastexcel.FastExcelError as error:
        said = f"{error}\n".splitlines()[0]
        raise Unreadable(Reason("no_spreadsheet", file=path.name, error=said)) from error


def _cells(book: fastexcel.ExcelReader, name: str, rows: int | None = None) -> pl.DataFrame:
    return book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string").to_polars()


def _chosen(book: fastexcel.ExcelReader, needed: frozenset[str]) -> tuple[str, list[str]]:
    """The sheet with most of the needed names in one row (of several the first), else the first that is not empty; the others that are not."""
    names = book.sheet_names
    if len(names) == 1:
        return names[0], []
    heads = {name: _head(book, name) for name in names}
    filled = [name for name in names if not heads[name].is_empty()]
    fitting = {
        name: max(len(needed & {str(c).strip() for c in row}) for row in heads[name].rows())
        for name in filled
    }
    found = max(filled, key=fitting.__getitem__, default=names[0])
    return found, [name for name in filled if name != found]


def _head(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """The first rows of a sheet; none of a sheet that holds no cells, such as a chart."""
    try:
        return _cells(book, name, HEAD)
    except fastexcel.FastExcelError:
        return pl.DataFrame()


def _header_row(cells: pl.DataFrame, needed: frozenset[str]) -> int:
    """1-based row of the header: the first row that holds a known name, else the first."""
    for number, row in enumerate(cells.head(HEAD).iter_rows(), start=1):
        if needed & {str(c).strip() for c in row if c is not None}:
            return number
    return 1


def excel_piece(
    path: Path,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    needed: frozenset[str] = frozenset(),
) -> Piece:
    """A sheet as strings. Title rows above the header are passed over; empty rows are left out."""
    cells, notes = _sheet(path, sheet, needed)
    if cells.is_empty():
        raise Unreadable(Reason("empty_sheet", file=path.name))
    at = header_row or _header_row(cells, needed)
    if at > cells.height:
        raise Unreadable(Reason("no_header_line", file=path.name, line=at))
    names = unique_header([str(c) if c is not None else "" for c in cells.row(at - 1)])
    body = cells.rename(dict(zip(cells.columns, names, strict=True))).with_row_index(ROW, offset=1)
    body = body.slice(at).filter(~pl.all_horizontal(pl.col(names).is_null()))
    return Piece(body, notes=notes)


def _parquet(path: Path) -> pl.LazyFrame:
    scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    try:
        scan.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path) from error
    return scan


def _damaged(path: Path) -> Unreadable:
    return Unreadable(Reason("damaged_parquet", file=path.name))


def _parquet_pieces(path: Path) -> Iterator[Piece]:
    scan = _parquet(path)
    try:
        rows = scan.select(pl.len()).collect().item()
        if not rows:
            raise Unreadable(Reason("empty_table", file=path.name))
        check_size(path, rows * CELL * len(scan.collect_schema()))
        for first in range(0, rows, SLICE):
            frame = scan.slice(first, SLICE).collect().drop(ROW, strict=False)
            yield Piece(_usual(frame).with_row_index(ROW, offset=first + 1))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path) from error


def _usual(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns as numbers, texts and times; what is of another kind as the text of it, so that it is refused by its cell."""
    odd = [
        pl.Series(name, [_text(v) for v in frame[name]], dtype=pl.String)
        for name, dtype in frame.schema.items()
        if not (dtype.is_numeric() or dtype in (pl.String, pl.Null) or isinstance(dtype, pl.Datetime))
    ]
    return frame.with_columns(odd)


def _text(value: object) -> str | None:
    if isinstance(value, bytes):  # many programs write texts so
        return value.decode(errors="replace")
    return None if value is None else str(value.to_list() if isinstance(value, pl.Series) else value)


def columns_of(path: Path, needed: frozenset[str] = frozenset()) -> list[str]:
    """The column names of a table file. Raises Unreadable."""
    kind = kind_of(path)
    if kind == "parquet":
        return _parquet(path).collect_schema().names()
    if kind == "excel":
        return [c for c in excel_piece(path, needed=needed).frame.columns if c != ROW]
    return header_of(path)


def table_pieces(path: Path, needed: frozenset[str] = frozenset()) -> Iterator[Piece]:
    """The rows of a table file, piece by piece. `needed` = names by which an Excel header row is known."""
    kind = kind_of(path)
    if kind == "parquet":
        yield from _parquet_pieces(path)
    elif kind == "excel":
        yield excel_piece(path, needed=needed)
    else:
        yield from pieces(path)
