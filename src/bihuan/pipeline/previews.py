"""Looks into a file that a person waits for: its columns, a preview, one record. Each runs apart, for a minute at most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from bihuan import apart
from bihuan.apart import Talk
from bihuan.feeds import ambient_table, tables
from bihuan.feeds.detect import WEATHER
from bihuan.feeds.lines import ROW
from bihuan.feeds.long import mended as long
from bihuan.feeds.long.rows import as_wide
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.names import linked
from bihuan.feeds.reading import Refusal, Unreadable, open_plain
from bihuan.feeds.records import Correction, Record, mapped_record, record_of
from bihuan.feeds.weather import mended
from bihuan.feeds.weather.detect import kind_of
from bihuan.feeds.weather.mended import Changes
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline.reading_process import Wanted, batches, format_of, plain_refusal, refusals
from bihuan.reasons import Reason

LOOKED_AT = 20
ABOUT = ("site", "period", "start", ROW)


def look(function: Callable[..., Any], path: Path, file: str, *given: Any) -> Any:
    """What `function(talk, path, *given)` returns of a file, which is called `file` in sentences. Raises Unreadable."""
    open_plain(path).close()
    with TemporaryDirectory(prefix="bihuan-look-") as folder:
        link = linked(path, file, Path(folder))
        return apart.run(function, link, *given, file=file, limits=apart.look_limits())


@dataclass(frozen=True)
class Preview:
    """The first rows of a file as they would go in (site, start, inside names), and what would be refused of its begin."""

    quantities: list[str]
    rows: list[dict[str, Any]]
    refused: list[Refusal]


def columns_of(path: Path, file: str) -> list[str]:
    """The column names of a table file. Raises Unreadable."""
    return list(look(_columns, path, file))


def _columns(talk: Talk, path: Path) -> list[str]:
    return tables.columns_of(path)


def check(path: Path, form: str | None, how: ColumnMapping | None) -> None:
    """Raises Unreadable when the file is of no known format, or is a table without a row."""
    look(_check, path, path.name, form, how)


def _check(talk: Talk, path: Path, form: str | None, how: ColumnMapping | None) -> None:
    wanted = Wanted(path.name, form, how, weather=True)
    found = format_of(path, wanted)
    if found != WEATHER and not any(reading.rows_in_file for reading in batches(path, found, how)):
        raise Unreadable(Reason("no_rows_below", file=path.name))


def preview(path: Path, file: str, how: ColumnMapping) -> Preview:
    """What a mapping makes of a file. Raises Unreadable."""
    quantities, rows, refused = look(_preview, path, file, how)
    timed = [{**row, "start": datetime.fromisoformat(row["start"])} for row in rows]
    return Preview(quantities, timed, refusals(file, refused))


def _preview(talk: Talk, path: Path, how: ColumnMapping) -> list[Any]:
    first = next(batches(path, "mapped", how))
    seen = as_wide(first.rows) if how.long else first.rows
    quantities = [c for c in seen.columns if c not in ABOUT]
    head = seen.head(LOOKED_AT).with_columns(pl.col(quantities).fill_nan(None))
    rows = [{**row, "start": row["start"].isoformat()} for row in head.drop(ROW, strict=False).to_dicts()]
    return [quantities, rows, [plain_refusal(r) for r in first.refused[:LOOKED_AT]]]


def record(
    path: Path, file: str, row: int, how: ColumnMapping | None, needed: frozenset[str] = ambient_table.NEEDED
) -> Record:
    """(column, cell) pairs of the record at a 1-based row; `needed`: names by which a header is known. Raises Unreadable when there is none."""
    return [(name, cell) for name, cell in look(_record, path, file, row, how, needed)]


def _record(talk: Talk, path: Path, row: int, how: ColumnMapping | None, needed: frozenset[str]) -> Record:
    return mapped_record(path, row, how) if how else record_of(path, row, needed=needed)


def long_record(path: Path, file: str, row: int, how: ColumnMapping | None) -> Record:
    """The same of a file of long observations. Raises Unreadable."""
    return [(name, cell) for name, cell in look(_long_record, path, file, row, how)]


def _long_record(talk: Talk, path: Path, row: int, how: ColumnMapping | None) -> Record:
    return long.record(path, row, how)


def long_changes(
    path: Path, file: str, form: str, how: ColumnMapping | None, correction: Correction
) -> long.Changes:
    """What a corrected record of a file of long observations changes. Raises Unreadable."""
    with TemporaryDirectory(prefix="bihuan-mend-") as folder:
        out = Path(folder)
        refused = look(_long_changes, path, file, form, how, correction, out)
        before, after = (pl.read_parquet(out / f"{name}.parquet") for name in ("before", "after"))
    return long.Changes(before, after, tuple(refusals(file, refused)))


def _long_changes(
    talk: Talk, path: Path, form: str, how: ColumnMapping | None, correction: Correction, out: Path
) -> list[Any]:
    plain = how.plain if how else None
    found = long.changes(path, how, correction, lambda place: batches(place, form, plain), out)
    found.before.write_parquet(out / "before.parquet")
    found.after.write_parquet(out / "after.parquet")
    return [plain_refusal(r) for r in found.refused]


def weather_record(path: Path, file: str, row: int) -> Record:
    """The same of a file of forecast weather. Raises Unreadable for a field of a grid or a whole field of JSON."""
    return [(name, cell) for name, cell in look(_weather_record, path, file, row)]


def _weather_record(talk: Talk, path: Path, row: int) -> Record:
    return mended.record(path, row)


@lru_cache(10_000)
def weather_kind(path: Path) -> str | None:
    """What a kept file of forecast weather is. It is named by its content, so that stays so."""
    kind = look(_weather_kind, path, path.name)
    return None if kind is None else str(kind)


def _weather_kind(talk: Talk, path: Path) -> str | None:
    return kind_of(path)


def refused_of(path: Path, form: str, how: ColumnMapping | None) -> list[Refusal]:
    """What a reader refuses of a small table. Raises Unreadable."""
    return refusals(path.name, look(_refused, path, path.name, form, how))


def _refused(talk: Talk, path: Path, form: str, how: ColumnMapping | None) -> list[Any]:
    return [plain_refusal(r) for reading in batches(path, form, how) for r in reading.refused[:LOOKED_AT]]


def weather_changes(
    path: Path, file: str, points: Sequence[Point], received: datetime, correction: Correction
) -> Changes:
    """What a corrected value of forecast weather changes. Raises Unreadable."""
    with TemporaryDirectory(prefix="bihuan-mend-") as folder:
        out = Path(folder)
        row, refused = look(_weather_changes, path, file, points, received, correction, out)
        before, after = (pl.read_parquet(out / f"{name}.parquet") for name in ("before", "after"))
    return Changes(before, after, tuple(refusals(file, refused)), row)


def _weather_changes(
    talk: Talk, path: Path, points: Sequence[Point], received: datetime, correction: Correction, out: Path
) -> list[Any]:
    found = mended.changes(path, points, received, correction, out)
    found.before.write_parquet(out / "before.parquet")
    found.after.write_parquet(out / "after.parquet")
    return [found.row, [plain_refusal(r) for r in found.refused]]
