"""Daily and hourly values of all places as known now; days are kept for ten minutes or until something changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import polars as pl
from django.conf import settings
from django.db.models import Max

from bihuan import clock
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.statistics import city_days, city_hours, daily_values
from bihuan.domain.timeaxis import CST, day_start
from bihuan.kit import air
from bihuan.registry.hours import archive, by_terms, ends
from bihuan.registry.hours import hours_of as registered_hours
from bihuan.registry.models import ValueDecision
from bihuan.scenarios.air.evaluation.places import groups, kinds, sites

KEPT_MINUTES = 10
SETTLED = timedelta(days=3)


@dataclass(frozen=True, eq=False)
class Known:
    """Days of stations and of groups (shape of `daily_values`), the moment of which they are, and key -> kind.

    Compared by identity: the same object means the same values, so that tables made of it can be kept beside it.
    """

    days: pl.DataFrame
    as_of: datetime
    kinds: dict[str, str]


class _Key(NamedTuple):
    root: str
    version: int
    decision: int
    moment: datetime
    first: date
    until: date
    sites: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    ends: tuple[tuple[str, date], ...]


def today() -> date:
    """The local date of the clock."""
    return clock.now().astimezone(CST).date()


def days_of(year: int, back: int = 1) -> Known:
    """Days of a year and `back` years before it (for comparisons), of every station and group.

    Closed months are read once a day (and after every new delivery or decision), the running one every ten minutes.
    """
    now = clock.now()
    first, end = date(year - back, 1, 1), date(year + 1, 1, 1)
    # A month's last hours arrive after its end.
    cut = max(min((today() - SETTLED).replace(day=1), end), first)
    common = (
        str(settings.DATA_DIR),
        archive().ambient.parts.version(),
        ValueDecision.objects.aggregate(last=Max("pk"))["last"] or 0,
    )
    members = tuple(sites()), tuple(sorted(groups().iter_rows())), ends()
    minute = now.replace(minute=now.minute - now.minute % KEPT_MINUTES, second=0, microsecond=0)
    closed = _Key(*common, day_start(today()), first, cut, *members)
    return _known(closed, _Key(*common, minute, cut, end, *members) if cut < end else None)


@lru_cache(maxsize=6)
def _known(closed: _Key, running: _Key | None) -> Known:
    days, as_of = _days(closed)
    if running is not None:
        more, as_of = _days(running)
        days = pl.concat([days, more], how="vertical_relaxed")
    return Known(days.sort("site", "date"), as_of, kinds())


@lru_cache(maxsize=12)
def _days(key: _Key) -> tuple[pl.DataFrame, datetime]:
    now = clock.now()
    hours = hours_of(list(key.sites), day_start(key.first), min(now, day_start(key.until)))
    stations = daily_values(hours)
    frame = pl.DataFrame(key.groups, schema={"site": pl.String, "city": pl.String}, orient="row")
    grouped = by_terms(stations, frame, "date", city_days).select(stations.columns)
    # A neighbour's stations count only in its city's value.
    own = stations.join(frame.filter(~pl.col("city").str.starts_with("neighbour:")), on="site", how="semi")
    return pl.concat([own, grouped], how="vertical_relaxed"), now


def hours_of(codes: list[str], start: datetime, end: datetime) -> pl.DataFrame:
    """Hours of stations without what reviewers excluded, by site and start."""
    return registered_hours(codes, start, end, decided=True)


def hours_of_group(key: str, start: datetime, end: datetime) -> pl.DataFrame:
    """Hourly values of a group with the real-time index, on an unbroken axis."""
    members = groups().filter(pl.col("city") == key)
    hours = hours_of(members["site"].to_list(), start, end)
    rows = air.indexed(by_terms(hours, members, "start", city_hours))
    return air.full_axis(rows.select("start", *ITEM_NAMES, "aqi", "level", "primary", "missing"), start, end)


def whole_days(day: date, count: int = 1) -> tuple[datetime, datetime]:
    """The first and the last instant of the `count` days that end with `day`."""
    return day_start(day - timedelta(days=count - 1)), day_start(day + timedelta(days=1))
