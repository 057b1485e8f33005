"""One station: series with forecast, quality of the last days, evaluation, neighbours, and everything as received."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import instant, whole
from bihuan.cases.models import Finding
from bihuan.domain.places import near as places
from bihuan.domain.quality import quality_strip
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import SHOWN, missing_items
from bihuan.domain.statistics import all_valid, daily_values, period_values, published_days
from bihuan.domain.timeaxis import CST, INSTANT, day_start
from bihuan.kit import air, charts
from bihuan.kit.ages import age_text
from bihuan.kit.downloads import download_table
from bihuan.kit.runs import newest_run
from bihuan.kit.tables import table
from bihuan.registry.access import Asked, visible
from bihuan.registry.decisions import decisions_of
from bihuan.registry.hours import archive, hours_of
from bihuan.registry.models import Person, Site
from bihuan.registry.subjects import there_on

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
TABS = (
    ("series", "曲线"),
    ("evaluation", "评价"),
    ("quality", "质量"),
    ("neighbours", "周边"),
    ("raw", "原始记录"),
)
COLUMNS: dict[str, Callable[[tuple[Site, dict[str, Any] | None]], Any]] = {
    "点位": lambda row: row[0].code, "名称": lambda row: row[0].name, "级别": lambda row: row[0].get_rank_display(),
    "区划": lambda row: row[0].region.name, "AQI": lambda row: row[1] and row[1]["aqi"],
    "缺项": lambda row: row[1] and row[1]["missing"], "模拟": lambda row: "模拟" if row[0].simulated else "",
    "时间": lambda row: row[1] and row[1]["start"] + HOUR,
}  # fmt: skip
"""Of a station and its newest hour with an index, if there is one."""
MOST_RAW = 400
PER_PAGE = 100


def site_for(request: Asked, code: str) -> Site:
    """The station, if the person may see it; 404 otherwise."""
    return get_object_or_404(visible(Site.objects.select_related("region", "city"), request.user), pk=code)


def index(request: Asked) -> HttpResponse:
    """All stations that are there and the person may see, with their newest index."""
    now = clock.now()
    there = Site.objects.filter(there_on(now.astimezone(CST).date())).select_related("region", "city")
    found = visible(there, request.user).order_by("rank", "region_id", "code")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    sites = list(found if "as" in request.GET else page)
    frame = air.indexed(air.hours([s.code for s in sites], air.whole_hour(now) - 6 * HOUR))
    last = air.arrived(frame).unique("site", keep="last", maintain_order=True)
    newest = {r["site"]: r for r in last.iter_rows(named=True)}
    rows = [(s, newest.get(s.code)) for s in sites]
    if "as" in request.GET:
        return download_table(request.GET["as"], "sites", table(COLUMNS, rows))
    return render(request, "air/sites.html", {"rows": rows, "page": page, "count": page.paginator.count})


def detail(request: Asked, code: str) -> HttpResponse:
    """One tab of the station's page."""
    site = site_for(request, code)
    tab = request.GET.get("tab", "series")
    now = clock.now()
    recent = air.indexed(air.hours([code], now - timedelta(days=7)))
    last = air.arrived(recent)
    newest = last.row(-1, named=True) if last.height else None
    maker = {"evaluation": _evaluation, "quality": _quality, "neighbours": _neighbours, "raw": _raw}.get(tab)
    context = {
        "site": site, "tab": tab, "tabs": TABS, "newest": newest, "items": ITEM_NAMES,
        "age": age_text(now - newest["start"] - HOUR) if newest else None,
        "strip": strip(request.user, site, recent, now), **(maker(request, site, now) if maker else {}),
    }  # fmt: skip
    return render(request, "air/site.html", context)


def strip(person: Person, site: Site, recent: pl.DataFrame, now: datetime) -> list[tuple[str, datetime]]:
    """Seven days of hours: (valid, doubtful, excluded or missing; start)."""
    end = air.whole_hour(now)
    doubts = visible(Finding.objects.filter(target=site.code, target_kind="site"), person)
    doubts = doubts.filter(until__gt=end - WEEK).exclude(status="rejected")
    found = pl.DataFrame(
        [(site.code, f.started_at, f.until, f.item) for f in doubts],
        schema={"target": pl.String, "start": INSTANT, "until": INSTANT, "item": pl.String},
        orient="row",
    )
    if recent.is_empty():
        recent = recent.clear(1).with_columns(site=pl.lit(site.code), start=pl.lit(end - WEEK, dtype=INSTANT))
    cells = quality_strip(recent, found, decisions_of([site.code], end - WEEK, end), until=end)
    return [(r["state"], r["start"]) for r in cells.sort("start").iter_rows(named=True)]


