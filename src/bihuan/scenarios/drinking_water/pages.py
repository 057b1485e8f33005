"""饮用水水源地: the sources of a region over a month or a year, one source, and the report as Word and workbook."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from bihuan.cases.models import Finding
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.found import found_about
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.regions import region_asked
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Region
from bihuan.scenarios.drinking_water import report
from bihuan.scenarios.drinking_water.models import Source
from bihuan.scenarios.drinking_water.view import FORM, Whole, newest_answers, span_of, verdicts_of, whole_of


def _whole(request: Asked) -> tuple[Whole, Region | None]:
    region = region_asked(request)
    return whole_of(request.user, span_of(request.GET.get("span", "")), region), region


def index(request: Asked) -> HttpResponse:
    """Every source with its water, its inspection and its score, and the rates."""
    whole, region = _whole(request)
    codes = visible(Source.objects.order_by(), request.user).values("region")
    rounds = (
        rounds_of(request.user)
        .filter(form=FORM)
        .exclude(since__gte=whole.span.end)
        .filter(until__gte=whole.span.start)
    )
    context = {
        "whole": whole, "region": region, "regions": Region.objects.filter(pk__in=codes).order_by("code"),
        "rounds": rounds, "form": FORM,
    }  # fmt: skip
    return render(request, "drinking_water/index.html", context)


def source(request: Asked, code: str) -> HttpResponse:
    """One source: its zones on the map, signs and fences, water by item, inspections and problems."""
    rows = visible(Source.objects.select_related("region", "organisation"), request.user)
    found, span = get_object_or_404(rows, pk=code), span_of(request.GET.get("span", ""))
    findings = Finding.objects.filter(target_kind="water_source", target=code)
    context = {
        "source": found, "span": span, "verdict": verdicts_of([found], span)[code],
        "answer": newest_answers([found], span).get(code), "form": FORM,
        "zones": visible(found.zones.order_by("grade"), request.user),
        "guards": visible(found.guards.order_by("kind", "code"), request.user),
        **found_about(findings, request.user),
    }  # fmt: skip
    return render(request, "drinking_water/source.html", context)


def word(request: Asked) -> HttpResponse:
    """The region's report as a Word paper."""
    whole, region = _whole(request)
    return download(
        report.as_word(whole, region, request.user), f"{report.title_of(whole, region)}.docx", WORD
    )


def book(request: Asked) -> HttpResponse:
    """The same as a workbook."""
    whole, region = _whole(request)
    return download_book(report.title_of(whole, region), *report.sheets(whole))


urlpatterns = [
    path("", index, name="index"),
    path("report.docx", word, name="word"),
    path("report.xlsx", book, name="book"),
    path("<str:code>/", source, name="source"),
]
