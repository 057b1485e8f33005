"""Text tables in pieces: encoding, broken lines, true line numbers, memory bounded by the piece."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bihuan.feeds.reading import Refusal, Unreadable

ROW = "#row"
PIECE = 32 * 1024 * 1024
FIRST_LOOK = 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """Some rows of a file; the column `#row` is the row's 1-based line (or sheet row) in the file."""

    frame: pl.DataFrame
    refused: tuple[Refusal, ...] = ()


def encoding_of(path: Path) -> str:
    """`utf-8-sig` or `gb18030`. Raises Unreadable for an empty file and for one that is no text."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    if not head.strip():
        raise Unreadable(f"{path.name} is empty: nothing to read; check that the file was sent whole")
    if b"\0" in head:
        raise Unreadable(
            f"{path.name} is not a text table (it holds binary bytes); "
            "give a CSV in UTF-8 or GB18030, an .xlsx or a .parquet"
        )
    whole_lines = head[: head.rfind(b"\n") + 1] or head
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            whole_lines.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(
        f"{path.name}: the text is neither UTF-8 nor GB18030; save it as CSV UTF-8 and try again"
    )


def split_line(line: str) -> list[str]:
    """The fields of one CSV line."""
    return next(csv.reader([line]), [])


def _blocks(path: Path, encoding: str, size: int) -> Iterator[str]:
    """Decoded text in blocks that end at line ends (but for the last one); the first is small, for a first look."""
    rest = b""
    with path.open("rb") as file:
        block = file.read(min(size, FIRST_LOOK))
        while block:
            cut = block.rfind(b"\n") + 1
            if cut:
                yield (rest + block[:cut]).decode(encoding, errors="replace")
                rest = block[cut:]
            else:
                rest += block
            block = file.read(size)
    if rest:
        yield rest.decode(encoding, errors="replace")


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
    reason = (
        f"the line has {fields} fields, the header has {width}"
        if fields
        else "a quotation mark is not closed"
    )
    remedy = "the file was cut off here: send it again whole" if cut else "mend the line and import again"
    return Refusal(path.name, row, "", line[:200], reason, remedy)


def _parse(path: Path, good: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    if good.is_empty():
        return pl.DataFrame(schema={ROW: pl.UInt32, **dict.fromkeys(header, pl.String)})
    text = good["line"].str.join("\n").item()
    columns = dict.fromkeys(header, pl.String)
    try:
        frame = pl.read_csv(io.BytesIO(text.encode()), has_header=False, schema=columns, infer_schema=False)
        return frame.with_columns(good[ROW])
    except pl.exceptions.PolarsError as error:
        raise Unreadable(
            f"{path.name}: quotation marks cannot be understood; save it as CSV again"
        ) from error


DOUBLED = " (again, column "


def unique_header(header: list[str]) -> list[str]:
    """Header names without spaces around; a name that comes again says so and its place."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = cell.strip() or f"column {place}"
        names.append(f"{name}{DOUBLED}{place})" if name in names else name)
    return names


def header_of(path: Path, header_row: int = 1, encoding: str | None = None) -> list[str]:
    """The column names of a text table."""
    with path.open(encoding=encoding or encoding_of(path), errors="replace", newline="") as file:
        for number, line in enumerate(file, start=1):
            if number == header_row:
                return unique_header(split_line(line.rstrip("\r\n")))
    raise Unreadable(f"{path.name} has no line {header_row}, where the header should be")


def pieces(
    path: Path, *, header_row: int = 1, encoding: str | None = None, size: int = PIECE
) -> Iterator[Piece]:
    """The table as strings, piece by piece; lines with a wrong number of fields are refused, not guessed."""
    encoding = encoding or encoding_of(path)
    header = header_of(path, header_row, encoding)
    number = 0
    for text in _blocks(path, encoding, size):
        ends_whole = text.endswith("\n")
        split = pl.Series("line", [text.replace("\r\n", "\n").removesuffix("\n")]).str.split("\n").explode()
        rows = pl.int_range(number + 1, number + 1 + len(split), dtype=pl.UInt32, eager=True)
        lines = pl.DataFrame({ROW: rows, "line": split}).filter(
            (pl.col(ROW) > header_row) & (pl.col("line").str.strip_chars() != "")
        )
        number += len(split)
        bad = _broken(lines, len(header))
        refused = tuple(
            _refuse_line(path, row, line, fields, len(header), not ends_whole and row == number)
            for row, line, fields in bad.iter_rows()
        )
        yield Piece(_parse(path, lines.join(bad, on=ROW, how="anti", maintain_order="left"), header), refused)
