"""Text tables in pieces: encoding, broken lines, true line numbers, memory bounded by the piece."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

import polars as pl

from bihuan.feeds.reading import Refusal, Unreadable
from bihuan.reasons import Reason

ROW = "#row"
PIECE = 32 * 1024 * 1024
FIRST_LOOK = 1024 * 1024
LONGEST_LINE = 16 * 1024 * 1024
DAMAGED = "\ufffd"
MOST_DAMAGED = 0.01
"""Share of a text's bytes that may be none; what they stood in is refused by its cell."""
MOST_ZEROS = 0.1
MOST_LINES = 200
"""Of one record with line breaks within quotes; a quotation mark that closes later was never closed."""

csv.field_size_limit(LONGEST_LINE)


@dataclass(frozen=True)
class Piece:
    """Some rows of a file; the column `#row` is the row's 1-based line (or sheet row) in the file."""

    frame: pl.DataFrame
    refused: tuple[Refusal, ...] = ()
    notes: tuple[Reason, ...] = ()


def encoding_of(path: Path) -> str:
    """`utf-8-sig` or `gb18030`; some bytes may be damaged. Raises Unreadable for an empty file and for one that is no text."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    if not head.strip():
        raise Unreadable(Reason("empty_file", file=path.name))
    zeros = head.rstrip(b"\0").count(b"\0")  # some end a file that a full disk cut, few come of a bad line
    if b"\0" in head.split(b"\n", 1)[0] or zeros > len(head) * MOST_ZEROS:
        raise Unreadable(Reason("no_text", file=path.name))
    return _encoding(head[: head.rfind(b"\n") + 1] or head, path.name)


def _encoding(text: bytes, file: str) -> str:
    """The one in which fewer signs are damaged; UTF-8 also where most of what is not ASCII is right in it."""
    plain = text.decode("utf-8-sig", errors="replace")
    damaged = plain.count(DAMAGED)
    wide = sum(not c.isascii() for c in plain) - damaged if damaged else 0
    if damaged <= wide // 2:
        return "utf-8-sig"
    otherwise = text.decode("gb18030", errors="replace").count(DAMAGED)
    if min(damaged, otherwise) > len(text) * MOST_DAMAGED:
        raise Unreadable(Reason("unknown_encoding", file=file))
    return "utf-8-sig" if damaged <= otherwise else "gb18030"


def split_line(line: str) -> list[str]:
    """The fields of one CSV record; a text that is none is one field."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [line]


def _ending(path: Path) -> str:
    """What ends a line: `\\n`, or `\\r` where there is no other."""
    with path.open("rb") as file:
        head = file.read(FIRST_LOOK)
    return "\r" if b"\r" in head and b"\n" not in head else "\n"


def _too_long(path: Path) -> Unreadable:
    return Unreadable(Reason("line_too_long", file=path.name, limit=LONGEST_LINE >> 20))


def _blocks(path: Path, encoding: str, size: int) -> Iterator[tuple[str, bool]]:
    """Decoded text in blocks that end at line ends, the first small for a first look; True with the last one."""
    ending, rest = _ending(path), b""
    mark = ending.encode()
    with path.open("rb") as file:
        block = file.read(min(size, FIRST_LOOK))
        while block:
            following = file.read(size)
            cut = block.rfind(mark) + 1 if following else len(block)
            if cut:
                text = (rest + block[:cut]).decode(encoding, errors="replace")
                yield text.replace("\r\n", "\n").replace(ending, "\n"), not following
                rest = block[cut:]
            else:
                rest += block
            if len(rest) > LONGEST_LINE:
                raise _too_long(path)
            block = following


def _is_record(text: str, width: int) -> bool:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == width


def _joined(lines: pl.DataFrame, width: int, last: bool) -> tuple[pl.DataFrame, int]:
    """Lines with the records that break within quotes (RFC 4180) as one; from where on the next block may go on.

    Only a record that has the header's number of fields is joined: a mark that was forgotten must not swallow rows.
    """
    odd = lines["line"].str.count_matches('"', literal=True) % 2 == 1
    places, joined, gone = odd.arg_true().to_list(), dict[int, str](), list[int]()
    while places:
        begin = places.pop(0)
        if not places and not last and lines.height - begin <= MOST_LINES:
            return _replaced(lines[:begin], joined, gone), begin
        if places and places[0] - begin <= MOST_LINES:
            text = "\n".join(lines["line"][begin : places[0] + 1])
            if _is_record(text, width):
                joined[begin] = text
                gone += range(begin + 1, places.pop(0) + 1)
    return _replaced(lines, joined, gone), lines.height


