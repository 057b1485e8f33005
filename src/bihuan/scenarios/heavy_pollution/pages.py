"""The page of the warning and its measures, the panel on the centre's page, the consultation sheet."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.transitions import State
from bihuan.domain.control.warning import NAMES
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.listing.declared import Listing, whole
from bihuan.kit.listing.shown import Shown
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Emitter, Measure
from bihuan.scenarios.heavy_pollution import actions, exchange, measure_pages, warning_pages
from bihuan.scenarios.heavy_pollution.choosing import chosen, current, filters_of, running_otherwise
from bihuan.scenarios.heavy_pollution.evidence import found_about_units
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.sheet import Sheet, sheet_of, word
from bihuan.scenarios.heavy_pollution.totals import listed_now, totals

TOP = 5
Status = Suggestion.Status


def chances(advice: Advice | None) -> list[tuple[str, str, float | None]]:
    """(level, name, probability of at least this level; None without a forecast), mildest first."""
    said = advice.probabilities if advice else dict.fromkeys(NAMES)
    return [(k, name, said.get(k, 0.0)) for k, name in NAMES.items()]


def index(request: Asked) -> HttpResponse:
    """The advice and the list; `as=xlsx` takes it away."""
    advice = actions.latest_advice(request.user, clock.now())
    known = [r for r in current(request.user) if advice is None or r.advice_id == advice.pk]
    level = advice.listed_level if advice else next((r.advice.listed_level for r in known), "")
    listed = listed_now(level, known)
    sums = totals(advice.region, level, listed) if advice and level else []
    wanted = set(chosen(current(request.user), request.GET.dict()).values_list("pk", flat=True))
    rows = [r for r in listed if r.pk in wanted]
    about = found_about_units(rows, request.user, clock.now())
    for row in rows:
        row.found = about.get(row.emitter_id)  # type: ignore[attr-defined]  # for the template
    if request.GET.get("as") == "xlsx":
        units = visible(Emitter.objects.all(), request.user)
        measures = Measure.objects.filter(emitter__in=units).select_related("emitter__region")
        return download_book("管控建议", *exchange.sheets(advice, rows, sums, measures))
    waiting: Listing[Suggestion] = Listing(
        "suggestions", _("待处理"), whole(lambda _q: [r for r in rows if r.status == Status.OPEN]),
        filters=filters_of(listed), row="heavy_pollution/_suggestion.html", per_page=30,
    )  # fmt: skip
    context = {
        "advice": advice,
        "chances": chances(advice),
        "totals": sums,
        "all": len(listed),
        "no_wind": any(r.why_data.get("upwind") == "unknown" for r in listed),
        "list": Shown(waiting, request.GET),
        "done": [r for r in rows if r.status != Status.OPEN],
        "to_hand": sum(r.case is not None and r.case.state == State.PENDING for r in rows),
        "aside": (
            (_("其他级别仍在执行"), running_otherwise(request.user, level)),
            (_("已终止的措施"), [r for r in known if r.status == Status.ENDED]),
        ),
        "undo": measure_pages.undoable(request).count(),
        "back": request.get_full_path(),
        **warning_pages.standing(request),
    }
    return render(request, "heavy_pollution/index.html", context)


def _sheet(request: Asked, pk: int) -> Sheet:
    advice = actions.advice_for(request.user, pk)
    rows = visible(advice.suggestions.select_related("region", "emitter", "case", "decided_by"), request.user)
    return sheet_of(advice, list(rows.order_by("rank")), clock.now())


def consultation(request: Asked, pk: int) -> HttpResponse:
    """The consultation sheet to print."""
    return render(request, "heavy_pollution/sheet.html", {"sheet": _sheet(request, pk)})


def consultation_word(request: Asked, pk: int) -> HttpResponse:
    """The consultation sheet as Word."""
    sheet = _sheet(request, pk)
    return download(word(sheet), f"会商单-{sheet.advice.issued:%Y%m%dT%HZ}.docx", WORD)


def centre_panel(request: Asked) -> dict[str, Any]:
    """What the centre's page shows: the warning, the advice and the best five open suggestions."""
    advice = actions.latest_advice(request.user, clock.now())
    rows = current(request.user).filter(status=Status.OPEN)
    rows = rows.filter(advice=advice) if advice else rows
    return {
        "advice": advice,
        "chances": chances(advice),
        **warning_pages.standing(request),
        "suggestions": rows[:TOP],
        "more": max(rows.count() - TOP, 0),
        "back": request.get_full_path(),
    }


urlpatterns = [
    path("", index, name="index"),
    path("<int:pk>/accept/", measure_pages.accept, name="accept"),
    path("<int:pk>/refuse/", measure_pages.refuse, name="refuse"),
    path("batch/", measure_pages.batch, name="batch"),
    path("warning/", warning_pages.history, name="history"),
    path("warning/propose/", warning_pages.propose, name="propose"),
    path("warning/<int:pk>/notice", warning_pages.notice, name="notice"),
    path("warning/<int:pk>/notice.docx", warning_pages.notice_word, name="notice_word"),
    path("warning/<int:pk>/<str:verdict>/", warning_pages.answer, name="answer"),
    path("advice/<int:pk>/decline/", warning_pages.decline, name="decline"),
    path("advice/<int:pk>/sheet", consultation, name="sheet"),
    path("advice/<int:pk>/sheet.docx", consultation_word, name="sheet_word"),
]
