"""One finding with its evidence, and what people decide on it apart from the others of its incident."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import way_back
from bihuan.cases import actions, duplicates, findings, judging, relapses
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.route_settings import alike
from bihuan.cases.targets import kind_of
from bihuan.registry.access import Asked, may
from bihuan.registry.roles import OFFICE
from bihuan.web import drafts, incident_list, judging_forms
from bihuan.web.fields import deadline
from bihuan.web.judging_forms import WAITING


def detail(request: Asked, pk: int) -> HttpResponse:
    """One finding with its frozen evidence."""
    found = findings.finding_for(request.user, pk)
    kind = kind_of(found.target_kind)
    (line,) = incident_list.lines_with([(found.incident, [found])], request.user, clock.now())
    context = {
        "line": line,
        "finding": found,
        "address": judging_forms.address("finding_judge", pk),
        "company": incident_list.seen_by(request.user)
        .filter(incident=found.incident_id)
        .exclude(pk=pk)
        .count(),
        "cases": found.cases.all(),
        "earlier": relapses.earlier_case(found, request.user),
        "opens": reverse(kind.page, args=[*kind.args, found.target]) if kind and kind.page else "",
        **judging_forms.context(request),
        **judging_forms.near_to(
            duplicates.of_finding(found, alike()) if found.status in WAITING else [],
            request.user,
        ),
        "may_hand": may(request.user, *OFFICE, region=found.region_id),
        "may_propose": judging.may_propose(request.user, found),
    }
    return render(request, "web/finding.html", context)


@require_POST
def judge(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Confirm, reject, silence, undo, propose one of these, or hand over to a unit."""
    found, form = findings.finding_for(request.user, pk), judging_forms.address("finding_judge", pk)
    try:
        if verdict == "hand":
            case = _hand(request, found)
            drafts.drop(request, form)
            return redirect("case", case.number)
        _decide(request, found, verdict)
        drafts.drop(request, form)
        messages.success(request, _("已记录：%(what)s") % {"what": _(found.get_status_display())})
    except IllegalMove as error:
        drafts.refused(request, form, error)
    return way_back(request, "findings")


def _decide(request: Asked, found: Finding, verdict: str) -> None:
    person, reason = request.user, judging_forms.reason(request)
    if verdict == "confirm":
        judging.confirm(found, person, reason)
    elif verdict == "reject":
        judging.reject(found, person, reason)
    elif verdict == "silence":
        judging.silence(found, person, clock.now() + judging_forms.span(request), reason)
    elif verdict == "undo":
        judging.undo(found, person, reason)
    elif verdict == "propose":
        judging.propose(found, person, request.POST.get("proposed", ""), reason)
    else:
        raise IllegalMove(_("发现不能“%(verdict)s”") % {"verdict": verdict[:20]})


def _hand(request: Asked, found: Finding) -> Case:
    unit, liable = judging_forms.recipient(request, found)
    due, note = deadline(request.POST), request.POST.get("reason", "")
    case = actions.hand_over([found], request.user, unit, due=due, liable=liable, note=note)
    messages.success(request, _("已交办 %(unit)s：%(number)s") % {"unit": unit, "number": case.number})
    return case
