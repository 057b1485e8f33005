"""Pages: the desk, a bulletin and what may be done with it; those of guidance stand in a module of their own."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.archive.forecasts import Run, RunError
from bihuan.cases.errors import IllegalMove
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.kit.downloads import download
from bihuan.kit.forms import acted
from bihuan.kit.tables import EXCEL
from bihuan.registry.access import Asked
from bihuan.registry.forecast_places import places_of
from bihuan.registry.log import last_entry
from bihuan.scenarios.forecast_desk import actions, bulletin_form, chart, exchange, members, phrases, run_view
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.bulletin_form import BadContent, read
from bihuan.scenarios.forecast_desk.guidance_pages import guidance, guidance_file, guidance_raw
from bihuan.scenarios.forecast_desk.items import LABELS
from bihuan.scenarios.forecast_desk.machine import adjusted_hours
from bihuan.scenarios.forecast_desk.models import Act, Bulletin
from bihuan.scenarios.forecast_desk.other_forecasts import earlier_run, standing
from bihuan.scenarios.forecast_desk.settings import may_make


def index(request: Asked) -> HttpResponse:
    """The desk."""
    return _desk(request, request.GET.dict())


def _desk(request: Asked, said: dict[str, str], typed: QueryDict | None = None) -> HttpResponse:
    place, run, places = run_view.asked(request.user, said)
    if place is None or run is None:
        return render(request, "forecast_desk/index.html", {"place": place, "places": places, "run": None})
    now, main = clock.now(), phrases.main_item(run, place.key)
    item = said.get("item", "aqi")
    item = item if item in LABELS else "aqi"
    versions = run_view.versions(request.user, place.key)
    others = guidances.latest_for(place.key, now)
    shown = members.rows(run, place.key, "o3_8h" if item == "o3" else item, others)
    shown += [members.person_row(v.content, str(v), item) for v in versions[:1]]
    base = next((v for v in versions if str(v.pk) == said.get("from")), None)
    context = {
        "place": place,
        "places": places,
        "run": run,
        "runs": run_view.run_times(now),
        "item": item,
        "table": [r for r in shown if r.cells],
        "dates": sorted({d for r in shown[:1] for d in r.cells}),
        "main": main,
        "curve": main if item == "aqi" else "o3" if item == "o3_8h" else item,
        "lines": phrases.lines(run, place.key, earlier_run(run.run_id, run_view.store())),
        "reasons": run_view.reasons(run, place.key, main),
        "similar": run_view.similar(run, place.key),
        "versions": [(v, actions.state_name(v)) for v in versions],
        "standing": standing(place.key, now),
        "may_make": may_make(request.user, place.region),
        "form": bulletin_form.form_rows(run, place.key, typed, base),
        "periods": bulletin_form.periods(typed, base),
        "reason": typed.get("reason", "") if typed is not None else base.reason if base else "",
        "others": others,
        **bulletin_form.choices(),
    }
    return render(request, "forecast_desk/index.html", context, status=400 if typed is not None else 200)


def series(request: Asked) -> JsonResponse:
    """The chart of one item: measured (later hours too, for a past run), combination, persistence, similar days."""
    place, run, _places = run_view.asked(request.user, request.GET.dict())
    item = request.GET.get("item", "pm25")
    item = item if item in ITEM_NAMES else "pm25"
    if place is None or run is None:
        return JsonResponse({"panels": []})
    known = members.measured(
        place.key, run.issued - run_view.BACK, min(clock.now(), run.issued + run_view.BACK)
    )
    panel = chart.panel(run, place.key, item, known, run_view.versions(request.user, place.key))
    return JsonResponse(
        {"now": int(run.issued.timestamp() * 1000), "nowLabel": _("起报"), "times": [t for s in panel["series"][:2] for t in s["times"]], "panels": [panel]}
    )  # fmt: skip


@require_POST
def propose(request: Asked, key: str) -> HttpResponse:
    """Freeze a new version from the form."""
    place = next((p for p in places_of(request.user) if p.key == key), None)
    if place is None:
        raise Http404
    run = run_view.run_of(request.POST.get("run", ""))
    if run is None:
        raise Http404
    try:
        content = read(request.POST.dict(), run, place.key)
        made = actions.propose(place, run, content, request.user, request.POST.get("reason", ""))
    except (BadContent, IllegalMove) as error:
        messages.error(request, str(error))
        return _desk(request, {"place": key, "run": run.run_id}, request.POST)
    messages.success(request, _("已提交 %(what)s，等待另一人审签") % {"what": made})
    return redirect("forecast_desk:bulletin", made.pk)


def bulletin(request: Asked, pk: int) -> HttpResponse:
    """One version as it was frozen; `as=xlsx` takes it away."""
    found = actions.bulletin_for(request.user, pk)
    if request.GET.get("as") == "xlsx":
        return download(
            exchange.workbook(found, actions.state_name(found)), f"bulletin-{found.pk}.xlsx", EXCEL
        )
    acts = [(k, Act.Kind(k).label, actions.why_not(found, k, request.user)) for k in actions.AFTER]
    context = {
        "b": found,
        "state": actions.state_name(found),
        "intact": actions.intact(found),
        "entry": last_entry(found),
        "days": _beside(found),
        "hours": found.content["hours"],
        "adjusted": _adjusted(found),
        "acts": found.acts.filter(at__lte=clock.now()).select_related("by"),
        "may": [a for a in acts if not a[2]],
        "may_not": [a for a in acts if a[2]],
        **bulletin_form.choices(),
    }
    return render(request, "forecast_desk/bulletin.html", context)


def _beside(found: Bulletin) -> list[dict[str, Any]]:
    """Each day: the person's AQI and items with the machine's beside them."""
    machine = {(r["date"], r["item"]): r for r in found.machine}
    days = []
    for day in found.content["days"]:
        cells = [
            (i, day["aqi"] if i == "aqi" else day["items"].get(i), machine.get((day["date"], i)))
            for i in bulletin_form.COLUMNS
        ]
        days.append({**day, "date": datetime.fromisoformat(day["date"]).date(), "cells": cells, "machine_primary": machine.get((day["date"], "aqi"), {}).get("primary", "")})  # fmt: skip
    return days


def _adjusted(found: Bulletin) -> list[dict[str, Any]]:
    """Each adjusted period in words: mean of the machine's hours and of the person's, None where the run is gone."""
    try:
        run = run_view.store().load(found.run_id) if found.content["hours"] else None
    except RunError:
        run = None
    return [_period(period, found, run) for period in found.content["hours"]]


def _period(period: dict[str, Any], found: Bulletin, run: Run | None) -> dict[str, Any]:
    first, until = (datetime.fromisoformat(period[k]) for k in ("first", "until"))
    means: dict[str, Any] = {}
    if run is not None:
        hours = adjusted_hours(run, found.place, found.content["hours"]).filter(item=period["item"])
        inside = hours.filter(hours["start"].is_between(first, until, closed="left"))
        means = {voice: inside[voice].mean() for voice in ("machine", "person")}
    named = {"label": LABELS[period["item"]], "unit": BY_NAME[period["item"]].unit}
    return {**period, **named, "first": first, "until": until, **means}


@require_POST
def act(request: Asked, pk: int, kind: str) -> HttpResponse:
    """Approve, send back, publish or withdraw."""
    found = actions.bulletin_for(request.user, pk)
    if kind not in actions.AFTER:
        raise Http404

    def do() -> str:
        done = actions.act(found, kind, request.user, request.POST.get("note", ""))
        return _("已%(what)s：%(which)s") % {"what": _(done.get_kind_display()), "which": found}

    return acted(request, reverse("forecast_desk:bulletin", args=[pk]), do)


urlpatterns = [
    path("", index, name="index"),
    path("series/", series, name="series"),
    path("guidance/", guidance, name="guidance"),
    path("guidance/<int:pk>/", guidance_file, name="guidance_file"),
    path("guidance/<int:pk>/raw/", guidance_raw, name="guidance_raw"),
    path("bulletin/<int:pk>/", bulletin, name="bulletin"),
    path("bulletin/<int:pk>/<str:kind>/", act, name="act"),
    path("<str:key>/propose/", propose, name="propose"),
]
