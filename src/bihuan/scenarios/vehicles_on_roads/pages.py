"""重点路段管控: roads on a mean day with their hours, one road, what an order could save, and the press that puts a road into the reduction list."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import BadQuestion, day_of, whole
from bihuan.domain.vehicles import fuels, stages
from bihuan.domain.vehicles.decisions import LEVELS
from bihuan.domain.vehicles.traffic.factors import ROWS
from bihuan.domain.vehicles.traffic.roads import HOURS
from bihuan.kit.downloads import download_book, download_table
from bihuan.kit.forms import acted
from bihuan.kit.spans import today
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Emitter
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicles_on_roads import tables
from bihuan.scenarios.vehicles_on_roads.enlisting import code_of, enlist, may_enlist
from bihuan.scenarios.vehicles_on_roads.settings import in_force
from bihuan.scenarios.vehicles_on_roads.view import (  # fmt: skip
    DAY,
    WEEK,
    Line,
    Suggestion,
    Whole,
    roads_seen,
    whole_of,
)

HOTTEST, MOST_DAYS, STEPS = 10, 31, 5


def _until(request: Asked) -> date:
    """The last day asked for; yesterday without one, as today is not over. Raises BadQuestion."""
    text = request.GET.get("until", "")
    if not text:
        return today() - DAY
    try:
        return day_of(text)
    except ValueError as error:
        raise BadQuestion(_("%(text)s 不是日期，写成 2019-01-10") % {"text": text[:20]}) from error


def _whole(request: Asked, code: str = "") -> tuple[Whole, date, int]:
    until, days = _until(request), whole(request, "days", WEEK, low=1, high=MOST_DAYS)
    seen = roads_seen(request.user, until)
    if code and code not in seen:
        raise Http404
    return whole_of({code: seen[code]} if code else seen, until, days, clock.now()), until, days


def heat(value: float | None, most: float) -> int:
    """How warm a cell is drawn: 0 to STEPS; 0 is nothing, or not known."""
    return 0 if not value or not most else max(1, round(value / most * STEPS))


def _cells(line: Line, most: float) -> list[dict[str, Any]]:
    return [{"hour": h, "until": h + 1, "heat": heat(line.dense_at(h), most), **line.hours[h]} for h in HOURS]


def _most(found: Whole) -> float:
    """kg of NOx per km in the hottest hour of all roads: long and short ones are compared by it."""
    return max((line.dense_at(h) or 0.0 for line in found.lines for h in HOURS), default=0.0)


def _told(found: list[Suggestion]) -> list[tuple[Suggestion, str]]:
    return [(s, LEVELS[s.level]) for s in found]


def index(request: Asked) -> HttpResponse:
    """All roads, the hottest hours, the suggestions; as CSV the roads, as Excel all."""
    found, until, days = _whole(request)
    name = _("重点路段管控 %(span)s") % {"span": found.span}
    if kind := request.GET.get("as", ""):
        return (
            download_book(name, *tables.sheets(found))
            if kind == "xlsx"
            else download_table(kind, name, tables.lines(found))
        )
    most = _most(found)
    units = Emitter.objects.filter(pk__in=[code_of(x.road) for x in found.lines])
    listed = set(visible(units, request.user).values_list("pk", flat=True))
    context = {
        "whole": found, "until": until, "days": days, "lines": [(x, _cells(x, most)) for x in found.lines], "hours": list(HOURS), "most": most,
        "hottest": found.hottest(HOTTEST), "suggestions": [(s, title, code_of(s.road) in listed) for s, title in _told(found.suggestions)],
        "steps": range(1, STEPS + 1), "rules": in_force(), "may_enlist": may_enlist(request.user), "routes": _routes(request),
    }  # fmt: skip
    return render(request, "vehicles_on_roads/index.html", context)


def _routes(request: Asked) -> int:
    """How many units that the person may see have a route."""
    return visible(VehicleUser.objects.exclude(haul_routes=None), request.user).distinct().count()


def road(request: Asked, code: str) -> HttpResponse:
    """One road: its hours, the units that use it, fuels and stages, what an order could save."""
    found, until, days = _whole(request, code)
    line = next(iter(found.lines), None)
    most = _most(found)
    context = {
        "whole": found, "until": until, "days": days, "road": found.known[code], "line": line, "cells": _cells(line, most) if line else [],
        "units": _units(request, found), "kinds": [(_fuel(r["fuel"]), _stage(r["stage"]), r) for r in found.parts("fuel", "stage")],
        "suggestions": _told(found.suggestions), "may_enlist": may_enlist(request.user), "rules": in_force(), "factors": [(_fuel(r["group"]), _stage(r["stage"]), r) for r in ROWS],
        "listed": visible(Emitter.objects.filter(pk=code_of(found.known[code])), request.user).first(),
    }  # fmt: skip
    return render(request, "vehicles_on_roads/road.html", context)


def _units(request: Asked, found: Whole) -> list[dict[str, Any]]:
    """Units that use the road, those that the person may not see without their name."""
    seen = visible(VehicleUser.objects.all(), request.user).in_bulk()
    total = found.total["nox_kg"]
    return [
        {"unit": seen.get(r["unit"]), "share": r["nox_kg"] / total if total and r["nox_kg"] is not None else None, **{k: r[k] for k in ("vehicles", "unknown", "nox_kg")}}
        for r in found.parts("unit")
    ]  # fmt: skip


def _fuel(code: str | None) -> str:
    return fuels.FUELS[code].title if code else "不明"


def _stage(code: str | None) -> str:
    return stages.TITLES[code] if code else "不明"


@require_POST
def listing(request: Asked, code: str) -> HttpResponse:
    """Put a road into the reduction list by the last week."""
    until = today() - DAY
    seen = roads_seen(request.user, until)
    if code not in seen:
        raise Http404

    def act() -> str:
        found = whole_of({code: seen[code]}, until, WEEK, clock.now())
        made = enlist(seen[code], found, request.user, request)
        return _("已列入减排清单：%(unit)s") % {"unit": made.name}

    return acted(request, reverse("vehicles_on_roads:road", args=[code]), act)


urlpatterns = [
    path("", index, name="index"),
    path("at/<str:code>/", road, name="road"),
    path("at/<str:code>/list/", listing, name="list"),
]
