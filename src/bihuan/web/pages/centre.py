"""The centre: how bad now, what will be, what to do. One page for the whole duty."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.cases import statistics
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.kit import air, charts
from bihuan.kit.runs import newest_run
from bihuan.registry.access import Asked, visible
from bihuan.registry.forecast_places import place_key
from bihuan.registry.models import Person, Site
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.resolved import every_scenario
from bihuan.web import incident_list, judging_forms
from bihuan.web.centre_air import BACK, CityAir, city_air

NEW_ONES = 8
"""New incidents shown on the page."""


def page(request: Asked) -> HttpResponse:
    """The whole page."""
    now = clock.now()
    shared = city_air(now)
    context = {
        "present": shared.present,
        "stations": station_rows(request.user, shared),
        "evaluated": len(shared.stations),
        "counts": statistics.counts(request.user, now),
        "new_incidents": incident_list.newest(request.user, NEW_ONES, now),
        "days": shared.days,
        "published": resolved_forecasts.published(f"city:{shared.city.code}" if shared.city else "", now),
        "score": shared.score,
        **judging_forms.context(request),
        "panels": panels(request),
        "city": shared.city,
    }
    return render(request, "web/centre.html", context)


def station_rows(person: Person, shared: CityAir) -> list[dict[str, Any]]:
    """Evaluation stations that the person may see, worst first; those without an index come last."""
    sites = visible(Site.objects.filter(evaluated=True).select_related("region"), person)
    rows = [{"site": site, **shared.stations[site.code]} for site in sites if site.code in shared.stations]
    return sorted(rows, key=lambda r: (r["aqi"] is None, -(r["aqi"] or 0)))


def panels(request: Asked) -> dict[str, list[str]]:
    """What the scenarios show on this page, by place."""
    found: dict[str, list[str]] = {}
    for panel in (p for s in every_scenario().values() for p in s.panels):
        html = render_to_string(panel.template, dict(panel.context(request)), request)
        found.setdefault(panel.column, []).append(html)
    return found


def timeline(request: Asked) -> JsonResponse:
    """72 h back, now, 72 h forward: the city's PM2.5 (or ?item=)."""
    now = clock.now()
    item = request.GET.get("item", "pm25")
    if item not in ITEM_NAMES:
        raise BadQuestion(
            _("没有因子 %(item)s；可选 %(items)s") % {"item": item[:40], "items": "、".join(ITEM_NAMES)}
        )
    end = air.whole_hour(now)
    frame = air.full_axis(air.city(air.hours(air.evaluated(end - BACK), end - BACK)), end - BACK, end)
    run = newest_run()
    fanned = charts.fan(run, place_key(), item) if run else None
    axis = charts.millis(frame["start"]) + (fanned[1]["times"] if fanned else [])
    spec = charts.panel(item, now, [charts.observed(frame, item, _("全市"))], fanned)
    return JsonResponse(
        {"now": int(now.timestamp() * 1000), "nowLabel": _("现在"), "times": axis, "panels": [spec]}
    )
