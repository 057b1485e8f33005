"""The stations on the map: the index of an hour that was, or of one to come by the newest forecast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.domain.standards import level_of
from bihuan.domain.timeaxis import CST, HOUR, label_of_start
from bihuan.kit import air
from bihuan.kit.ages import age_text
from bihuan.kit.layers import Layer, Mark, View
from bihuan.kit.runs import newest_run
from bihuan.kit.shown import level_name
from bihuan.registry.access import visible
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on

MANY = 60
"""From so many stations in view on, only those of the city's evaluation carry their number."""
FRESH = timedelta(hours=1)
"""An hour that ended longer ago than this is not the newest any more: the next one is due."""


@dataclass(frozen=True)
class Known:
    """What is known of a station: its index (None: none), its hour and what that lacks, and the hour's end if measured."""

    aqi: float | None = None
    label: str = ""
    end: datetime | None = None

    @property
    def level(self) -> int:
        """Of air quality, 1 to 6; 0 without an index."""
        return 0 if self.aqi is None else level_of(round(self.aqi)).level


@dataclass(frozen=True)
class Station:
    """A station on the map at an hour."""

    site: Site
    known: Known

    @property
    def lon(self) -> float:
        """Degrees, WGS-84."""
        return self.site.lon

    @property
    def lat(self) -> float:
        """Degrees, WGS-84."""
        return self.site.lat

    @property
    def tone(self) -> str:
        """The level of air quality."""
        return f"lv{self.known.level}"


def _stations(view: View) -> Sequence[Station]:
    there = Site.objects.filter(there_on(view.moment.astimezone(CST).date())).select_related("region")
    sites = list(visible(view.inside(there), view.person))
    if view.moment > view.now:
        known = _forecast_at(view.moment - HOUR)
    else:
        known = _index_at(sites, view.moment, exact=view.at is not None)
    return [Station(site, known.get(site.code, Known())) for site in sites]


def _index_at(sites: list[Site], moment: datetime, *, exact: bool) -> dict[str, Known]:
    """Newest index of each site within 3 hours, or of exactly this hour."""
    back = HOUR if exact else air.STALE_AFTER + HOUR
    frame = air.hours([s.code for s in sites], air.whole_hour(moment) - back, air.whole_hour(moment))
    newest = air.arrived(air.indexed(frame)).unique("site", keep="last", maintain_order=True)
    return {
        r["site"]: Known(r["aqi"], _said(r), None if exact else r["start"] + HOUR)
        for r in newest.iter_rows(named=True)
    }


def _said(row: dict[str, Any]) -> str:
    """The hour, and what it lacks where that leaves no index."""
    lacking = air.lacking(row["missing"]) if row["aqi"] is None else ""
    return f"{lacking} {label_of_start(row['start']):%H:%M}".strip()


def _forecast_at(start: datetime) -> dict[str, Known]:
    run = newest_run()
    if run is None:
        return {}
    rows = run.hours.filter((pl.col("item") == "aqi") & (pl.col("start") == start)).drop_nulls("q50")
    label = f"{label_of_start(start):%m-%d %H:%M}"
    return {r["site"]: Known(r["q50"], label) for r in rows.iter_rows(named=True)}


def _station_marks(view: View, stations: Sequence[Station]) -> Iterator[Mark]:
    ranks = {k: _(str(v)) for k, v in Site.Rank.choices}
    levels = [level_name(k) for k in range(1, 7)]
    many = len(stations) > MANY
    for station in stations:
        site, known = station.site, station.known
        index = "" if known.aqi is None else f"{known.aqi:.0f}"
        line = f"AQI {index} {levels[known.level - 1]} {known.label}" if index else known.label
        yield Mark(
            site.lon, site.lat, f"{site.name} {ranks[site.rank]}", line, f"/sites/{site.code}/", station.tone,
            text="" if many and not site.evaluated else index or "—", stale=_stale(known, view.now), simulated=site.simulated,
        )  # fmt: skip


def _stale(known: Known, now: datetime) -> str:
    if not known.label:
        return _("无有效数据")
    if known.end is None or now - known.end <= FRESH:
        return ""
    return _("%(age)s前的数据") % {"age": age_text(now - known.end)}


def _hour(view: View) -> str:
    kind = _("预报（中位数）") if view.moment > view.now else _("实测 AQI")
    return f"{view.moment.astimezone(CST):%m-%d %H:%M} {kind}"


STATIONS = Layer(
    "stations", gettext_lazy("站点 AQI"), _stations, _station_marks, opens=gettext_lazy("打开点位"), note=_hour, timed=True,
    place=10,
)  # fmt: skip
