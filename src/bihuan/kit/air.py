"""The hours of ambient air as pages show them: with their index, what they lack, and on an unbroken axis."""

from collections.abc import Collection
from datetime import datetime, timedelta

import polars as pl
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import SHOWN, missing_items, realtime_index
from bihuan.domain.statistics import city_hours
from bihuan.domain.timeaxis import CST
from bihuan.kit.shared import Shared, moment
from bihuan.registry.hours import by_terms, hours_of
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on

HOUR = timedelta(hours=1)
STALE_AFTER = timedelta(hours=3)
BACK = timedelta(hours=72)
"""How far back pages look that show what was and what will be."""
_last = Shared[pl.DataFrame]()


def evaluated(since: datetime | None = None) -> list[str]:
    """Codes of the stations in the city's evaluation: now, or at any time since a moment."""
    there = there_on((since or clock.now()).astimezone(CST).date())
    return list(Site.objects.filter(there, evaluated=True).order_by("code").values_list("code", flat=True))


def hours(sites: list[str], start: datetime, end: datetime | None = None) -> pl.DataFrame:
    """Hours of sites as known now, as they were delivered; by site and start."""
    return hours_of(sites, start, end, decided=False)


def last_hours(now: datetime) -> pl.DataFrame:
    """Hours of all stations that were evaluated in the last three days and an hour, read once for all who look in the same minute."""
    start = _reach(now)
    codes = evaluated(start)
    return _last.get(moment(codes, now), lambda: hours(codes, start))


def last_city_hours(now: datetime) -> pl.DataFrame:
    """The same of the city, by all of these stations, those too that have sent nothing."""
    return city(last_hours(now), evaluated(_reach(now)))


def _reach(now: datetime) -> datetime:
    return whole_hour(now) - BACK - HOUR


def indexed(frame: pl.DataFrame) -> pl.DataFrame:
    """Hours with their real-time index, and `missing`: labels of the items that an hour lacks, joined by `,`.

    No index up to 100 is shown where an item is missing: it would be the cleanest of all for what it did not measure.
    """
    return realtime_index(frame, rules=SHOWN).with_columns(missing=missing_items()).sort("site", "start")


def arrived(rows: pl.DataFrame) -> pl.DataFrame:
    """Hours of which anything at all arrived; one that lacks items counts, with what it lacks."""
    return rows.filter(pl.any_horizontal(pl.col(i).is_not_null() for i in ITEM_NAMES if i in rows.columns))


def lacking(missing: str | None) -> str:
    """`缺 PM2.5、PM10`, in the language of the reader; empty when nothing is missing."""
    if not missing:
        return ""
    return _("缺 %(items)s") % {"items": _("、").join(missing.split(","))}


def city(frame: pl.DataFrame, stations: Collection[str]) -> pl.DataFrame:
    """Hourly city values with index, from the hours of its evaluation stations; one that sent nothing is one that lacks."""
    members = pl.DataFrame({"site": list(stations)}, schema={"site": pl.String}).with_columns(city=pl.lit(""))
    return indexed(by_terms(frame, members, "start", city_hours))


def full_axis(frame: pl.DataFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """The rows of one place on an unbroken axis of hours: a missing hour is a row of nulls."""
    axis = pl.DataFrame(
        {"start": pl.datetime_range(start, end, "1h", closed="left", time_zone="UTC", eager=True)}
    )
    return (
        axis.with_columns(pl.col("start").dt.cast_time_unit("us"))
        .join(frame, on="start", how="left")
        .sort("start")
    )


def whole_hour(moment: datetime) -> datetime:
    """The start of the hour in which the moment lies."""
    return moment.replace(minute=0, second=0, microsecond=0)
