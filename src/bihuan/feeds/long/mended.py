"""One refused record of a file of observations, put right: what the file gives of it without and with the correction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bihuan.feeds.lines import ROW
from bihuan.feeds.long import answers, plain, road_runs, road_works, sections
from bihuan.feeds.long.rows import SCHEMA
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.records import Correction, Record, mapped_record, one_record_table, record_of
from bihuan.reasons import Reason

NEEDED = sections.NEEDED | plain.NEEDED | road_runs.NEEDED | road_works.NEEDED
Read = Callable[[Path], Iterable[Reading]]


@dataclass(frozen=True)
class Changes:
    """Rows of the record as it came and as put right, and what is refused of it now."""

    before: pl.DataFrame
    after: pl.DataFrame
    refused: tuple[Refusal, ...]


def record(path: Path, row: int, mapping: ColumnMapping | None) -> Record:
    """(column, cell) pairs of the record at a 1-based row. Raises Unreadable when there is none."""
    if mapping:
        return mapped_record(path, row, mapping)
    if not answers.fits(path):
        return record_of(path, row, needed=NEEDED)
    found = answers.piece(path).frame.filter(pl.col(ROW) == row).drop(ROW)
    if found.is_empty():
        raise Unreadable(Reason("no_row", row=row))
    return [(name, cell or "") for name, cell in found.row(0, named=True).items()]


def changes(
    path: Path, mapping: ColumnMapping | None, correction: Correction, read: Read, folder: Path
) -> Changes:
    """What the correction changes; `read` reads a table as the file was read, `folder` takes small files. Raises Unreadable."""
    found = record(path, correction.row, mapping)
    place = folder / f"{path.stem}.csv"  # its name may say of which year its times are
    before, _ = _rows(place, one_record_table(found), read)
    after, refused = _rows(place, one_record_table(correction.of(found)), read)
    return Changes(before, after, refused)


def _rows(place: Path, text: str, read: Read) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    place.write_text(text, encoding="utf-8")
    readings = list(read(place))
    frames = [r.rows.drop(ROW) for r in readings if r.rows.width]
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA).drop(ROW)
    return rows, tuple(refusal for r in readings for refusal in r.refused)
