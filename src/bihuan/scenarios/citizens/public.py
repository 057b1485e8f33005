"""Pages for everybody: the form of a report, and how a report stands, by its code."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import uploads
from bihuan.registry.addresses import address_of
from bihuan.registry.city import own_city
from bihuan.scenarios.citizens.forms import ReportForm
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.receiving import CODE_LENGTH, MOST_PHOTOS, TooMany, receive
from bihuan.scenarios.citizens.services import SERVICES, TITLES
from bihuan.scenarios.citizens.standing import standing


@login_not_required
def new(request: HttpRequest) -> HttpResponse:
    """The form; a refusal comes back with everything that was typed, the sentence beside its field."""
    if request.method != "POST":
        return _form(request, ReportForm(), 200)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _form(request, form, 400)
    try:
        made = receive(form.said(), address_of(request), uploads(request.FILES.getlist("photos")))
    except TooMany as error:
        form.blame("", error)
        return _form(request, form, 429)
    except (IllegalMove, BadFile) as error:
        form.blame(getattr(error, "field", ""), error)
        return _form(request, form, 400)
    return redirect("citizens:status", made.code)


def _form(request: HttpRequest, form: ReportForm, status: int) -> HttpResponse:
    context = {"form": form, "services": SERVICES, "most": MOST_PHOTOS, "city": own_city()}
    return render(request, "citizens/new.html", context, status=status)


@login_not_required
def ask(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in."""
    code = request.GET.get("code", "").strip().upper()[:CODE_LENGTH]
    return redirect("citizens:status", code) if code else render(request, "citizens/status.html")


@login_not_required
def status(request: HttpRequest, code: str) -> HttpResponse:
    """How the report stands: no text, no photo, no name, so that a code that is found by others gives nothing away."""
    rows = Report.objects.select_related("region").prefetch_related("acts__case__organisation")
    found = rows.filter(code=code.upper()[:CODE_LENGTH]).first()
    if found is None:
        context = {"code": code[:CODE_LENGTH], "wrong": _("没有这个查询码，请核对")}
        return render(request, "citizens/status.html", context, status=404)
    said = {"report": found, "standing": standing(found), "title": _(TITLES[found.service])}
    return render(request, "citizens/status.html", said)
