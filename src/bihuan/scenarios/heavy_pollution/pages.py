"""Pages: advice, ranked suggestions, decisions, consultation sheet; and the panel on the centre's page."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import way_back
from bihuan.cases.errors import IllegalMove
from bihuan.domain.control.warning import NAMES
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.models import Emitter, Measure, Person
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.heavy_pollution import actions, exchange
from bihuan.scenarios.heavy_pollution.models import POLLUTANTS, Advice, Suggestion, warning_in_force
from bihuan.scenarios.heavy_pollution.sheet import Sheet, sheet_of, word
from bihuan.scenarios.heavy_pollution.totals import Total, totals
from bihuan.scenarios.sheets import EXCEL

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TOP = 5
PER_PAGE = 30
Status = Suggestion.Status


def current(person: Person) -> QuerySet[Suggestion]:
    """The suggestions of the newest run up to now that a person may see, best first."""
    rows = visible(Suggestion.objects.filter(issued__lte=clock.now()), person)
    newest = rows.order_by("-issued").first()
    related = rows.select_related("region", "emitter", "case", "decided_by", "advice__region")
    return related.filter(issued=newest.issued).order_by("rank") if newest else related.none()


def chances(advice: Advice) -> list[tuple[str, str, float]]:
    """(level, name, probability of at least this level), mildest first."""
    return [(k, name, advice.probabilities.get(k, 0.0)) for k, name in NAMES.items()]


def _of_advice(person: Person, advice: Advice | None) -> list[Suggestion]:
    """Suggestions that belong with the advice: a newer run without suggestions has none."""
    rows = list(current(person))
    return [r for r in rows if advice is None or r.advice_id == advice.pk]


def _totals(advice: Advice | None, rows: list[Suggestion]) -> list[Total]:
    return totals(advice.region, advice.listed_level, rows) if advice and advice.listed_level else []


def index(request: Asked) -> HttpResponse:
    """The advice and the list; `as=xlsx` takes it away."""
    advice = actions.latest_advice(request.user, clock.now())
    everything = _of_advice(request.user, advice)
    sums = _totals(advice, everything)
    rows = _filtered(request, everything)
    if request.GET.get("as") == "xlsx":
        units = visible(Emitter.objects.all(), request.user)
        listed = Measure.objects.filter(emitter__in=units).select_related("emitter__region")
        return _download(exchange.workbook(advice, rows, sums, listed), "管控建议.xlsx", EXCEL)
    context = {
        "advice": advice,
        "chances": chances(advice) if advice else [],
        "running": warning_in_force(advice.region, clock.now()) if advice else None,
        "may_warn": advice is not None and may(request.user, *OFFICE, region=advice.region),
        "levels": Measure.Level.choices,
        "totals": sums,
        "page": Paginator([r for r in rows if r.status == Status.OPEN], PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "done": [r for r in rows if r.status not in (Status.OPEN, Status.EXPIRED)],
        "all": len(everything),
        "no_wind": any(r.why_data.get("upwind") == "unknown" for r in everything),
        "kinds": Emitter.Kind.choices,
        "counties": sorted({(r.region_id[:6], r.region.name) for r in everything}),
        "pollutants": [(p, POLLUTANTS[p]) for p in sorted({r.pollutant for r in everything})],
        "back": request.get_full_path(),
    }
    return render(request, "heavy_pollution/index.html", context)


def _filtered(request: Asked, rows: list[Suggestion]) -> list[Suggestion]:
    kind, county, pollutant = (request.GET.get(k, "") for k in ("kind", "county", "pollutant"))
    return [
        r
        for r in rows
        if (not kind or r.emitter.kind == kind)
        and r.region_id.startswith(county)
        and (not pollutant or r.pollutant == pollutant)
    ]


def _download(content: bytes, name: str, media: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def _back(request: Asked) -> HttpResponse:
    return way_back(request, "heavy_pollution:index")


@require_POST
def accept(request: Asked, pk: int) -> HttpResponse:
    """Accept as it is or changed; `hand` hands it over at once."""
    suggestion = actions.suggestion_for(request.user, pk)
    try:
        kg = _amount(request.POST.get("kg", ""))
        text, hand = request.POST.get("text", ""), "hand" in request.POST
        case = actions.accept(suggestion, request.user, changed_text=text, changed_kg=kg, hand=hand)
    except IllegalMove as error:
        messages.error(request, str(error))
        return _back(request)
    messages.success(
        request,
        _("已采纳：%(unit)s，%(state)s %(number)s")
        % {"unit": suggestion.emitter, "state": case.get_state_display(), "number": case.number},
    )
    return _back(request)


def _amount(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError as error:
        raise IllegalMove(
            _("减排量“%(text)s”不是数字，请填写千克/日，例如 120.5") % {"text": text}
        ) from error


@require_POST
def refuse(request: Asked, pk: int) -> HttpResponse:
    """Refuse with a reason."""
    suggestion = actions.suggestion_for(request.user, pk)
    try:
        actions.refuse(suggestion, request.user, request.POST.get("reason", ""))
        messages.success(request, _("已记录不采纳：%(unit)s") % {"unit": suggestion.emitter})
    except IllegalMove as error:
        messages.error(request, str(error))
    return _back(request)


@require_POST
def decide(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Start the warning, or not (`stop`)."""
    if verdict not in ("start", "stop"):
        raise Http404
    advice = actions.advice_for(request.user, pk)
    level, reason = request.POST.get("level", ""), request.POST.get("reason", "")
    try:
        actions.decide_warning(advice, request.user, start=verdict == "start", reason=reason, level=level)
        messages.success(request, _("已记录：%(what)s") % {"what": _(advice.get_decision_display())})
    except IllegalMove as error:
        messages.error(request, str(error))
    return _back(request)


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
    return _download(word(sheet), f"会商单-{sheet.advice.issued:%Y%m%dT%HZ}.docx", WORD)


def centre_panel(request: Asked) -> dict[str, Any]:
    """What the centre's page shows: the advice and the best five open suggestions."""
    advice = actions.latest_advice(request.user, clock.now())
    rows = current(request.user).filter(status=Status.OPEN)
    rows = rows.filter(advice=advice) if advice else rows
    return {
        "advice": advice,
        "chances": chances(advice) if advice else [],
        "running": warning_in_force(advice.region, clock.now()) if advice else None,
        "may_warn": advice is not None and may(request.user, *OFFICE, region=advice.region),
        "suggestions": rows[:TOP],
        "more": max(rows.count() - TOP, 0),
        "back": request.get_full_path(),
    }


# Where the centre's page puts this scenario: (column, template, context of the template).
PANELS = (("right", "heavy_pollution/_centre.html", centre_panel),)

urlpatterns = [
    path("", index, name="index"),
    path("<int:pk>/accept/", accept, name="accept"),
    path("<int:pk>/refuse/", refuse, name="refuse"),
    path("advice/<int:pk>/<str:verdict>/decide/", decide, name="decide"),
    path("advice/<int:pk>/sheet", consultation, name="sheet"),
    path("advice/<int:pk>/sheet.docx", consultation_word, name="sheet_word"),
]