def _evaluation(request: Asked, site: Site, now: datetime) -> dict[str, Any]:
    start = day_start(date(now.astimezone(CST).year, 1, 1))
    days = daily_values(hours_of([site.code], start, now, decided=True))
    if days.is_empty():
        return {"days": [], "months": []}
    published = published_days(days, rules=SHOWN).with_columns(missing=missing_items())
    published = published.sort("date", descending=True)
    months = period_values(days, "month")
    months = months.with_columns(pl.when(all_valid()).then("composite").alias("composite"))
    return {"days": published.head(31).to_dicts(), "months": months.to_dicts()}


def _quality(request: Asked, site: Site, now: datetime) -> dict[str, Any]:
    found = visible(Finding.objects.filter(target=site.code, target_kind="site"), request.user)
    return {
        "findings": found[:50],
        "decisions": site.decisions.select_related("reviewer").order_by("-id")[:50],
    }


def _neighbours(request: Asked, site: Site, now: datetime) -> dict[str, Any]:
    return {"near": nearest(site)}


def nearest(site: Site, count: int = 6) -> list[Site]:
    """The real stations nearest to this one, of those that are there today."""
    there = there_on(clock.now().astimezone(CST).date())
    others = list(Site.objects.filter(there, simulated=False).exclude(pk=site.pk).select_related("region"))
    near = places.nearest((site.lon, site.lat), [(s.lon, s.lat) for s in others], count)
    return [others[number] for number, _metres in near]


def _raw(request: Asked, site: Site, now: datetime) -> dict[str, Any]:
    end = air.whole_hour(now)
    rows = archive().ambient.history(site.code, end - timedelta(days=3), end)
    rows = rows.filter(pl.col("received") <= now).sort("start", "received", descending=True).head(MOST_RAW)
    return {"raw": rows.to_dicts()}


def chart_around(code: str, item: str, moment: datetime) -> str:
    """The address of a station's chart around a moment: of an item, else of PM2.5."""
    asked = urlencode({"until": int(moment.timestamp()), "items": item or "pm25"})
    return f"{reverse('site_series', args=[code])}?{asked}"


def series(request: Asked, code: str) -> JsonResponse:
    """Panels of a station: 72 h back with forecast bands; `items`, `until` (s), `days`, `near=1` for the neighbours' median."""
    site = site_for(request, code)
    now = clock.now()
    moment = min(instant(request, "until") or now, now)
    days = whole(request, "days", 3, low=1, high=31)
    end = air.whole_hour(moment) + (0 if moment == now else 6) * HOUR
    end = min(end, air.whole_hour(now))
    frame = air.full_axis(
        air.indexed(air.hours([code], end - days * 24 * HOUR, end)), end - days * 24 * HOUR, end
    )
    items = [i for i in request.GET.get("items", ",".join(ITEM_NAMES)).split(",") if i in ITEM_NAMES] or [
        "pm25"
    ]
    run = newest_run() if moment == now else None
    near = _median_of_near(site, end - days * 24 * HOUR, end) if request.GET.get("near") else None
    panels = []
    for item in items:
        lines = [charts.observed(frame, item, site.name)]
        if near is not None and item in near.columns:
            lines.append({**charts.observed(near, item, _("周边中位数")), "quiet": True})
        panels.append(charts.panel(item, now, lines, charts.fan(run, code, item) if run else None))
    return JsonResponse(
        {"now": int(now.timestamp() * 1000), "panels": panels, "times": charts.millis(frame["start"])}
    )


def _median_of_near(site: Site, start: datetime, end: datetime) -> pl.DataFrame:
    near = [s.code for s in nearest(site)]
    rows = air.hours(near, start, end).group_by("start").agg(pl.col(i).median() for i in ITEM_NAMES)
    return air.full_axis(rows, start, end)