def _replaced(lines: pl.DataFrame, joined: dict[int, str], gone: list[int]) -> pl.DataFrame:
    if not joined:
        return lines
    text = lines["line"].scatter(list(joined), list(joined.values()))
    return lines.with_columns(text).filter(~pl.int_range(lines.height).is_in(gone))


def _broken(lines: pl.DataFrame, width: int) -> pl.DataFrame:
    """Lines with an open quotation mark (0 fields) or a number of fields that is not the header's."""
    line = pl.col("line")
    opened = line.str.count_matches('"', literal=True) % 2 == 1
    odd = lines.filter((line.str.count_matches(",", literal=True) + 1 != width) | opened).with_columns(
        opened=opened
    )
    counted = [
        0 if is_open else len(split_line(text)) for text, is_open in odd.select("line", "opened").iter_rows()
    ]
    return (
        odd.drop("opened")
        .with_columns(fields=pl.Series(counted, dtype=pl.Int64))
        .filter(pl.col("fields") != width)
    )


def _refuse_line(path: Path, row: int, line: str, fields: int, width: int, cut: bool) -> Refusal:
    if not fields:
        why = Reason("open_quote_at_cut") if cut else Reason("open_quote")
    elif cut:
        why = Reason("wrong_width_at_cut", fields=fields, width=width)
    else:
        why = Reason("wrong_width", fields=fields, width=width)
    return Refusal(path.name, row, "", line[:200], why)


