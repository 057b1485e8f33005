"""黑臭水体: the list, one body with its points and rounds, the sheet of a round, the progress of the counties."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.found import found_about
from bihuan.kit.inspection.answers import answers_of
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.listing.shown import listed
from bihuan.kit.tables import EXCEL, as_excel
from bihuan.registry.access import Asked, visible
from bihuan.scenarios.black_waters import report
from bihuan.scenarios.black_waters.bodies import standings_of
from bihuan.scenarios.black_waters.inspections import FORM
from bihuan.scenarios.black_waters.listing import STATE_TONES, listing_of
from bihuan.scenarios.black_waters.models import Body, Point
from bihuan.scenarios.black_waters.progress import progress_of
from bihuan.scenarios.black_waters.reading import items_of, judged
from bihuan.scenarios.black_waters.sheet import to_fill_in
from bihuan.scenarios.black_waters.tables import tables_of
from bihuan.scenarios.black_waters.words import ITEM_NAMES

SHOWN, TABLES, RIBBON = 30, 6, 24
"""Findings, rounds in full, rounds of the ribbon."""


def index(request: Asked) -> HttpResponse:
    """The list."""
    return listed(request, listing_of(request.user), "black_waters/index.html", {"form": FORM.key})


def _of(request: Asked, code: str) -> Body:
    rows = visible(Body.objects.select_related("region", "organisation", "reach__river"), request.user)
    return get_object_or_404(rows, pk=code)


def body(request: Asked, code: str) -> HttpResponse:
    """One body: points on the map, rounds with grades and what is lacking, findings, cases with pictures."""
    found, by = _of(request, code), request.user
    measured = judged([found], clock.now(), None)
    (standing,) = standings_of([found], clock.now(), found=measured)
    points = list(Point.objects.filter(body=found))  # a part of it, whatever their region
    answers = answers_of(FORM, by).filter(target__in=[p.pk for p in points], at__lte=clock.now())
    context = {
        "body": found, "about": urlencode({"body": found.pk}), "standing": standing, "tone": STATE_TONES[standing.state], "points": standing.points,
        "items": [ITEM_NAMES[item] for item in items_of(found)], "ribbon": standing.rounds[:RIBBON][::-1],
        "tables": tables_of(measured, standing.rounds[:TABLES], points), "opened": [r for r in (standing.running, standing.last) if r], "form": FORM.key,
        "answers": answers.order_by("-at")[:SHOWN], "rounds": rounds_of(by).filter(form=FORM.key, region=found.region)[:SHOWN],
        **found_about(_findings(found, points), by),
    }  # fmt: skip
    return render(request, "black_waters/body.html", context)


def _findings(found: Body, points: list[Point]) -> QuerySet[Finding]:
    about = Finding.objects.filter(target_kind="black_water", target=found.pk)
    return about | Finding.objects.filter(target_kind="black_water_point", target__in=[p.pk for p in points])


def point(request: Asked, code: str) -> HttpResponse:
    """The page of a point is a part of that of its body."""
    found = get_object_or_404(visible(Point.objects.all(), request.user), pk=code)
    return redirect(f"{reverse('black_waters:body', args=[found.body_id])}#{found.pk}")


def sheet(request: Asked, code: str) -> HttpResponse:
    """The empty sheet of a round of one body."""
    (standing,) = standings_of([_of(request, code)], clock.now())
    return download(as_excel(to_fill_in(standing), "监测结果"), f"{standing.body.name}监测结果.xlsx", EXCEL)


def progress(request: Asked) -> HttpResponse:
    """The counties."""
    found = progress_of(request.user)
    context = {
        "progress": found,
        "rows": (*found.rows, found.whole),
        "sentences": report.sentences(found),
        "title": report.TITLE,
    }
    return render(request, "black_waters/progress.html", context)


def word(request: Asked) -> HttpResponse:
    """The same as a Word paper."""
    return download(report.as_word(progress_of(request.user)), f"{report.TITLE}.docx", WORD)


def book(request: Asked) -> HttpResponse:
    """The same as a workbook, with bodies and rounds."""
    return download_book(report.TITLE, *report.sheets(progress_of(request.user)))


urlpatterns = [
    path("", index, name="index"),
    path("progress/", progress, name="progress"),
    path("progress.docx", word, name="word"),
    path("progress.xlsx", book, name="book"),
    path("points/<str:code>/", point, name="point"),
    path("bodies/<str:code>/", body, name="body"),
    path("bodies/<str:code>/round.xlsx", sheet, name="sheet"),
]
