"""The centre: how bad now, what will be, what to do. One page for the whole duty."""

import json
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import polars as pl
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.cases import statistics
from bihuan.cases.models import Finding
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import level_of
from bihuan.registry.access import Asked, visible
from bihuan.registry.city import evaluated_city
from bihuan.registry.models import Person, Site
from bihuan.scenarios import FOLDER, scenario_names, voices
from bihuan.web import air, charts
from bihuan.web.templatetags.show import level_name

HOUR = timedelta(hours=1)
BACK = timedelta(hours=72)


def page(request: Asked) -> HttpResponse:
    """The whole page."""
    now = clock.now()
    codes = air.evaluated()
    frame = air.hours(codes, air.whole_hour(now) - BACK - HOUR)
    context = {
        "present": present(frame, now),
        "stations": station_rows(request.user, frame, now),
        "counts": statistics.counts(request.user, now),
        "new_findings": visible(Finding.objects.select_related("region"), request.user).filter(status="new")[
            :8
        ],
        "days": day_rows(),
        "published": voices.published(place_key(), now),
        "score": yesterday_score(frame),
        "panels": panels(request),
        "bounds": bounds(),
        "city": evaluated_city(),
    }
    return render(request, "web/centre.html", context)


def place_key() -> str:
    """The city's key in forecasts."""
    region = evaluated_city()
    return f"city:{region.code}" if region else ""


def present(frame: pl.DataFrame, now: datetime) -> dict[str, Any] | None:
    """The city now: index, level, primary item, trend, what the last forecast said of this hour."""
    rows = air.arrived(air.city(frame)) if frame.height else frame
    if not rows.height:
        return None
    last = rows.row(-1, named=True)
    item = {"PM2.5": "pm25", "PM10": "pm10", "O3": "o3", "NO2": "no2", "SO2": "so2", "CO": "co"}.get(
        (last["primary"] or "PM2.5").split(",")[0], "pm25"
    )
    before = {r["start"]: r[item] for r in rows.iter_rows(named=True)}
    return {
        "start": last["start"],
        "aqi": last["aqi"],
        "level": level_of(last["aqi"]).level if last["aqi"] is not None else None,
        "lacking": air.lacking(last["missing"]),
        "primary": last["primary"],
        "item": item,
        "value": last[item],
        "trend": _difference(last[item], before.get(last["start"] - 3 * HOUR)),
        "yesterday": _difference(last[item], before.get(last["start"] - 24 * HOUR)),
        "said": _said(item, last["start"]),
        "age": air.span(now - last["start"] - HOUR),
        "stale": now - last["start"] - HOUR > air.STALE_AFTER,
    }


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _said(item: str, start: datetime) -> dict[str, float] | None:
    """What the last run issued before this hour said of it."""
    for run_id in air.forecasts().runs(start, limit=1):
        rows = air.load_run(run_id).hours.filter(
            (pl.col("site") == place_key()) & (pl.col("item") == item) & (pl.col("start") == start)
        )
        return rows.row(0, named=True) if rows.height else None
    return None


def station_rows(person: Person, frame: pl.DataFrame, now: datetime) -> list[dict[str, Any]]:
    """Evaluation stations that the person may see, worst first, with a day's line; those without an index come last."""
    sites = {s.code: s for s in visible(Site.objects.filter(evaluated=True).select_related("region"), person)}
    rows = air.indexed(frame.filter(pl.col("site").is_in(list(sites))))
    end = air.whole_hour(now)
    found = []
    for code, site in sites.items():
        own = rows.filter(pl.col("site") == code)
        day = air.full_axis(own, end - 24 * HOUR, end)
        last = air.arrived(own)
        newest = last.row(-1, named=True) if last.height else None
        age = now - newest["start"] - HOUR if newest else None
        found.append(
            {
                "site": site,
                "aqi": newest["aqi"] if newest and age is not None and age <= timedelta(hours=24) else None,
                "lacking": air.lacking(newest["missing"]) if newest and newest["aqi"] is None else "",
                "age": air.span(age) if age is not None else None,
                "stale": age is None or age > air.STALE_AFTER,
                "line": day["aqi"].to_list(),
            }
        )
    return sorted(found, key=lambda r: (r["aqi"] is None, -(r["aqi"] or 0)))