def _parse(good: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    """Raises PolarsError when quotation marks do not stand as RFC 4180 says."""
    if good.is_empty():
        return pl.DataFrame(schema={**dict.fromkeys(header, pl.String), ROW: pl.UInt32})
    text = good["line"].str.join("\n").item()
    columns = dict.fromkeys(header, pl.String)
    frame = pl.read_csv(io.BytesIO(text.encode()), has_header=False, schema=columns, infer_schema=False)
    return frame.with_columns(good[ROW])


DOUBLED = " (again, column "
UNNAMED = "column "


def unique_header(header: list[str]) -> list[str]:
    """Header names without spaces around; a name that comes again says so and its place."""
    names: dict[str, None] = {ROW: None}
    for place, cell in enumerate(header, start=1):
        name = cell.strip() or f"{UNNAMED}{place}"
        names[f"{name}{DOUBLED}{place})" if name in names else name] = None
    return [*names][1:]


def _head(path: Path, header_row: int, encoding: str) -> tuple[list[str], int]:
    """The column names, and the line at which the header ends (its names may hold line breaks within quotes)."""
    with path.open(encoding=encoding, errors="replace", newline=_ending(path)) as file:
        lines = (file.readline(LONGEST_LINE) for _ in range(header_row + MOST_LINES))
        head = list(islice(lines, header_row))
        if not head[-1]:
            raise Unreadable(Reason("no_header_line", file=path.name, line=header_row))
        text, end = head[-1].rstrip("\r\n"), header_row
        if len(text) >= LONGEST_LINE:
            raise _too_long(path)
        if text.count('"') % 2:
            more = list(takewhile(bool, lines))
            closing = next((n for n, line in enumerate(more) if line.count('"') % 2), None)
            if closing is not None:
                text = "\n".join([text, *(line.rstrip("\r\n") for line in more[: closing + 1])])
                end += closing + 1
    return unique_header(split_line(text)), end


def header_of(path: Path, header_row: int = 1, encoding: str | None = None) -> list[str]:
    """The column names of a text table. Raises Unreadable."""
    return _head(path, header_row, encoding or encoding_of(path))[0]


def record_at(path: Path, row: int, width: int, encoding: str) -> list[str]:
    """The fields of the record that begins at a 1-based line."""
    with path.open(encoding=encoding, errors="replace", newline=_ending(path)) as file:
        lines = [line.rstrip("\r\n") for line in islice(file, row - 1, row - 1 + MOST_LINES)]
    if not lines or lines[0].count('"') % 2 == 0:
        return split_line(lines[0]) if lines else []
    closing = next((n for n, line in enumerate(lines[1:], start=1) if line.count('"') % 2), 0)
    whole = "\n".join(lines[: closing + 1])
    return split_line(whole if _is_record(whole, width) else lines[0])


def pieces(
    path: Path, *, header_row: int = 1, encoding: str | None = None, size: int = PIECE
) -> Iterator[Piece]:
    """The table as strings, piece by piece; records with a wrong number of fields are refused, not guessed."""
    encoding = encoding or encoding_of(path)
    header, head_ends = _head(path, header_row, encoding)
    number, rest = 0, ""
    for block, last in _blocks(path, encoding, size):
        text = rest + block
        split = pl.Series("line", [text.removesuffix("\n")]).str.split("\n").explode()
        rows = pl.int_range(number + 1, number + 1 + len(split), dtype=pl.UInt32, eager=True)
        body = pl.DataFrame({ROW: rows, "line": split})[max(0, head_ends - number) :]
        lines, whole = _joined(body, len(header), last)
        rest = "".join(f"{line}\n" for line in body["line"][whole:])
        number += len(split) - (body.height - whole)
        cut_at = number if last and not text.endswith("\n") else 0
        yield _piece(path, lines, header, cut_at)


def _piece(path: Path, lines: pl.DataFrame, header: list[str], cut_at: int) -> Piece:
    """Records as cells; `cut_at` = the line with which the file ends without a line end, 0 = it does not."""
    lines = lines.filter(pl.col("line").str.strip_chars() != "")
    bad = _broken(lines, len(header))
    refused = tuple(
        _refuse_line(path, row, line, fields, len(header), row == cut_at)
        for row, line, fields in bad.iter_rows()
    )
    good = lines.join(bad, on=ROW, how="anti", maintain_order="left")
    notes = (Reason("end_missing", line=cut_at),) if cut_at in good[ROW] else ()
    frames, mute = _cells(good, header)
    told = tuple(Refusal(path.name, row, "", line[:200], Reason("misquoted")) for row, line in mute)
    return Piece(pl.concat(frames), (*refused, *told), notes)


def _cells(good: pl.DataFrame, header: list[str]) -> tuple[list[pl.DataFrame], list[tuple[int, str]]]:
    """The lines as cells, and (row, line) of those that cannot be parsed, found by halving."""
    try:
        return [_parse(good, header)], []
    except pl.exceptions.PolarsError:
        if good.height == 1:
            return [_parse(good.clear(), header)], [good.select(ROW, "line").row(0)]
        half = good.height // 2
        (first, mute), (second, more) = _cells(good[:half], header), _cells(good[half:], header)
        return [*first, *second], [*mute, *more]


def _split_record(text: str) -> list[str]:
    """The fields of one record with its line ends; of a text that is none, those of its single line."""
    try:
        return next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return [text.rstrip("\r\n")]


def records(path: Path, most: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """The records of a text that is no plain table, whatever their widths, each with the 1-based line at which it begins.

    most: only so many. A quotation mark that is not closed soon was never meant: the line stands for itself. Raises Unreadable.
    """
    number, given = 0, 0
    with path.open(encoding=encoding_of(path), errors="replace", newline=_ending(path)) as file:
        waiting: list[str] = []
        while given != most and (text := waiting.pop(0) if waiting else file.readline(LONGEST_LINE)):
            taken = 1
            if len(text) >= LONGEST_LINE:
                raise _too_long(path)
            if text.count('"') % 2:
                waiting += islice(iter(lambda: file.readline(LONGEST_LINE), ""), MOST_LINES - len(waiting))
                closing = next((n for n, more in enumerate(waiting, 1) if more.count('"') % 2), 0)
                taken += closing
                text, waiting = "".join([text, *waiting[:closing]]), waiting[closing:]
            yield number + 1, _split_record(text)
            number, given = number + taken, given + 1
