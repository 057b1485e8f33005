"""How good the forecast was: scores of the frozen runs by lead, month and station, and the monthly report."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.timeaxis import CST, day_start
from bihuan.kit.downloads import WORD, download, download_table
from bihuan.kit.tables import table
from bihuan.registry.access import Asked, visible
from bihuan.registry.forecast_places import names_beside_city, place_key
from bihuan.registry.models import Site
from bihuan.scenarios.forecast.scores import drift, gathering, opinions, splits, tables
from bihuan.scenarios.forecast.scores.report import document

MONTHS_SHOWN = 6
COLUMNS = {
    name: itemgetter(name)
    for name in ("item", "block", "model", "n", "rmse", "mae", "bias", "correlation", "crps", "name")
}


def _stations(request: Asked) -> dict[str, str]:
    """Code and name of the evaluation stations that the person may see."""
    seen = visible(Site.objects.filter(evaluated=True), request.user)
    return dict(seen.order_by("code").values_list("code", "name"))


def _asked(request: Asked, default: str = "recent") -> tuple[str, gathering.Span, dict[str, str]]:
    """Place, span and the places to choose from. A month that is none is not found."""
    places = {place_key(): _("全市"), **names_beside_city(request.user)}
    place = request.GET.get("place", "")
    return place if place in places else place_key(), _span(request.GET.get("span", default)), places


def _span(key: str) -> gathering.Span:
    if key == "recent":
        return gathering.recent(clock.now())
    try:
        return gathering.month_span(key)
    except ValueError as error:
        raise Http404 from error


def index(request: Asked) -> HttpResponse:
    """The page of a place and span."""
    place, span, places = _asked(request)
    found = gathering.gathered(place, span)
    if "as" in request.GET:
        rows = tables.errors(found, ITEM_NAMES) if found else []
        return download_table(request.GET["as"], "forecast-scores", table(COLUMNS, rows))
    months = gathering.months()
    stations, better = tables.by_site(span, _stations(request))
    context: dict[str, Any] = {
        "place": place,
        "places": list(places.items()),
        "span": span.key,
        "months": months,
        "month": span.key if span.key != "recent" else (months[0] if months else None),
        "drift": drift.shown(),
        "by_month": splits.by_month(place, months[:MONTHS_SHOWN]),
        "by_season": splits.by_season(place, months[:MONTHS_SHOWN]),
        "stations": stations,
        "better": better,
        "found": found,
    }
    if found:
        by_weather = splits.by_weather(found)
        context |= {
            "errors": tables.errors(found),
            "comparison": tables.comparison(found),
            "events": tables.events(found),
            "intervals": tables.intervals(found),
            "brier": tables.brier(found),
            "hits": tables.hits(found),
            "opinions": opinions.rows(found),
            "opinion_hours": opinions.hours(found),
            "indicators": tables.indicators(found),
            "episodes": tables.episodes(found),
            "by_weather": by_weather,
            "weathered": any(r["sort"] != splits.SORTS["level"] for r in by_weather),
        }
    return render(request, "forecast/scores.html", context)


def reliability(request: Asked) -> JsonResponse:
    """Points of the reliability diagram of P(PM2.5 > 75), a line for each lead block."""
    place, span, _places = _asked(request)
    found = gathering.gathered(place, span)
    rows = tables.reliability(found) if found else []
    blocks = dict.fromkeys(r["block"] for r in rows)
    lines = [
        {
            "name": f"{block} h",
            "points": [
                [round(r["said"], 3), round(r["happened"], 3), r["n"]] for r in rows if r["block"] == block
            ],
        }
        for block in blocks
    ]
    texts = {"said": _("预报概率"), "happened": _("实际频率"), "ideal": _("完全可靠"), "count": _("次数")}
    return JsonResponse({"lines": lines, "texts": texts})


def daily(request: Asked) -> JsonResponse:
    """RMSE of the first 24 hours by day, a panel for each item: ours and the references."""
    place, span, _places = _asked(request)
    found = gathering.gathered(place, span)
    panels = [_daily_panel(tables.daily(found), item) for item in tables.MAIN] if found else []
    return JsonResponse({"panels": [p for p in panels if p["series"]]})


def _daily_panel(table: pl.DataFrame, item: str) -> dict[str, Any]:
    """Days without a pair are gaps; a day stands at its noon. No series without a day."""
    mine = table.filter(pl.col("item") == item)
    axis = (
        mine.select(pl.date_range(pl.min("day"), pl.max("day"), "1d")) if mine.height else mine.select("day")
    )
    days = axis.to_series().to_list()
    times = [int((day_start(d) + timedelta(hours=12)).timestamp() * 1000) for d in days]
    series = []
    for model, name in gathering.MODELS.items() if days else ():
        of = dict(mine.filter(pl.col("model") == model).select("day", pl.col("rmse").round(1)).iter_rows())
        look = {"accent": model == "ours", "quiet": model == "damped", "dashed": model != "ours"}
        series.append({"name": _(name), "times": times, "data": [of.get(d) for d in days], **look})
    return {"title": BY_NAME[item].label, "unit": BY_NAME[item].unit, "series": series}


def report(request: Asked) -> HttpResponse:
    """The monthly report as Word; the running month up to now."""
    place, span, places = _asked(request, f"{clock.now().astimezone(CST):%Y-%m}")
    if span.key == "recent" or span.first > clock.now():
        raise Http404
    content = document(span, place, places[place], _stations(request))
    return download(content, f"forecast-report-{span.key}.docx", WORD)
