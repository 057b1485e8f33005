"""A unit of the emission-reduction list: what it is, what it can do, what was found and is being done about it."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from bihuan.cases.models import Case, Finding
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Emitter, Measure

SHOWN = 20


def _given_to(unit: Emitter) -> Q:
    return Q(organisation=unit.organisation) if unit.organisation is not None else Q(pk__in=[])


def detail(request: Asked, code: str) -> HttpResponse:
    """The unit, if the person may see it (404 otherwise), with its newest findings and cases."""
    units = visible(Emitter.objects.select_related("region", "organisation"), request.user)
    unit = get_object_or_404(units, pk=code)
    about = Q(target_kind="emitter", target=unit.pk)
    if unit.organisation is not None:
        about |= Q(organisation=unit.organisation)
    findings = visible(Finding.objects.filter(about), request.user)
    cases = visible(Case.objects.filter(Q(findings__in=findings) | _given_to(unit)), request.user).distinct()
    context = {
        "unit": unit,
        "measures": visible(Measure.objects.filter(emitter=unit), request.user),
        "findings": findings[:SHOWN],
        "cases": cases[:SHOWN],
    }
    return render(request, "web/unit.html", context)
