"""Evaluation of the city: places against each other, against last year, against the target, on either standard."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.asked import whole, whole_of
from bihuan.domain.standards import edition_on
from bihuan.domain.timeaxis import FIRST_YEAR, LAST_YEAR
from bihuan.kit.downloads import download
from bihuan.kit.tables import EXCEL
from bihuan.registry.access import may
from bihuan.registry.city import evaluated_city
from bihuan.registry.models import Target
from bihuan.registry.roles import OFFICE
from bihuan.registry.targets import set_target
from bihuan.scenarios.air.evaluation import dust, snapshot, summary, tables, workbook
from bihuan.scenarios.air.evaluation import target as targets
from bihuan.scenarios.air.evaluation.places import KINDS, Place, places, reader
from bihuan.scenarios.air.evaluation.spans import span_of

BASES = (("date", "当日标准"), ("new", "新标准（2026）"), ("both", "新旧并列"))
LEVELS = (("", "全部"), *KINDS.items())


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What both the page and the workbook show: span, basis, places, days."""
    span = span_of(request.GET.dict(), snapshot.today())
    basis = request.GET.get("basis", "date")
    seen = places(reader(request), span.first)
    level = request.GET.get("level", "")
    taken = snapshot.days_of(span.last.year, 1 + span.last.year - span.first.year)
    return {
        "span": span,
        "basis": basis if basis in dict(BASES) else "date",
        "level": level if level in KINDS else "",
        "all_places": seen,
        "places": [p for p in seen if level not in KINDS or p.kind == level],
        "place": _place(request, seen),
        "taken": taken,
        "as_of": taken.as_of,
    }


def _place(request: HttpRequest, seen: list[Place]) -> Place | None:
    """The place whose months, days and calendar are shown: ?place=, else the city."""
    wanted = [p for p in seen if p.measured and p.key == request.GET.get("place")]
    return next(iter(wanted or [p for p in seen if p.kind == "city"]), None)


def index(request: HttpRequest) -> HttpResponse:
    """The page."""
    asked = _asked(request)
    span, place = asked["span"], asked["place"]
    if place is None:
        return render(request, "air/evaluation.html", {"nothing": True, "span": span})
    standard = tables.BASES.get(asked["basis"], "auto")
    edition = edition_on(span.last, standard)
    city = evaluated_city()
    context = asked | {
        "bases": BASES, "levels": LEVELS, "kinds": KINDS, "city": city, "edition": edition,
        "dec": tables.decimals(span.last, standard), "day_dec": tables.day_decimals(span.last, standard),
        "measured": [p for p in asked["all_places"] if p.measured],
        **_tables(asked, standard),
        "months": tables.month_rows(asked["taken"].days, place.key, span.last.year, standard),
        "day_rows": tables.day_rows(asked["taken"].days, place.key, span.first, span.last, standard),
        "dust": dust.side_by_side(asked["taken"], f"city:{city.code}", span, standard) if city else None,
        "hours": _hours(place, span.last), "labels": tables.LABELS,
        "may_set": may(reader(request), *OFFICE, region=city), "items": Target.Item.choices, "today": snapshot.today(),
        "given": list(request.GET.items()),
    }  # fmt: skip
    return render(request, "air/evaluation.html", context)


def _tables(asked: dict[str, Any], standard: str) -> dict[str, Any]:
    """The table of places by kind, and above it the first lines: the span for the city, then each target."""
    span, seen = asked["span"], asked["all_places"]
    rows = tables.span_rows(asked["taken"], seen, span, standard)
    own = next(r for r in rows if r["place"].kind == "city")
    extra: dict[str, Any] = {}
    if asked["basis"] == "both":
        rows = tables.both_rows(asked["taken"], seen, span)
        extra = {
            "old_dec": tables.decimals(span.last, tables.OLD),
            "new_dec": tables.decimals(span.last, tables.NEW),
        }
    wanted = [r for r in rows if r["place"] in asked["places"]]
    by_kind = [(kind, title, [r for r in wanted if r["place"].kind == kind]) for kind, title in KINDS.items()]
    days = asked["taken"].days.filter(pl.col("site") == own["place"].key)
    done = targets.progresses(evaluated_city(), span.last.year, days, span.last)
    return extra | {
        "by_kind": [b for b in by_kind if b[2]],
        "said": summary.of_span(own, own["place"].name, span, tables.decimals(span.last, standard)),
        "targets": [(p, summary.of_target(p, span.last.year)) for p in done],
    }


def _hours(place: Place, day: date) -> list[dict[str, Any]]:
    """The hours of the span's last day for a group of stations."""
    if ":" not in place.key:
        return []
    return snapshot.hours_of_group(place.key, *snapshot.whole_days(day)).to_dicts()


def excel(request: HttpRequest) -> HttpResponse:
    """The tables as they are printed in bulletins."""
    asked = _asked(request)
    name = asked["span"].month or f"{asked['span'].first}_{asked['span'].last}"
    return download(workbook.bulletin(asked), f"evaluation_{name}_{asked['basis']}.xlsx", EXCEL)


def calendar(request: HttpRequest) -> HttpResponse:
    """A year of daily AQI as 12 x 31 cells."""
    shown = whole(request, "year", snapshot.today().year, low=FIRST_YEAR, high=LAST_YEAR)
    seen = places(reader(request), date(shown, 1, 1))
    place = _place(request, seen)
    basis = "new" if request.GET.get("basis") == "new" else "date"
    taken = snapshot.days_of(shown)
    cells = (
        tables.calendar(
            taken.days, place.key, shown, tables.BASES[basis], snapshot.today() - timedelta(days=1)
        )
        if place
        else []
    )
    context = {
        "year": shown, "place": place, "places": [p for p in seen if p.measured], "cells": cells, "basis": basis,
        "counts": tables.level_counts(cells), "as_of": taken.as_of, "numbers": range(1, 32),
    }  # fmt: skip
    return render(request, "air/calendar.html", context)


@require_POST
def target(request: HttpRequest) -> HttpResponse:
    """Set (or with an empty value take back) one yearly target of the city."""
    city = evaluated_city()
    if city is None or not may(reader(request), *OFFICE, region=city):
        raise PermissionDenied
    year, item, value = (request.POST.get(k, "").strip() for k in ("year", "item", "value"))
    meant = whole_of(year)
    if meant is None or not FIRST_YEAR <= meant <= LAST_YEAR or item not in Target.Item.values:
        messages.error(request, _("目标没有保存：请选择年份（如 2019）和项目"))
        return redirect("evaluation")
    number = _number(value)
    if value and number is None:
        messages.error(request, _("目标没有保存：“%(value)s”不是 0 至 1000 的数") % {"value": value})
        return redirect("evaluation")
    set_target(reader(request), city, meant, item, number, request)
    messages.success(request, _("目标已保存") if number is not None else _("目标已取消"))
    return redirect("evaluation")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1000 else None
