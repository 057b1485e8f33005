"""The forecast: fans by item, days, scores beside persistence, and every run as it was frozen."""

from datetime import timedelta
from typing import Any

import polars as pl
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.forecasts import Run
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Site
from bihuan.scenarios import voices
from bihuan.web import air, charts, score_drift, score_tables, scores
from bihuan.web.pages.centre import place_key
from bihuan.web.tables import answer_table

BACK = timedelta(hours=72)
PAST_RUNS = 40


def places(request: Asked, run: Run | None) -> list[tuple[str, str]]:
    """(key, name) of the city and of the stations that the person may see."""
    names = dict(visible(Site.objects.all(), request.user).values_list("code", "name"))
    have = run.hours["site"].unique().to_list() if run else []
    return [(place_key(), _("全市")), *sorted((k, names[k]) for k in have if k in names)]


def chosen(request: Asked) -> Run | None:
    """The run that is asked for, else the newest."""
    run_id = request.GET.get("run")
    return air.load_run(run_id) if run_id else air.newest_run()


def index(request: Asked) -> HttpResponse:
    """The page for a place."""
    run = chosen(request)
    options = places(request, run)
    place = request.GET.get("place", "")
    place = place if place in dict(options) else place_key()
    days = run.days.filter(pl.col("site") == place).sort("date", "item") if run else None
    if run is not None and "as" in request.GET:
        rows = run.hours.filter(pl.col("site") == place).to_dicts()
        return answer_table(request.GET["as"], "forecast", rows)
    context = {
        "run": run,
        "place": place,
        "places": options,
        "days": by_day(days) if days is not None else [],
        "runs": air.forecasts().runs(clock.now(), limit=PAST_RUNS),
        **_scored(place),
        "changed": changed(run, place) if run else None,
        "why": voices.why(run.run_id, place) if run else [],
        "published": voices.published(place, clock.now()) if not request.GET.get("run") else None,
        "items": ITEM_NAMES,
    }
    return render(request, "web/forecast.html", context)


def _scored(place: str) -> dict[str, Any]:
    """The scores of the last 14 days in short, and the watch on drift."""
    found = scores.gathered(place, scores.recent(clock.now()))
    if found is None:
        return {"drift": score_drift.findings(), "scores": [], "levels": []}
    inside = {(r["item"], r["block"]): r["inside"] for r in score_tables.intervals(found)}
    rows = score_tables.errors(found)
    for row in rows:
        row["inside"] = inside.get((row["item"], row["block"])) if row["model"] == "ours" else None
    return {"drift": score_drift.findings(), "scores": rows, "levels": score_tables.hits(found)}


def by_day(days: pl.DataFrame) -> list[dict[str, Any]]:
    """One row per day with a cell for every item."""
    found: dict[Any, dict[str, Any]] = {}
    for r in days.iter_rows(named=True):
        row = found.setdefault(r["date"], {"date": r["date"], "cells": {}})
        row["cells"][r["item"]] = r
        if r["item"] == "aqi":
            row["chances"] = [(k, r[f"p{k}"], f"{r[f'p{k}'] * 100:.1f}") for k in range(1, 7) if r[f"p{k}"]]
    return list(found.values())


def changed(run: Run, place: str) -> list[dict[str, Any]]:
    """What this run says of the next days against the run before it."""
    earlier = air.forecasts().runs(run.issued - timedelta(seconds=1), limit=1)
    if not earlier:
        return []
    pick = (pl.col("site") == place) & (pl.col("item") == "aqi")
    before = air.load_run(earlier[0]).days.filter(pick).select("date", before=pl.col("q50"))
    now = run.days.filter(pick).select("date", now=pl.col("q50"))
    return now.join(before, on="date").sort("date").head(3).to_dicts()


def series(request: Asked) -> JsonResponse:
    """Fans of all items at a place, with what has been measured since for a past run."""
    run = chosen(request)
    place = request.GET.get("place", place_key())
    if place not in dict(places(request, run)):
        place = place_key()
    anchor = run.issued if run else clock.now()
    start, end = (
        air.whole_hour(anchor) - BACK,
        min(air.whole_hour(clock.now()), air.whole_hour(anchor) + BACK),
    )
    own = (
        air.city(air.hours(air.evaluated(), start, end))
        if place.startswith("city:")
        else air.indexed(air.hours([place], start, end))
    )
    frame = air.full_axis(own, start, end)
    panels = [
        charts.panel(
            i, anchor, [charts.observed(frame, i, _("实测"))], charts.fan(run, place, i) if run else None
        )
        for i in ITEM_NAMES
    ]
    return JsonResponse(
        {
            "now": int(anchor.timestamp() * 1000),
            "nowLabel": _("起报"),
            "times": air.millis(frame["start"]),
            "panels": panels,
        }
    )
