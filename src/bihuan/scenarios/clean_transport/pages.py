"""清洁运输: the table of some months, one unit, the trucks to replace, and what is taken away of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import next_month
from bihuan.domain.vehicles.clean.columns import STAGE_COLUMNS, WAYS_OF
from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES, LAST_LEGS, MODES
from bihuan.domain.vehicles.traffic.factors import POLLUTANTS
from bihuan.domain.vehicles.traffic.factors import TITLES as NAMES
from bihuan.kit.downloads import WORD, download, download_book, download_table
from bihuan.kit.found import found_about
from bihuan.kit.shown import number
from bihuan.kit.spans import month_asked, today
from bihuan.kit.tables import Sheet
from bihuan.registry.access import Asked, visible
from bihuan.registry.subjects import there_on
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport import report, tables
from bihuan.scenarios.clean_transport.checks import UNIT
from bihuan.scenarios.clean_transport.models import Batch, Direction, Haul
from bihuan.scenarios.clean_transport.reading import loads_in, reported_in, ways_in
from bihuan.scenarios.clean_transport.view import (
    BY,
    DAY,
    EIGHTY,
    Gap,
    Line,
    Whole,
    beside,
    gap_of,
    goal_words,
    goals_for,
    replacing,
    reports_of,
    since_words,
    told,
    whole_of,
)

MOST_MONTHS, YEAR = 24, 12
SHOWN = 100
"""So many trucks and batches stand on a page; the file has all."""
COLUMNS = {mode: MODES[mode] for mode in CLEAN_MODES} | STAGE_COLUMNS


def _units(request: Asked, months: Sequence[date]) -> list[VehicleUser]:
    """Those that were there in the months and that the person may see, perhaps of one industry."""
    rows = visible(VehicleUser.objects.filter(there_on(months[0])), request.user).select_related("region").order_by("code")  # fmt: skip
    industry, end = request.GET.get("industry", ""), next_month(months[-1])
    return [u for u in rows if industry in ("", u.industry) and (u.since is None or u.since < end)]


def _month(text: str) -> date:
    """The month asked for; the last that is over without one. Raises BadQuestion."""
    return month_asked(text) if text else next_month(today(), -1)


def _months(request: Asked) -> list[date]:
    """The months from `since` to `until`, as the address has them. Raises BadQuestion."""
    until = _month(request.GET.get("until", ""))
    since = _month(request.GET.get("since", "")) if request.GET.get("since") else until
    months = [since]
    while months[-1] < until and len(months) <= MOST_MONTHS:
        months.append(next_month(months[-1]))
    if since > until or len(months) > MOST_MONTHS:
        raise BadQuestion(_("起止月份须先后有序，最多 %(most)s 个月") % {"most": MOST_MONTHS})
    return months


def _by(request: Asked) -> str:
    by = request.GET.get("by", "unit")
    if by not in BY:
        raise BadQuestion(_("不能按 %(text)s 汇总") % {"text": by[:20]})
    return by


def _whole(request: Asked) -> Whole:
    months = _months(request)
    return whole_of(_units(request, months), months, _by(request), clock.now())


def _shown(line: Line, heads: Mapping[str, str]) -> dict[str, Any]:
    """A row as the page has it: texts in the order of the heads. They are made here, as a table of hundreds of units has thousands."""
    sums = line.sums if line.weighed else {}
    return {
        "line": line, "total": number(sums.get("total")), "cells": [(title, number(sums.get(name))) for name, title in heads.items()],
        "goal": goal_words(line.goal) if line.goal else "", "met": tables.met_words(line),
    }  # fmt: skip


def _heads() -> dict[str, str]:
    """The columns of the table in the reader's language."""
    return {name: _(title) for name, title in COLUMNS.items()}


def index(request: Asked) -> HttpResponse:
    """The table of some months by unit, industry or month; as Excel all of it."""
    whole = _whole(request)
    if kind := request.GET.get("as", ""):
        return _taken(whole, kind)
    heads = _heads()
    everywhere = visible(VehicleUser.objects.all(), request.user)
    context = {
        "whole": whole, "lines": [_shown(x, heads) for x in whole.lines if not x.silent], "untold": [x for x in whole.lines if x.silent], "total": _shown(whole.total, heads), "columns": list(heads.values()),
        "stages": list(STAGE_COLUMNS.values()), "by": BY, "industry": request.GET.get("industry", ""),
        "industries": sorted(set(everywhere.values_list("industry", flat=True))), "silent": sum(x.silent for x in whole.grouped("unit")),
        "fuels": [(tables.fuel_words(r["fuel"]), r["total"], [(t, r[n]) for n, t in STAGE_COLUMNS.items()], r["unweighed"]) for r in whole.fuels],
        "goals": [(g, n, goal_words(g), since_words(g)) for g, n in whole.goals], "reporting": _reporting(whole),
    }  # fmt: skip
    return render(request, "clean_transport/index.html", context)


