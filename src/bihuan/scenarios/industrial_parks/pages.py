"""工业园区水污染: the parks of a region in a month, one park, one outlet or station, and the report as Word and workbook."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.inspection.answers import answers_of
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.regions import region_asked
from bihuan.kit.spans import month_asked
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Region
from bihuan.registry.subjects import there_on
from bihuan.scenarios.industrial_parks import report
from bihuan.scenarios.industrial_parks.days import days_of
from bihuan.scenarios.industrial_parks.inspections import CHECK, FORMS, WATER
from bihuan.scenarios.industrial_parks.models import ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.reading import values_of
from bihuan.scenarios.industrial_parks.registers import SITE
from bihuan.scenarios.industrial_parks.view import (
    Month,
    Place,
    Whole,
    about,
    parks_seen,
    whole_of,
)

SHOWN = 30


def _whole(request: Asked) -> tuple[Whole, Region | None]:
    region = region_asked(request)
    month = Month(month_asked(request.GET.get("month", "")))
    return whole_of(request.user, month, list(parks_seen(request.user, region))), region


def _around(month: Month) -> dict[str, Any]:
    """The months beside one, for the links of a page."""
    ahead = month.end if month.moments[1] <= clock.now() else None
    return {
        "month": f"{month.first:%Y-%m}",
        "previous": f"{month.before:%Y-%m}",
        "next": ahead and f"{ahead:%Y-%m}",
    }


def index(request: Asked) -> HttpResponse:
    """Every park with its figures of the month, and the counties."""
    whole, region = _whole(request)
    codes = parks_seen(request.user).order_by().values("region")
    keys = [form.key for form in FORMS]
    context = {
        "whole": whole, "region": region, "regions": Region.objects.filter(pk__in=codes).order_by("code"),
        "rounds": rounds_of(request.user).filter(form__in=keys, ended=None)[:SHOWN], **_around(whole.month),
    }  # fmt: skip
    return render(request, "industrial_parks/index.html", context)


def park(request: Asked, code: str) -> HttpResponse:
    """One park: from its enterprises to the river, its balance, inspections, findings and cases."""
    found = get_object_or_404(parks_seen(request.user), pk=code)
    month = Month(month_asked(request.GET.get("month", "")))
    (told,) = whole_of(request.user, month, [found]).parks
    places = {t.place.pk: t.place for t in (*told.outlets, *told.stations)}
    findings = visible(Finding.objects.filter(about([found], places)), request.user)
    answers = answers_of(CHECK, request.user).filter(target=code)
    targets = [code, *places]
    rounds = rounds_of(request.user).filter(form__in=[form.key for form in FORMS], tasks__target__in=targets)
    context = {
        "told": told, "park": found, "check": CHECK.key, "water": WATER.key, "answers": answers[:SHOWN],
        "findings": findings.prefetch_related("cases")[:SHOWN], "rounds": rounds.distinct()[:SHOWN], "columns": report.flow_of(told),
        "gaps": report.gaps_of(told), "near": urlencode({"park": code}),
        **_around(month),
    }  # fmt: skip
    return render(request, "industrial_parks/park.html", context)


def site(request: Asked, code: str) -> HttpResponse:
    """One outlet or station: the days of the month against its limits."""
    found = _place(request, code)
    month = Month(month_asked(request.GET.get("month", "")))
    (whole,) = whole_of(request.user, month, [found.park]).parks
    told = next(t for t in (*whole.outlets, *whole.stations) if t.place.pk == code)
    findings = visible(Finding.objects.filter(target_kind=SITE, target=code), request.user)
    heads, rows = _days(found, month)
    context = {
        "told": told, "place": found, "water": WATER.key, "findings": findings.prefetch_related("cases")[:SHOWN],
        "answers": answers_of(WATER, request.user).filter(target=code)[:SHOWN], "heads": heads, "rows": rows,
        "near": urlencode({"park": found.park_id}), "limited": any(value.limit is not None for value in told.values), **_around(month),
    }  # fmt: skip
    return render(request, "industrial_parks/site.html", context)


def _place(request: Asked, code: str) -> Place:
    """An outlet or a station in use of a park that is seen. Raises Http404."""
    parks = parks_seen(request.user).order_by().values("pk")
    for of in (ParkOutlet, ParkStation):
        rows: QuerySet[Any] = visible(of._default_manager.filter(pk=code, park__in=parks), request.user)
        rows = rows.filter(there_on(clock.now().astimezone(CST).date()))
        found: Place | None = rows.select_related(
            "park__region", "park__organisation", "region", "reach__river"
        ).first()
        if found is not None:
            return found
    raise Http404(code)


def _days(place: Place, month: Month) -> tuple[list[Any], list[Any]]:
    """Quantities as columns, and of each day what was measured of them: value, and whether it is a sample of a moment."""
    days = days_of(values_of({place.pk: place.mn}, *month.moments, clock.now()))
    heads = [LONG[code] for code in days["quantity"].unique().sort() if code in LONG]
    by_day: dict[Any, dict[str, tuple[float, bool]]] = {}
    for _site, code, day, value, sample in days.sort("day").iter_rows():
        by_day.setdefault(day, {})[code] = (value, sample)
    return heads, [(day, [(head, found.get(head.code)) for head in heads]) for day, found in by_day.items()]


def word(request: Asked) -> HttpResponse:
    """The region's report as a Word paper."""
    whole, region = _whole(request)
    return download(report.as_word(whole, region), f"{report.title_of(whole, region)}.docx", WORD)


def book(request: Asked) -> HttpResponse:
    """The same as a workbook."""
    whole, region = _whole(request)
    return download_book(report.title_of(whole, region), *report.sheets(whole))


urlpatterns = [
    path("", index, name="index"),
    path("report.docx", word, name="word"),
    path("report.xlsx", book, name="book"),
    path("site/<str:code>/", site, name="site"),
    path("at/<str:code>/", park, name="park"),
]
