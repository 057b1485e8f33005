"""The forecast: fans by item, days, members, why, what changed, scores beside persistence, every run as it was frozen."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan import clock
from bihuan.archive.forecasts import STAMP, Run
from bihuan.domain.forecast.areas import is_area
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.kit import air, charts
from bihuan.kit.downloads import download_table
from bihuan.kit.runs import forecasts, load_run, newest_run
from bihuan.kit.tables import Table
from bihuan.registry.access import Asked
from bihuan.registry.forecast_places import names_beside_city, place_key
from bihuan.registry.forecasting import stations_of
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast.scores import drift, gathering, tables

BACK = timedelta(hours=72)
PAST_RUNS = 40


def places(request: Asked, run: Run | None) -> list[tuple[str, str]]:
    """(key, name) of the city, and of the counties and stations that the person may see."""
    names = names_beside_city(request.user)
    have = run.hours["site"].unique().to_list() if run else []
    return [(place_key(), _("全市")), *((k, n) for k, n in names.items() if k in have)]


def chosen(request: Asked) -> Run | None:
    """The run that is asked for, else the newest."""
    run_id = request.GET.get("run")
    return load_run(run_id) if run_id else newest_run()


def index(request: Asked) -> HttpResponse:
    """The page for a place."""
    run = chosen(request)
    options = places(request, run)
    place = request.GET.get("place", "")
    place = place if place in dict(options) else place_key()
    days = run.days.filter(pl.col("site") == place).sort("date", "item") if run else None
    if run is not None and "as" in request.GET:
        hours = run.hours.filter(pl.col("site") == place)
        return download_table(request.GET["as"], "forecast", Table(hours.columns, hours.iter_rows()))
    context = {
        "run": run,
        "place": place,
        "places": options,
        "days": by_day(days) if days is not None else [],
        "runs": past_runs(),
        **_sides(run, place),
        "missing": missing(request, run, place) if run else [],
        **_scored(place),
        "changed": changed(run, place) if run else None,
        "why": resolved_forecasts.why(run.run_id, place) if run else [],
        "published": resolved_forecasts.published(place, clock.now()) if not request.GET.get("run") else None,
        "items": ITEM_NAMES,
    }
    return render(request, "forecast/index.html", context)


def past_runs() -> list[tuple[str, datetime]]:
    """Ids of the newest runs with their issue, latest first."""
    ids = forecasts().runs(clock.now(), limit=PAST_RUNS)
    return [(r, datetime.strptime(r.split("-")[0], STAMP).replace(tzinfo=UTC)) for r in ids]


def _sides(run: Run | None, place: str) -> dict[str, Any]:
    """AQI of the days by every member, as they stood at the run; guidance as known by now for the newest one."""
    if run is None:
        return {}
    newest = forecasts().runs(clock.now(), limit=1)
    known = clock.now() if [run.run_id] == newest else run.issued
    sides = resolved_forecasts.sides(run.run_id, place, known)
    dates: list[date] = sorted({d for side in sides[:1] for d in side.days})
    return {"sides": sides if len(sides) > 1 else [], "dates": dates}


def missing(request: Asked, run: Run, place: str) -> list[str]:
    """Why this place, or a station of the city that the person may see, has no forecast or a poorer one, as frozen with the run."""
    names = {place_key(): _("全市"), **names_beside_city(request.user)}
    told = run.meta.get("reasons") or {}
    return [
        _("%(place)s：%(why)s") % {"place": names[k], "why": said(why)}
        for k, why in told.items()
        if k in names and place in (k, place_key())
    ]


REASONS = {
    r"no measurement in the last 60 days": gettext_noop("近 60 天没有监测值"),
    r"too little history for a model, so persistence": gettext_noop("历史资料不足，以持续性代替"),
    r"nothing measured for (\d+) hours": gettext_noop("已有 {} 小时没有监测值"),
}
"""How the reasons of `domain.forecast.run_tables` read on a page."""


def said(reason: str) -> str:
    """A frozen reason in the language of the reader; items by their labels."""
    for pattern, words in REASONS.items():
        reason = re.sub(pattern, lambda m, w=words: _(w).format(*m.groups()), reason)  # type: ignore[misc]
    for name in ITEM_NAMES:
        reason = re.sub(rf"\b{name}\b", BY_NAME[name].label, reason)
    return reason


def _scored(place: str) -> dict[str, Any]:
    """The scores of the last 14 days in short, and the watch on drift."""
    found = gathering.gathered(place, gathering.recent(clock.now()))
    if found is None:
        return {"drift": drift.shown(), "scores": [], "levels": []}
    inside = {(r["item"], r["block"]): r["inside"] for r in tables.intervals(found)}
    rows = tables.errors(found)
    for row in rows:
        row["inside"] = inside.get((row["item"], row["block"])) if row["model"] == "ours" else None
    return {"drift": drift.shown(), "scores": rows, "levels": tables.hits(found)}


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
    earlier = forecasts().runs(run.issued - timedelta(seconds=1), limit=1)
    if not earlier:
        return []
    pick = (pl.col("site") == place) & (pl.col("item") == "aqi")
    before = load_run(earlier[0]).days.filter(pick).select("date", before=pl.col("q50"))
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
    codes = stations_of(place)
    rows = air.hours(codes, start, end)
    own = air.city(rows, codes) if is_area(place) else air.indexed(rows)
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
            "times": charts.millis(frame["start"]),
            "panels": panels,
        }
    )