def day_rows() -> list[dict[str, Any]]:
    """Days of the newest forecast for the city: range, chances by level, primary item."""
    run = air.newest_run()
    if run is None:
        return []
    aqi = run.days.filter((pl.col("site") == place_key()) & (pl.col("item") == "aqi")).sort("date")
    primary = (
        run.members.filter(pl.col("site") == place_key())
        .group_by("date", "primary")
        .len()
        .sort("len", descending=True)
        .unique("date", keep="first")
    )
    names = dict(primary.select("date", "primary").iter_rows())
    rows = []
    for r in aqi.iter_rows(named=True):
        chances = [(k, r[f"p{k}"]) for k in range(1, 7)]
        said = _("、").join(
            f"{level_name(k)} {p:.0%}" for k, p in sorted(chances, key=lambda c: -c[1])[:2] if p >= 0.05
        )
        rows.append(
            {
                **r,
                "chances": [(k, p, f"{p * 100:.1f}") for k, p in chances if p > 0],
                "said": said,
                "primary": names.get(r["date"], ""),
            }
        )
    return rows[:5]


def yesterday_score(frame: pl.DataFrame) -> dict[str, Any] | None:
    """The forecast issued a day ago against what came: level hit and difference of PM2.5."""
    rows = air.city(frame).drop_nulls("pm25") if frame.height else frame
    now = clock.now()
    runs = air.forecasts().runs(now - 24 * HOUR, limit=1)
    if not rows.height or not runs:
        return None
    said = air.load_run(runs[0]).hours.filter(
        (pl.col("site") == place_key()) & (pl.col("item") == "pm25") & (pl.col("lead") <= 24)
    )
    both = said.join(rows.select("start", "pm25"), on="start")
    if both.height < 12:
        return None
    inside = both.select(
        ((pl.col("pm25") >= pl.col("q05")) & (pl.col("pm25") <= pl.col("q95"))).mean()
    ).item()
    return {"bias": both.select((pl.col("mean") - pl.col("pm25")).mean()).item(), "inside": inside}


def panels(request: Asked) -> dict[str, list[str]]:
    """What the scenarios show on this page, by place."""
    found: dict[str, list[str]] = {}
    for name in scenario_names():
        if not (FOLDER / name / "pages.py").exists():
            continue
        for place, template, context in getattr(
            import_module(f"bihuan.scenarios.{name}.pages"), "PANELS", ()
        ):
            found.setdefault(place, []).append(render_to_string(template, context(request), request))
    return found


def bounds() -> str:
    """The box of the evaluation stations with some room, for the map."""
    sites = list(Site.objects.filter(evaluated=True).values_list("lon", "lat"))
    if not sites:
        return "[[112.9,37.6],[114.1,38.5]]"
    lons, lats = zip(*sites, strict=True)
    return json.dumps([[min(lons) - 0.35, min(lats) - 0.2], [max(lons) + 0.35, max(lats) + 0.3]])


def timeline(request: Asked) -> JsonResponse:
    """72 h back, now, 72 h forward: the city's PM2.5 (or ?item=)."""
    now = clock.now()
    item = request.GET.get("item", "pm25")
    if item not in ITEM_NAMES:
        raise BadQuestion(
            _("没有因子 %(item)s；可选 %(items)s") % {"item": item[:40], "items": "、".join(ITEM_NAMES)}
        )
    end = air.whole_hour(now)
    frame = air.full_axis(air.city(air.hours(air.evaluated(), end - BACK)), end - BACK, end)
    run = air.newest_run()
    fanned = charts.fan(run, place_key(), item) if run else None
    axis = air.millis(frame["start"]) + (fanned[1]["times"] if fanned else [])
    spec = charts.panel(item, now, [charts.observed(frame, item, _("全市"))], fanned)
    return JsonResponse(
        {"now": int(now.timestamp() * 1000), "nowLabel": _("现在"), "times": axis, "panels": [spec]}
    )
