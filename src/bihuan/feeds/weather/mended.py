"""One refused value of a file of forecast weather, put right: what the file gives without and with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.records import Correction, Record, one_record_table, record_of
from bihuan.feeds.weather import json_hours, series
from bihuan.feeds.weather.detect import kind_of, read
from bihuan.feeds.weather.rows import SCHEMA, Point
from bihuan.reasons import Reason


@dataclass(frozen=True)
class Changes:
    """Rows of the file as it came and as put right, what is refused now, and the row that the correction has there."""

    before: pl.DataFrame
    after: pl.DataFrame
    refused: tuple[Refusal, ...]
    row: int


def record(path: Path, row: int) -> Record:
    """The refused record as it came. Raises Unreadable for a field of a grid or a whole field of JSON."""
    kind = kind_of(path)
    if kind == "table":
        return record_of(path, row, needed=series.NEEDED)
    if kind == "json" and row:
        return json_hours.record(path, row)
    raise Unreadable(Reason("whole_field"))


def changes(
    path: Path, points: Sequence[Point], received: datetime, correction: Correction, folder: Path
) -> Changes:
    """What the correction changes; `folder` takes small files. Raises Unreadable when nothing can be made of it."""
    found, row, source = record(path, correction.row), correction.row, path
    place = folder / "mended.csv"
    if kind_of(path) == "json":
        text = _json_text(path, correction)
    else:
        row, source = 2, place
        place.write_text(one_record_table(found), encoding="utf-8")
        text = one_record_table(correction.of(found))
    before = _rows(source, points, received)
    place.write_text(text, encoding="utf-8")
    after = read(place, points, received=received)
    return Changes(before, after.rows, after.refused, row)


def _json_text(path: Path, correction: Correction) -> str:
    try:
        return json_hours.with_value(path, correction.row, correction.column, correction.value)
    except ValueError as error:
        raise Unreadable(Reason("still_no_number", value=correction.value)) from error


def _rows(path: Path, points: Sequence[Point], received: datetime) -> pl.DataFrame:
    """Of a file that gives nothing as it came, no rows."""
    try:
        found: Reading = read(path, points, received=received)
    except Unreadable:
        return pl.DataFrame(schema=SCHEMA)
    return found.rows
