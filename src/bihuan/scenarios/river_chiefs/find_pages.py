"""Finds at reaches: the list, saying what one is, and the ledger of their cases."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.kit.case_ledger.export import workbook
from bihuan.kit.downloads import download
from bihuan.kit.listing.shown import listed
from bihuan.kit.tables import EXCEL
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.models import Organisation
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.river_chiefs import disorders, listing
from bihuan.scenarios.river_chiefs.forms import DisorderForm

MOST_CASES = 2000


def index(request: Asked) -> HttpResponse:
    """The finds that a person may see."""
    return listed(request, listing.finds(request.user), "river_chiefs/finds.html")


def ledger(request: Asked) -> HttpResponse:
    """The cases of all disorder as the house's ledger, which people edit and take in again."""
    cases = visible(Case.objects.filter(findings__river_disorder__isnull=False).distinct(), request.user)
    rows = cases.select_related("region", "organisation", "parent")[:MOST_CASES]
    return download(workbook(rows), "清四乱台账.xlsx", EXCEL)


def find(request: Asked, pk: int) -> HttpResponse:
    """One find; POST says once what it is."""
    finding = get_object_or_404(disorders.finds_of(request.user), pk=pk)
    offices = may(request.user, *OFFICE, region=finding.region_id)
    form = DisorderForm(request.POST or None, initial={"kind": disorders.kind_in(finding.title)})
    kinds = (Organisation.Kind.COUNTY, Organisation.Kind.DEPARTMENT)
    among = (
        Organisation.objects.filter(kind__in=kinds).order_by("name")
        if offices
        else Organisation.objects.none()
    )
    form.fields["unit"].queryset = visible(among, request.user)  # type: ignore[attr-defined]  # a choice of rows
    if request.method == "POST" and form.is_valid():
        try:
            disorders.settle(request.user, finding, disorders.Said(**form.cleaned_data))
        except IllegalMove as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("已认定并登记为问题。"))
            return redirect("river_chiefs:find", pk)
    context = {
        "finding": finding, "form": form, "disorder": listing.disorder_of(finding), "stop": disorders.stop_of(finding),
        "may": disorders.may_settle(request.user, finding), "cases": finding.cases.all(),
    }  # fmt: skip
    return render(request, "river_chiefs/find.html", context)
