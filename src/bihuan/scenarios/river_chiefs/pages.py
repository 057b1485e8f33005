"""河长制: rivers, one river, duties, rules, finds, goals, the league table, and the files of each."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.kit.downloads import WORD, download
from bihuan.kit.forms import acted, filled
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.river_chiefs import (
    duty_pages,
    find_pages,
    goal_pages,
    league_pages,
    listing,
    report,
    suggestions,
)
from bihuan.scenarios.river_chiefs.forms import SuggestionForm
from bihuan.scenarios.river_chiefs.happy import KEY
from bihuan.scenarios.river_chiefs.rivers import told_of


def index(request: Asked) -> HttpResponse:
    """Every river; `as=xlsx` takes it away."""
    return listed(request, listing.rivers(request.user), "river_chiefs/index.html")


def _river(request: Asked, code: str) -> River:
    rows = visible(River.objects.select_related("region", "organisation"), request.user)
    return get_object_or_404(rows, pk=code)


def units(request: Asked) -> QuerySet[Organisation]:
    """Governments and departments: to whom things are handed."""
    kinds = (Organisation.Kind.COUNTY, Organisation.Kind.DEPARTMENT)
    return visible(Organisation.objects.filter(kind__in=kinds), request.user).order_by("name")


def river(request: Asked, code: str) -> HttpResponse:
    """One river: who answers for it at every level, what is open, who patrolled last, goals and score."""
    found = _river(request, code)
    form = SuggestionForm()
    form.fields["unit"].queryset = units(request)  # type: ignore[attr-defined]  # a choice of rows
    context = {
        "told": told_of(found, request.user), "river": found, "form": KEY, "suggestion": form,
        "registers": suggestions.may_register(request.user, found),
    }  # fmt: skip
    return render(request, "river_chiefs/river.html", context)


def reach(request: Asked, code: str) -> HttpResponse:
    """The page of a reach is a part of that of its river."""
    found = get_object_or_404(visible(Reach.objects.all(), request.user), pk=code)
    return redirect(f"{reverse('river_chiefs:river', args=[found.river_id])}#{found.pk}")


@require_POST
def suggest(request: Asked, code: str) -> HttpResponse:
    """Register a suggestion of the procuratorate about a river."""
    found = _river(request, code)

    def act() -> str:
        form = SuggestionForm(request.POST)
        form.fields["unit"].queryset = units(request)  # type: ignore[attr-defined]  # a choice of rows
        said = filled(form)
        case = suggestions.register(
            request.user, found, said["title"], said["text"], said["unit"], urgent=said["urgent"]
        )
        return _("已登记 %(number)s") % {"number": case.number}

    return acted(request, reverse("river_chiefs:river", args=[code]), act)


def word(request: Asked, code: str) -> HttpResponse:
    """One river as a Word paper."""
    found = _river(request, code)
    return download(report.of_river(told_of(found, request.user)), f"{found.name}河长制情况.docx", WORD)


urlpatterns = [
    path("", index, name="index"),
    path("duties/", duty_pages.index, name="duties"),
    path("rules/", duty_pages.rules, name="rules"),
    path("finds/", find_pages.index, name="finds"),
    path("finds/ledger.xlsx", find_pages.ledger, name="ledger"),
    path("finds/<int:pk>/", find_pages.find, name="find"),
    path("goals/", goal_pages.index, name="goals"),
    path("goals/<str:code>/", goal_pages.goal, name="goal"),
    path("league/", league_pages.index, name="league"),
    path("league.xlsx", league_pages.book, name="league_book"),
    path("league.docx", league_pages.word, name="league_word"),
    path("rivers/<str:code>/", river, name="river"),
    path("rivers/<str:code>/suggest", suggest, name="suggest"),
    path("rivers/<str:code>/report.docx", word, name="river_word"),
    path("reaches/<str:code>/", reach, name="reach"),
]
