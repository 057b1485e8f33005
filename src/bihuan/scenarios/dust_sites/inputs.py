"""What the checks and pages look at, as of a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl
from django.db.models import Q

from bihuan.domain.dust.means import background, blocks, city_air, means
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.heartbeat import RECEIVER, SERVER
from bihuan.outages import explaining
from bihuan.registry.dust_periods import dust_between
from bihuan.registry.hours import archive, ends
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on
from bihuan.scenarios.dust_sites.models import BoxPlace, DustSite, Monitor, NightPermit, Watering
from bihuan.scenarios.dust_sites.reading import arrivals_of, hours_of, rows_of
from bihuan.scenarios.dust_sites.tables import (
    BACKGROUND,
    CITY,
    MONITORS,
    PLACES,
    SITES,
    SPANS,
    STATIONS,
    WATERINGS,
    Dust,
)

COUNTY = 6
"""Digits of the code of a county; townships have more."""


def inputs(now: datetime, look_back: timedelta) -> tuple[Dust]:
    """The one argument of the checks: everything in use."""
    there = there_on(now.astimezone(CST).date())
    return (
        dust_of(
            list(DustSite.objects.filter(there)), list(Monitor.objects.filter(there)), now - look_back, now
        ),
    )


def dust_of(
    sites: Sequence[DustSite],
    monitors: Sequence[Monitor],
    since: datetime,
    now: datetime,
    until: datetime | None = None,
    *,
    coarse: bool = False,
) -> Dust:
    """Everything about some sites and monitors in [since, until), as known at a moment (default of `until`).

    coarse: only hours, of monitors that send such as they say them; for long spans.
    """
    end = until or now
    rows = hours_of(monitors, since, end, now) if coarse else rows_of(monitors, since, end, now)
    codes, made = [s.code for s in sites], blocks(rows)
    stations = _stations(since, end, now)
    return Dust(
        now,
        since,
        _sites(sites),
        _monitors(monitors),
        means(rows, "1h", made).filter(pl.col("start") <= end - HOUR),
        means(rows, "15m", made),
        means(rows, "5m", made),
        stations,
        background(stations).cast(BACKGROUND),
        city_air(stations).cast(CITY),
        _permits(codes, since, end),
        _waterings(codes, since, end),
        arrivals_of({m.mn: m.code for m in monitors if m.mn}, since, now),
        _places(monitors, now),
        _outages(since, end),
        dust_between(since, end),
    )


def _sites(sites: Sequence[DustSite]) -> pl.DataFrame:
    rows = [(s.code, s.name, s.region_id, s.kind, s.phase, s.setting, s.area, s.lon, s.lat) for s in sites]
    return pl.DataFrame(rows, SITES, orient="row")


def _monitors(monitors: Sequence[Monitor]) -> pl.DataFrame:
    rows = [(m.code, m.name, m.site_id, m.region_id, m.region_id[:COUNTY], m.lon, m.lat) for m in monitors]
    return pl.DataFrame(rows, MONITORS, orient="row")


def _stations(since: datetime, end: datetime, now: datetime) -> pl.DataFrame:
    """STATIONS that are in use and no neighbours of other cities."""
    today = now.astimezone(CST).date()
    ended = [code for code, until in ends() if until <= today]
    known = Site.objects.filter(there_on(today), neighbour=False).values_list(
        "code", "name", "region_id", "rank", "lon", "lat"
    )
    rows = [
        (code, name, region[:COUNTY], rank, lon, lat)
        for code, name, region, rank, lon, lat in known
        if code not in ended
    ]
    about = pl.DataFrame(
        rows, {n: t for n, t in STATIONS.items() if n not in ("start", "pm10")}, orient="row"
    )
    columns = ("site", "start", "pm10")
    hours = (
        archive()
        .ambient.as_of(now, sites=about["station"].to_list(), start=since, end=end, columns=columns)
        .collect()
    )
    return about.join(hours.rename({"site": "station"}), on="station").select(list(STATIONS)).cast(STATIONS)


def _places(monitors: Sequence[Monitor], now: datetime) -> pl.DataFrame:
    """PLACES that were said up to now."""
    rows = BoxPlace.objects.filter(monitor__in=[m.pk for m in monitors], at__lte=now)
    return pl.DataFrame(list(rows.values_list("monitor_id", "at", "lon", "lat")), PLACES, orient="row")


def _outages(since: datetime, end: datetime) -> pl.DataFrame:
    return pl.concat([explaining(since, end, part) for part in (SERVER, RECEIVER)])


def _touching(since: datetime, end: datetime) -> Q:
    return Q(since__lt=end, until__gt=since)


def _permits(codes: Sequence[str], since: datetime, end: datetime) -> pl.DataFrame:
    rows = NightPermit.objects.filter(_touching(since, end), site__in=codes).values_list(
        "site_id", "since", "until"
    )
    return pl.DataFrame(list(rows), SPANS, orient="row")


def _waterings(codes: Sequence[str], since: datetime, end: datetime) -> pl.DataFrame:
    fields = ("site_id", "since", "until", "way")
    rows = Watering.objects.filter(_touching(since, end), site__in=codes).values_list(*fields)
    return pl.DataFrame(list(rows), WATERINGS, orient="row")
