"""One refused value of a file of forecast weather, mended: the hours that it changes, as a table of their own.

A row of forecast weather is kept whole. So the table holds, beside the mended value, what is known of the row now: a
correction that came since stays.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl

from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.weather import WeatherStore
from bihuan.domain.quantities import WEATHER, WEATHER_NAMES
from bihuan.domain.timeaxis import labels_from_starts
from bihuan.feeds.ambient_table import SITES
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.records import Record, one_record_table, record_of
from bihuan.feeds.values import MISSING
from bihuan.feeds.weather import json_hours, series
from bihuan.feeds.weather.detect import kind_of, read
from bihuan.feeds.weather.hourly_json import FIELDS, NO_NUMBER
from bihuan.feeds.weather.rows import KEY, SCHEMA, Point

WHOLE = ("", "time", *SITES)
"""Where one of these was wrong, nothing of the record has been taken in."""
Corrected = Callable[[Record], Record]


@dataclass(frozen=True)
class Delivery:
    """The kept file that a refused value came with, the places asked for, and when it came."""

    path: Path
    points: tuple[Point, ...]
    received: datetime


@cache
def _kind(path: Path) -> str | None:
    """Kept files are named by their content, so what one is stays so."""
    return kind_of(path)


def mendable(path: Path, refused: Refused) -> bool:
    """Is it one row of a table, or one value or time of JSON? A dew point that was derived is no value of the file."""
    kind = _kind(path)
    if kind == "json":
        return refused.row > 0 and refused.column in ("time", *FIELDS)
    return kind == "table"


def record(path: Path, row: int) -> Record:
    """The refused record as it came. Raises NotMended for a field of a grid or a whole field of JSON."""
    kind = kind_of(path)
    if kind == "table":
        return record_of(path, row, needed=series.NEEDED)
    if kind == "json" and row:
        return json_hours.record(path, row)
    raise NotMended(
        "it is a whole field of the file that was refused; fetch the file again, or dismiss the record"
    )


def table(delivery: Delivery, refused: Refused, corrected: Corrected, value: str, store: WeatherStore) -> str:
    """CSV text of the hours that the corrected value changes. Raises NotMended when it is refused too or changes none."""
    if value.strip() in MISSING:
        raise NotMended("there is no value to take in; dismiss the record with that reason")
    found = record(delivery.path, refused.row)
    with tempfile.TemporaryDirectory(prefix="bihuan-mend-") as folder:
        place = Path(folder) / f"mended-{refused.id}.csv"
        if kind_of(delivery.path) == "json":
            before, row = _rows(_read(delivery.path, delivery)), refused.row
            text = _json_text(delivery.path, refused, value)
        else:
            place.write_text(one_record_table(found), encoding="utf-8")
            before, row = _rows(_read(place, delivery)), 2
            text = one_record_table(corrected(found))
        place.write_text(text, encoding="utf-8")
        after = _read(place, delivery)
    return _checked(after, before, row, refused, store)


def _json_text(path: Path, refused: Refused, value: str) -> str:
    try:
        return json_hours.with_value(path, refused.row, refused.column, value)
    except ValueError as error:
        raise NotMended(f"still refused: {value!r}: {NO_NUMBER}; give the corrected value") from error


def _read(path: Path, delivery: Delivery) -> Reading | Unreadable:
    try:
        return read(path, delivery.points, received=delivery.received)
    except Unreadable as error:
        return error


def _rows(found: Reading | Unreadable) -> pl.DataFrame:
    return found.rows if isinstance(found, Reading) else pl.DataFrame(schema=SCHEMA)


def _checked(
    after: Reading | Unreadable, before: pl.DataFrame, row: int, refused: Refused, store: WeatherStore
) -> str:
    if isinstance(after, Unreadable):
        raise NotMended(str(after)) from after
    whole = refused.column in WHOLE
    for r in after.refused:
        if r.row == row and (whole or r.column == refused.column):
            raise NotMended(f"still refused: {r.value!r}: {r.reason}; {r.remedy}")
    before = before.clear() if whole else before
    changed = after.rows.join(before, on=list(SCHEMA), how="anti", nulls_equal=True)
    if changed.is_empty():
        raise NotMended(
            "the corrected record gives no hour after its time of issue; correct it, or dismiss the record"
        )
    return _as_table(_merged(changed, before, store.versions_of(changed)))


def _merged(changed: pl.DataFrame, before: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """What the correction changes; of the rest what is known, and where nothing is known what the record says."""
    joined = changed.join(before.with_columns(_had=True), on=KEY, how="left", suffix="_before")
    joined = joined.join(known.with_columns(_kept=True), on=KEY, how="left", suffix="_known")
    return joined.select(
        *KEY,
        *(
            pl.when(pl.col("_kept") & pl.col(n).eq_missing(pl.col(f"{n}_before")))
            .then(f"{n}_known")
            .otherwise(n)
            .alias(n)
            for n in WEATHER_NAMES
        ),
    )


def _as_table(rows: pl.DataFrame) -> str:
    """The table that `feeds.weather.series` reads."""
    issued = pl.col("issued").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    time = labels_from_starts().dt.strftime("%Y-%m-%dT%H:%M")
    values = [pl.col(q.name).alias(q.label) for q in WEATHER]
    return rows.select("source", "site", issued.alias("issued"), time.alias("time"), *values).write_csv()
