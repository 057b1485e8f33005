"""Findings: the list by state, one with its evidence, and what people decide on them."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import way_back, whole_of
from bihuan.cases import actions, findings, judging, terms
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.cases.targets import kind_of
from bihuan.kit.downloads import download_table
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.models import Organisation
from bihuan.registry.roles import OFFICE
from bihuan.web import finding_list
from bihuan.web.fields import chosen, deadline

PER_PAGE = 60


def index(request: Asked) -> HttpResponse:
    """The list by state, grouped by target."""
    rows = finding_list.rows_of(request)
    if "as" in request.GET:
        return download_table(request.GET["as"], "findings", finding_list.table_of(rows))
    page = Paginator(rows.prefetch_related("proposals__by"), PER_PAGE).get_page(request.GET.get("page"))
    lines = finding_list.lines_of(list(page), clock.now())
    context = {
        "tab": finding_list.tab_of(request.GET),
        "tabs": finding_list.TABS,
        "order": finding_list.order_of(request.GET),
        "orders": finding_list.ORDERS,
        "filters": finding_list.filters_of(request),
        "page": page,
        "groups": finding_list.grouped(lines),
        **_forms(request),
    }
    return render(request, "web/findings.html", context)


def _forms(request: Asked) -> dict[str, object]:
    """What the forms of findings need, whichever finding they are about."""
    return {
        "may_judge": judging.may_judge(request.user),
        "units": _units(request).filter(kind__in=("county", "department")),
        "terms": terms.choices(),
        "reasons": judging.REASONS,
        "silences": [(int(s / timedelta(hours=1)), terms.span_text(s)) for s in judging.SILENCES],
        "reason_length": judging.REASON_LENGTH,
    }


def _units(request: Asked) -> "QuerySet[Organisation]":
    return visible(Organisation.objects.exclude(kind="centre"), request.user)


def detail(request: Asked, pk: int) -> HttpResponse:
    """One finding with its frozen evidence."""
    found = findings.finding_for(request.user, pk)
    kind = kind_of(found.target_kind)
    (line,) = finding_list.lines_of([found], clock.now())
    context = {
        "line": line,
        "finding": found,
        "cases": found.cases.all(),
        "opens": reverse(kind.page, args=[found.target]) if kind and kind.page else "",
        **_forms(request),
        "may_hand": may(request.user, *OFFICE, region=found.region_id),
        "may_propose": judging.may_propose(request.user, found),
    }
    return render(request, "web/finding.html", context)


@require_POST
def judge(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Confirm, reject, silence, undo, propose one of these, or hand over to a unit."""
    found = findings.finding_for(request.user, pk)
    try:
        if verdict == "hand":
            return _hand(request, found)
        _decide(request, found, verdict)
        messages.success(request, _("已记录：%(what)s") % {"what": _(found.get_status_display())})
    except IllegalMove as error:
        messages.error(request, str(error))
    return way_back(request, "findings")


def _decide(request: Asked, found: Finding, verdict: str) -> None:
    person, reason = request.user, _reason(request)
    if verdict == "confirm":
        judging.confirm(found, person, reason)
    elif verdict == "reject":
        judging.reject(found, person, reason)
    elif verdict == "silence":
        judging.silence(found, person, clock.now() + _span(request), reason)
    elif verdict == "undo":
        judging.undo(found, person, reason)
    elif verdict == "propose":
        judging.propose(found, person, request.POST.get("proposed", ""), reason)
    else:
        raise IllegalMove(_("发现不能“%(verdict)s”") % {"verdict": verdict[:20]})


def _reason(request: HttpRequest) -> str:
    """The reason chosen from the list, and what was typed beside it."""
    usual = request.POST.get("usual_reason", "")
    typed = request.POST.get("reason", "").strip()
    return _("：").join(filter(None, (usual if usual in judging.REASONS else "", typed)))


def _span(request: HttpRequest) -> timedelta:
    """How long to be silent; 24 hours when the form does not say. Raises IllegalMove."""
    text = request.POST.get("hours", "") or "24"
    hours = whole_of(text)
    if hours is None or timedelta(hours=min(hours, 10_000)) not in judging.SILENCES:
        offered = _("、").join(terms.span_text(s) for s in judging.SILENCES)
        raise IllegalMove(_("静默时长请在 %(spans)s 中选择") % {"spans": offered})
    return timedelta(hours=hours)


def _hand(request: Asked, found: Finding) -> HttpResponse:
    unit = chosen(request.POST, "organisation", "承办单位", _units(request)) or found.organisation
    if unit is None:
        raise IllegalMove(_("请选择承办单位"))
    due = deadline(request.POST, clock.now())
    case = actions.hand_over([found], request.user, unit, due=due, note=request.POST.get("reason", ""))
    messages.success(request, _("已交办 %(unit)s：%(number)s") % {"unit": unit, "number": case.number})
    return redirect("case", case.number)
