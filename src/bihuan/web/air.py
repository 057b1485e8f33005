"""The air as a page needs it, always as of the clock: now, the last days, the age of the data, the newest forecast."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import polars as pl
from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import SHOWN, missing_items, realtime_index
from bihuan.domain.statistics import city_hours
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Site
from bihuan.web.shared import Shared, moment

HOUR = timedelta(hours=1)
STALE_AFTER = timedelta(hours=3)
_newest = Shared[datetime | None]()


def forecasts() -> ForecastStore:
    """The frozen forecast runs."""
    return ForecastStore(settings.DATA_DIR)


@dataclass(frozen=True)
class Newest:
    """The newest hour that any evaluation station has delivered, as of the clock."""

    start: datetime
    age: str
    stale: bool


def newest_label() -> Newest | None:
    """The newest hour; None without any data."""
    now = clock.now()
    sites = evaluated()
    row = _newest.get(moment(sites, now), lambda: _newest_start(sites, now)) if sites else None
    if row is None:
        return None
    age = now - (row + HOUR)
    return Newest(row, span(age), age > STALE_AFTER)


def _newest_start(sites: list[str], now: datetime) -> datetime | None:
    found = hours(sites, now - timedelta(days=7))["start"].max()
    return found if isinstance(found, datetime) else None


def span(length: timedelta) -> str:
    """`3 小时`, `2 天`, in the language of the reader."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return _("%(n)d 分钟") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d 小时") % {"n": minutes // 60}
    return _("%(n)d 天") % {"n": minutes // 1440}


def evaluated() -> list[str]:
    """Codes of the stations in the city's evaluation."""
    return list(Site.objects.filter(evaluated=True).order_by("code").values_list("code", flat=True))


def hours(sites: list[str], start: datetime, end: datetime | None = None) -> pl.DataFrame:
    """Hours of sites as known now, as they were delivered; by site and start."""
    return hours_of(sites, start, end, decided=False)


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


def city(frame: pl.DataFrame, code: str = "") -> pl.DataFrame:
    """Hourly city values with index, from the hours of its evaluation stations."""
    return indexed(city_hours(frame))


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


@lru_cache(maxsize=8)
def _run(root: str, run_id: str) -> Run:
    return forecasts().load(run_id)


def newest_run() -> Run | None:
    """The last forecast issued by now."""
    found = forecasts().runs(clock.now(), limit=1)
    return _run(str(settings.DATA_DIR), found[0]) if found else None


def load_run(run_id: str) -> Run:
    """One frozen run; never one that was issued after now."""
    if run_id not in forecasts().runs(clock.now()):
        raise Http404
    return _run(str(settings.DATA_DIR), run_id)


def millis(column: pl.Series) -> list[int]:
    """Instants as END-of-hour labels in milliseconds, for charts."""
    return [int((t + HOUR).timestamp() * 1000) for t in column]


def values(column: pl.Series, decimals: int = 1) -> list[Any]:
    """Numbers for a chart; gaps stay gaps."""
    return column.cast(pl.Float64).round(decimals).to_list()
