"""Layers that every city has: stations at an hour, plants of the reduction list, open cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.cases.models import Case
from bihuan.cases.transitions import UNFINISHED
from bihuan.domain.standards import level_of
from bihuan.domain.timeaxis import CST, HOUR, label_of_start
from bihuan.kit import air
from bihuan.kit.ages import age_text
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.kit.runs import newest_run
from bihuan.kit.shown import level_name
from bihuan.registry.access import visible
from bihuan.registry.models import Emitter, Site
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


def _emitters(view: View) -> list[Keyed]:
    plants = visible(view.inside(Emitter.objects.filter(kind=Emitter.Kind.PLANT)), view.person)
    return list(starmap(Keyed, plants.order_by().values_list("pk", "lon", "lat")))


def _emitter_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    for row in Emitter.objects.in_bulk([spot.pk for spot in spots]).values():
        line = f"{row.industry} · {_('绩效')} {row.grade}"
        yield Mark(row.lon, row.lat, row.name, line, f"/units/{row.code}/", simulated=row.simulated)


def _cases(view: View) -> list[Keyed]:
    cases = visible(view.inside(Case.objects.filter(state__in=UNFINISHED)), view.person)
    rows = cases.order_by("-pk").values_list("pk", "lon", "lat", "due")
    return [
        Keyed(pk, lon, lat, "bad" if due and due < view.now else "warn")
        for pk, lon, lat, due in rows
        if lon is not None and lat is not None
    ]


def _case_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    known = Case.objects.in_bulk([spot.pk for spot in spots])
    for spot in spots:
        if (row := known.get(spot.pk)) is None:
            continue
        line = f"{row.number} · {_(row.get_state_display())}"
        overdue = f" · {_('超期')}" if spot.tone == "bad" else ""
        yield Mark(
            spot.lon, spot.lat, row.title, line + overdue, f"/cases/{row.number}/", spot.tone, simulated=row.simulated
        )  # fmt: skip


LAYERS: tuple[Layer[Any], ...] = (
    Layer("stations", gettext_lazy("站点 AQI"), _stations, _station_marks, opens=gettext_lazy("打开点位"), note=_hour, timed=True),
    Layer("emitters", gettext_lazy("企业"), _emitters, _emitter_marks, "triangle", gettext_lazy("打开单位"), shown=False),
    Layer("cases", gettext_lazy("问题"), _cases, _case_marks, "pin", gettext_lazy("打开问题")),
)  # fmt: skip
