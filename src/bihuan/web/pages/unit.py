"""A unit of the emission-reduction list: what it is, what it can do, what was found and is being done about it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from bihuan.cases.models import Case, Finding
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Emitter, Measure

SHOWN = 20


def detail(request: Asked, code: str) -> HttpResponse:
    """The unit, if the person may see it (404 otherwise), with its newest findings and cases."""
    units = visible(Emitter.objects.select_related("region", "organisation"), request.user)
    unit = get_object_or_404(units, pk=code)
    findings, cases = Finding.objects.none(), Case.objects.none()
    if unit.organisation is not None:
        findings = visible(Finding.objects.filter(organisation=unit.organisation), request.user)
        cases = visible(Case.objects.filter(organisation=unit.organisation), request.user)
    context = {
        "unit": unit,
        "measures": visible(Measure.objects.filter(emitter=unit), request.user),
        "findings": findings[:SHOWN],
        "cases": cases[:SHOWN],
    }
    return render(request, "web/unit.html", context)
