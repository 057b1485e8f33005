"""The map of the centre: stations at an hour, emitters, open cases, boundaries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.conf import settings
from django.http import FileResponse, JsonResponse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import instant
from bihuan.cases.models import Case
from bihuan.cases.transitions import UNFINISHED
from bihuan.domain.standards import level_of
from bihuan.domain.timeaxis import CST, label_of_start
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Emitter, Site
from bihuan.web import air
from bihuan.web.templatetags.show import level_name

HOUR = timedelta(hours=1)
MANY = 60
GEOJSON = "application/geo+json"


def map_data(request: Asked) -> JsonResponse:
    """Stations, emitters and open cases that the person may see; `at` (ms, hour label) shows another hour."""
    now = clock.now()
    at = instant(request, "at", per_second=1000)
    moment = at or now
    forward = moment > now
    sites = list(visible(Site.objects.select_related("region"), request.user))
    index = _forecast_at(moment - HOUR) if forward else _index_at(sites, moment, exact=at is not None)
    note = f"{moment.astimezone(CST):%m-%d %H:%M} {_('预报（中位数）') if forward else _('实测 AQI')}"
    words = Words.now()
    data = {
        "note": note,
        "stations": [_station(s, index.get(s.code), words, many=len(sites) > MANY) for s in sites],
        "emitters": [_emitter(e) for e in visible(Emitter.objects.filter(kind="plant"), request.user)],
        "cases": [
            _case(c)
            for c in visible(Case.objects.filter(state__in=UNFINISHED, lon__isnull=False), request.user)[:200]
        ],
    }
    return JsonResponse(data)


def _index_at(sites: list[Site], moment: datetime, *, exact: bool) -> dict[str, tuple[float | None, str]]:
    """Newest index of each site within 3 hours (or of exactly this hour), with its label; None where it lacks items."""
    back = HOUR if exact else air.STALE_AFTER + HOUR
    frame = air.hours([s.code for s in sites], air.whole_hour(moment) - back, air.whole_hour(moment))
    newest = air.arrived(air.indexed(frame)).unique("site", keep="last", maintain_order=True)
    return {r["site"]: (r["aqi"], _said(r)) for r in newest.iter_rows(named=True)}


def _said(row: dict[str, Any]) -> str:
    """The hour, and what it lacks where that leaves no index."""
    lacking = air.lacking(row["missing"]) if row["aqi"] is None else ""
    return f"{lacking} {label_of_start(row['start']):%H:%M}".strip()


def _forecast_at(start: datetime) -> dict[str, tuple[float | None, str]]:
    run = air.newest_run()
    if run is None:
        return {}
    rows = run.hours.filter((pl.col("item") == "aqi") & (pl.col("start") == start))
    return {
        r["site"]: (r["q50"], f"{label_of_start(start):%m-%d %H:%M}")
        for r in rows.iter_rows(named=True)
        if r["q50"] is not None
    }


@dataclass(frozen=True)
class Words:
    """The words of station cards, looked up once for a thousand stations."""

    open: str
    none: str
    levels: list[str]
    ranks: dict[str, str]

    @classmethod
    def now(cls) -> "Words":
        """In the language of the request."""
        levels = ["", *(level_name(k) for k in range(1, 7))]
        return cls(_("打开点位"), _("无有效数据"), levels, {k: _(str(v)) for k, v in Site.Rank.choices})


def _station(
    site: Site, known: tuple[float | None, str] | None, words: Words, *, many: bool
) -> dict[str, Any]:
    aqi, label = known or (None, "")
    level = level_of(round(aqi)).level if aqi is not None else None
    line = (
        f"AQI {aqi:.0f} {words.levels[level]} {label}" if aqi is not None and level else label or words.none
    )
    return {
        "at": [site.lon, site.lat], "name": f"{site.name} {words.ranks[site.rank]}", "line": line, "level": level,
        "text": f"{aqi:.0f}" if aqi is not None else "—", "url": f"/sites/{site.code}/", "open": words.open,
        "minor": many and not site.evaluated, "simulated": site.simulated, "stale": aqi is None,
    }  # fmt: skip


def _emitter(emitter: Emitter) -> dict[str, Any]:
    line = f"{emitter.industry} · {_('绩效')} {emitter.grade}"
    return {
        "at": [emitter.lon, emitter.lat],
        "name": emitter.name,
        "line": line,
        "url": f"/units/{emitter.code}/",
        "open": _("打开单位"),
        "simulated": emitter.simulated,
    }


def _case(case: Case) -> dict[str, Any]:
    line = f"{case.number} · {_(case.get_state_display())}"
    return {
        "at": [case.lon, case.lat],
        "name": case.title,
        "line": line,
        "url": f"/cases/{case.number}/",
        "open": _("打开问题"),
        "simulated": case.simulated,
    }


def boundary(request: Asked) -> FileResponse | JsonResponse:
    """County boundaries of the installation, for orientation; none where it was given none."""
    path = settings.DATA_DIR / "boundary.geojson"
    if not path.is_file():
        return JsonResponse({"type": "FeatureCollection", "features": []}, content_type=GEOJSON)
    return FileResponse(path.open("rb"), content_type=GEOJSON)
