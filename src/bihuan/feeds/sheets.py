"""All sheets of a workbook as people wrote them: every cell in its place, merged cells filled with what they show; a text is one sheet."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.etree.ElementTree import fromstring as parsed

import fastexcel
import polars as pl

from bihuan.feeds.lines import records
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.tables import kind_of
from bihuan.feeds.unfolding import check_zip
from bihuan.reasons import Reason

MERGED = re.compile(r'<mergeCell\b[^>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
FILLED = re.compile(r'<c\b[^>]*\br="([A-Z]+)\d+"[^>/]*>\s*<(?:v|is|f)\b')
MOST_MERGED = 20_000
"""Ranges that are filled; a sheet with more is no report."""


@dataclass(frozen=True)
class Sheet:
    """Cells as texts: columns are letters (`A`, `B`, ...). numbers: of each row, its row of the sheet or line of the text, from 1."""

    name: str
    cells: pl.DataFrame
    numbers: pl.Series


@dataclass(frozen=True)
class _Layout:
    """Of a sheet: the number of its first filled column, from 0, and its merged ranges (column, row, column, row)."""

    first: int = 0
    merged: tuple[tuple[int, int, int, int], ...] = ()


def letters(number: int) -> str:
    """The name of a column by its number from 0: A, ..., Z, AA."""
    text, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _number(name: str) -> int:
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - ord("A") + 1
    return found - 1


def sheets(path: Path, rows: int | None = None) -> Iterator[Sheet]:
    """The sheets that hold cells; `rows`: only so many from the top, and merged cells as they are. Raises Unreadable."""
    if kind_of(path) == "text":
        yield from _of_text(path, rows)
        return
    check_zip(path)
    try:
        book = fastexcel.read_excel(path)
        layouts = _layouts(path) if rows is None else {}
        for name in book.sheet_names:
            cells = _cells(book, name, rows)
            if cells is not None:
                placed = _placed(cells, layouts.get(name, _Layout()))
                yield Sheet(name, placed, pl.int_range(1, placed.height + 1, dtype=pl.UInt32, eager=True))
    except fastexcel.FastExcelError as error:
        said = f"{error}\n".splitlines()[0]
        raise Unreadable(Reason("no_spreadsheet", file=path.name, error=said)) from error


def _of_text(path: Path, rows: int | None) -> Iterator[Sheet]:
    """The one sheet of a text; none of an empty one."""
    found = list(records(path, rows))
    width = max((len(cells) for _line, cells in found), default=0)
    if not width:
        return
    numbers = pl.Series([line for line, _cells in found], dtype=pl.UInt32)
    columns = {
        letters(n): pl.Series(
            [row[n] or None if n < len(row) else None for _line, row in found], dtype=pl.String
        )
        for n in range(width)
    }
    yield Sheet("", pl.DataFrame(columns), numbers)


def _cells(book: fastexcel.ExcelReader, name: str, rows: int | None) -> pl.DataFrame | None:
    """None of a sheet that holds no cells, such as a chart."""
    try:
        found = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string").to_polars()
    except fastexcel.FastExcelError:
        return None
    return None if found.is_empty() else found


def _placed(cells: pl.DataFrame, layout: _Layout) -> pl.DataFrame:
    names = [letters(layout.first + place) for place in range(cells.width)]
    cells = cells.rename(dict(zip(cells.columns, names, strict=True)))
    filled: dict[str, list[str | None]] = {}
    for left, top, right, bottom in layout.merged:
        shown = cells[letters(left)][top] if letters(left) in cells.columns and top < cells.height else None
        for name in map(letters, range(left, right + 1)):
            if shown is None or name not in cells.columns:
                continue
            column = filled.setdefault(name, cells[name].to_list())
            column[top : bottom + 1] = [shown] * (min(bottom + 1, cells.height) - top)
    return cells.with_columns(pl.Series(name, column, dtype=pl.String) for name, column in filled.items())


def _layouts(path: Path) -> dict[str, _Layout]:
    """Of each sheet of an .xlsx by its name; none of older kinds, and of a book that is put together otherwise."""
    try:
        with zipfile.ZipFile(path) as book:
            targets = {r.get("Id"): r.get("Target", "") for r in _root(book, "xl/_rels/workbook.xml.rels")}
            found = {}
            for sheet in _root(book, "xl/workbook.xml").iter():
                ident = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
                if sheet.tag.endswith("}sheet") and ident in targets:
                    part = targets[ident].removeprefix("/").removeprefix("xl/")
                    found[sheet.get("name", "")] = _layout(book.read(f"xl/{part}").decode("utf-8", "replace"))
            return found
    except (zipfile.BadZipFile, KeyError, ParseError, NotImplementedError, ValueError, OSError, EOFError):
        return {}


def _root(book: zipfile.ZipFile, part: str) -> Element:
    """A small part of the book. Raises ParseError for what declares entities: no spreadsheet does."""
    text = book.read(part)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ParseError(part)
    return parsed(text)


def _layout(xml: str) -> _Layout:
    ranges: Sequence[tuple[str, str, str, str]] = MERGED.findall(xml)[:MOST_MERGED]
    merged = tuple((_number(a), int(b) - 1, _number(c), int(d) - 1) for a, b, c, d in ranges)
    first = min((_number(name) for name in set(FILLED.findall(xml))), default=0)
    return _Layout(first, merged)