def _reporting(whole: Whole) -> int:
    """How many units reported something of the months."""
    return reported_in(whole.months, {u.pk for u in whole.units})["unit"].n_unique()


def _taken(whole: Whole, kind: str) -> HttpResponse:
    found = tables.sheets(whole)
    name = _("清洁运输 %(span)s") % {"span": whole.span}
    return download_book(name, *found) if kind == "xlsx" else download_table(kind, name, found[0].table)


def official(request: Asked) -> HttpResponse:
    """The 清洁运输统计表 of what gates and batches told, as the register takes it in."""
    whole = _whole(request)
    title = _("清洁运输统计表")
    return download_book(f"{title} {whole.span}", Sheet(title, tables.official(whole)))


def word(request: Asked) -> HttpResponse:
    """The monthly report upward."""
    whole = _whole(request)
    return download(report.as_word(whole, _reporting(whole)), f"{report.title_of(whole)}.docx", WORD)


def unit(request: Asked, code: str) -> HttpResponse:
    """One unit: a year of months, what would reach its goal, what it reported beside what was weighed, its batches."""
    found = get_object_or_404(visible(VehicleUser.objects.all(), request.user), pk=code)
    month, now = _month(request.GET.get("month", "")), clock.now()
    year = [next_month(month, -n) for n in range(YEAR - 1, -1, -1)]
    loads = loads_in(year, {code}, now)
    whole = Whole(year, [found], "month", loads)
    mine = loads.filter(loads["month"] == month)
    heads, goals = _heads(), goals_for(found, next_month(month) - DAY)
    percent, six = _asked(goals)
    gap = gap_of(mine, ways_in(month, now, {code}), percent, six=six)
    (compared,) = beside([month], reports_of(found, [month]), mine)
    batches = Batch.objects.filter(unit=found, year=month.year, month=month.month)
    context = {
        "unit": found, "month": month, "previous": f"{next_month(month, -1):%Y-%m}", "next": f"{next_month(month):%Y-%m}" if next_month(month) <= today() else "",
        "lines": [_shown(x, heads) for x in reversed(whole.lines) if not x.silent], "columns": list(heads.values()), "goals": [(g, goal_words(g)) for g in goals],
        "gap": gap, "flows": [(Direction(f["direction"]).label, f) for f in gap.flows], "trucks": _trucks(gap), "share": Whole([month], [found], "month", mine).total,
        "compared": compared, "ways": [(WAYS_OF[w], *pair) for w, pair in compared.ways.items()], "reported": told(compared.share, six=False) if compared.share else "",
        "haul": Haul.objects.filter(unit=found).first(), "batches": [(b, LAST_LEGS[b.last_leg]) for b in batches[:SHOWN]],
        **found_about(Finding.objects.filter(target_kind=UNIT, target=code, check_key__startswith="clean."), request.user),
    }  # fmt: skip
    return render(request, "clean_transport/unit.html", context)


def _asked(goals: Sequence[Any]) -> tuple[Any, bool]:
    """Which share is to be reached: the strictest of the goals; 80 % where nothing is asked for."""
    return (goals[0].percent, goals[0].six) if goals else (EIGHTY, False)


def _trucks(gap: Gap) -> list[tuple[str, str, dict[str, Any]]] | None:
    if gap.trucks is None:
        return None
    return [(tables.fuel_words(t["fuel"]), tables.stage_words(t["stage"]), t) for t in gap.trucks]


def trucks(request: Asked) -> HttpResponse:
    """新能源替代清单 of a month: trucks with their kilometres and emissions; as CSV or Excel all of them."""
    month = _month(request.GET.get("month", ""))
    units = {u.pk: u for u in _units(request, [month])}
    rows = replacing(list(units.values()), month, clock.now())
    if kind := request.GET.get("as", ""):
        name = _("新能源替代清单 %(month)s") % {"month": f"{month:%Y-%m}"}
        return download_table(kind, name, tables.trucks(rows, units))
    context = {
        "month": month, "previous": f"{next_month(month, -1):%Y-%m}", "next": f"{next_month(month):%Y-%m}" if next_month(month) <= today() else "",
        "count": rows.height, "far": rows["km"].null_count(), "nox": rows["nox_kg"].sum() if rows["nox_kg"].count() else None,
        "rows": [
            (units[r["unit"]], tables.fuel_words(r["fuel"]), tables.stage_words(r["stage"]), r, [(NAMES[p], r[f"{p}_kg"]) for p in POLLUTANTS])
            for r in rows.head(SHOWN).iter_rows(named=True)
        ],
        "pollutants": [NAMES[p] for p in POLLUTANTS], "shown": SHOWN,
    }  # fmt: skip
    return render(request, "clean_transport/trucks.html", context)


urlpatterns = [
    path("", index, name="index"),
    path("trucks/", trucks, name="trucks"),
    path("table.xlsx", official, name="official"),
    path("report.docx", word, name="word"),
    path("unit/<str:code>/", unit, name="unit"),
]
