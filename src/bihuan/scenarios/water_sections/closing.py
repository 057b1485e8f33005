"""When a case about a section may be closed: the hours that its station measured; of an event, those in which its water was back in its class."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

import polars as pl

from bihuan.cases.sensors import Closing, Place, of_places
from bihuan.domain.checks import Check
from bihuan.domain.standards.surface_water import RELEASE, with_classes
from bihuan.domain.water_events import events
from bihuan.scenarios.manifests import manifest_of
from bihuan.scenarios.water_sections.events import event, judged_readings
from bihuan.scenarios.water_sections.inputs import readings_and_sections
from bihuan.scenarios.water_sections.quality.frames import ITEMS, long_readings

LOOK_BACK = timedelta(days=5)
"""How far back the checks look."""


@cache
def in_force() -> Closing:
    """What the manifest says of closing."""
    manifest = manifest_of("water_sections")
    return Closing(measured, int(manifest.value("normal_hours")), int(manifest.value("watch_days")))


def measured(check: Check, places: Collection[Place], start: datetime, until: datetime) -> pl.DataFrame:
    """MEASURED of sections: the hours for which a reading of a station in order stands; of an event none in a class worse than before it."""
    codes = sorted({target for _kind, target, _item in places})
    readings, sections = readings_and_sections(codes, start - LOOK_BACK, until)
    if check.key == event.key:
        readings = _back(judged_readings(readings, sections))
    long = long_readings(readings).filter(pl.col("start") < until)
    inside = _hours(long).filter(pl.col("start") >= start, pl.col("start") + pl.duration(hours=1) <= until)
    return of_places(inside.with_columns(pl.col("item").replace(ITEMS)), places, list(ITEMS.values()))


def _hours(long: pl.DataFrame) -> pl.DataFrame:
    """Each reading as the whole hours for which it stands."""
    first = pl.col("start").dt.truncate("1h")
    each = long.with_columns(hour=pl.int_ranges("hours")).explode("hour")
    return each.select(target="site", item="item", start=first + pl.duration(hours=pl.col("hour"))).unique()


def _back(readings: pl.DataFrame) -> pl.DataFrame:
    """The readings whose class is no worse than that of the section before its events."""
    before = events(readings).group_by("site").agg(before=pl.col("class_before").max())
    judged = with_classes(readings, RELEASE).join(before, on="site", how="left")
    kept = (pl.col("class") <= pl.col("before")).fill_null(value=True)
    return readings.filter(judged.select(kept).to_series())
