"""Pages of the office: the list, a report with what is near it, and what is done with it."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.cases import evidence
from bihuan.cases.duplicates import seen_of
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level
from bihuan.kit.forms import acted
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation
from bihuan.scenarios.citizens import contacts, deciding, open311, public
from bihuan.scenarios.citizens.listing import listing_of, seen
from bihuan.scenarios.citizens.models import Photo, Report
from bihuan.scenarios.citizens.places import alike, cases_near
from bihuan.scenarios.citizens.services import TITLES
from bihuan.scenarios.citizens.standing import standing

MOST_NEAR = 10


def index(request: Asked) -> HttpResponse:
    """The list, with the address of the form that everybody may fill in."""
    open_at = request.build_absolute_uri(reverse("citizens:new"))
    return listed(request, listing_of(request.user), "citizens/index.html", {"open_at": open_at})


def _of(request: Asked, pk: int) -> Report:
    return get_object_or_404(seen(request.user), pk=pk)


def _units(request: Asked) -> QuerySet[Organisation]:
    """Governments and departments: they find out whom it concerns."""
    kinds = (Organisation.Kind.COUNTY, Organisation.Kind.DEPARTMENT)
    return visible(Organisation.objects.filter(kind__in=kinds), request.user)


def report(request: Asked, pk: int) -> HttpResponse:
    """What was written, where it is, what may be the same, and what was done."""
    found = _of(request, pk)
    decided = next(iter(found.acts.all()), None)
    near = seen_of(alike(found), request.user)
    cases = seen_of(cases_near(found), request.user) if decided is None else []
    may = decided is None and deciding.may_decide(request.user, found)
    context: dict[str, Any] = {
        "report": found,
        "title": _(TITLES[found.service]),
        "decided": decided,
        "standing": standing(found),
        "photos": found.photos.all(),
        "alike": [(n, _(TITLES[n.row.service]), standing(n.row)) for n in near[:MOST_NEAR]],
        "cases": cases[:MOST_NEAR],
        "may": may,
        "units": _units(request) if may else (),
        "levels": Level.choices,
        "may_contact": contacts.may_see(request.user, found),
        "length": deciding.ANSWER_LENGTH,
    }
    return render(request, "citizens/report.html", context)


@require_POST
def contact(request: Asked, pk: int) -> HttpResponse:
    """Name and telephone, for whoever handles it; the look is recorded."""
    found = _of(request, pk)
    shown = contacts.of(found, request.user)
    return render(request, "citizens/contact.html", {"report": found, "contact": shown})


@require_POST
def decide(request: Asked, pk: int, how: str) -> HttpResponse:
    """Hand over, join to a case, or refuse."""
    found = _of(request, pk)
    act = {"hand": _hand, "join": _join, "refuse": _refuse}.get(how)
    if act is None:
        raise IllegalMove(_("没有这个操作"))
    return acted(request, reverse("citizens:report", args=[pk]), partial(act, request, found))


def _hand(request: Asked, found: Report) -> str:
    units = _units(request)
    key = request.POST.get("organisation", "")
    unit = units.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 10 else None
    if unit is None:
        raise IllegalMove(_("请选择承办单位"), "organisation")
    given = request.POST
    case = deciding.hand_over(
        found, request.user, unit, given.get("answer", ""), level=given.get("level", "")
    )
    return _("已交办 %(unit)s：%(number)s") % {"unit": unit.name, "number": case.number}


def _join(request: Asked, found: Report) -> str:
    case = deciding.join(found, request.user, request.POST.get("number", ""), request.POST.get("answer", ""))
    return _("已并入 %(number)s") % {"number": case.number}


def _refuse(request: Asked, found: Report) -> str:
    deciding.refuse(found, request.user, request.POST.get("answer", ""))
    return _("已答复不受理")


def photo(request: Asked, pk: int, photo_pk: int) -> HttpResponseBase:
    """One photo of a report; a sentence when it is no longer there or was damaged."""
    found = get_object_or_404(
        visible(Photo.objects.filter(report=_of(request, pk)), request.user), pk=photo_pk
    )
    if wrong := evidence.fault(found, thorough=True):
        return render(request, "web/error.html", {"message": f"{found.name}: {wrong}"}, status=404)
    name = evidence.short(found.name)
    return FileResponse(
        evidence.path_of(found.sha256).open("rb"), filename=name, content_type=found.media_type
    )


urlpatterns = [
    path("", index, name="index"),
    path("new/", public.new, name="new"),
    path("status/", public.ask, name="ask"),
    path("status/<str:code>/", public.status, name="status"),
    path("<int:pk>/", report, name="report"),
    path("<int:pk>/contact/", contact, name="contact"),
    path("<int:pk>/photos/<int:photo_pk>/", photo, name="photo"),
    path("<int:pk>/<str:how>/", decide, name="decide"),
    path("open311/v2/services.<str:form>", open311.services, name="open311_services"),
    path("open311/v2/services/<slug:code>.<str:form>", open311.service, name="open311_service"),
    path("open311/v2/requests.<str:form>", open311.requests, name="open311_requests"),
    path("open311/v2/requests/<slug:code>.<str:form>", open311.one, name="open311_request"),
]
