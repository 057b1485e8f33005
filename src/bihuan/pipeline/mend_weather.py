"""One refused value of a file of forecast weather, mended: the hours that it changes, as a table of their own.

A row of forecast weather is kept whole. So the table holds, beside the mended value, what is known of the row now: a
correction that came since stays.
"""

from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.weather import WeatherStore
from bihuan.domain.quantities import WEATHER, WEATHER_NAMES
from bihuan.domain.timeaxis import labels_from_starts
from bihuan.feeds.ambient_table import SITES
from bihuan.feeds.records import Correction
from bihuan.feeds.values import MISSING
from bihuan.feeds.weather.hourly_json import FIELDS
from bihuan.feeds.weather.mended import Changes
from bihuan.feeds.weather.rows import KEY, SCHEMA, Point
from bihuan.pipeline import previews
from bihuan.pipeline.kind import still_refused
from bihuan.reasons import Reason

WHOLE = ("", "time", *SITES)
"""Where one of these was wrong, nothing of the record has been taken in."""


def mendable(path: Path, refused: Refused) -> bool:
    """Is it one row of a table, or one value or time of JSON? A dew point that was derived is no value of the file."""
    kind = previews.weather_kind(path)
    if kind == "json":
        return refused.row > 0 and refused.column in ("time", *FIELDS)
    return kind == "table"


def table(
    path: Path,
    points: tuple[Point, ...],
    received: datetime,
    refused: Refused,
    correction: Correction,
    store: WeatherStore,
) -> str:
    """CSV text of the hours that the corrected value changes in a kept file.

    Raises NotMended when it changes none or is refused too, Unreadable when the file gives nothing with it.
    """
    if (correction.line or correction.value).strip() in MISSING:
        raise NotMended(Reason("nothing_to_take"))
    return _checked(
        previews.weather_changes(path, refused.file, points, received, correction), refused, store
    )


def _checked(found: Changes, refused: Refused, store: WeatherStore) -> str:
    whole = refused.column in WHOLE
    for r in found.refused:
        if r.row == found.row and (whole or r.column == refused.column):
            raise still_refused(r)
    before = found.before.clear() if whole else found.before
    changed = found.after.join(before, on=list(SCHEMA), how="anti", nulls_equal=True)
    if changed.is_empty():
        raise NotMended(Reason("no_hour_after_issue"))
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
