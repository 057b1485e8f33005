"""Incidents: the list by state, one with its findings, what people decide on them, and how they regroup them."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import way_back, whole_of
from bihuan.cases import duplicates, incident_judging, judging, regrouping
from bihuan.cases.errors import IllegalMove
from bihuan.cases.incident_models import Incident, Regrouping
from bihuan.cases.models import Case
from bihuan.cases.route_settings import alike
from bihuan.kit.listing.shown import Shown
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.roles import OFFICE
from bihuan.web import drafts, incident_list, judging_forms
from bihuan.web.fields import deadline
from bihuan.web.judging_forms import WAITING

NEARBY = 20
MANY = "incidents"
"""The form of all that are ticked."""


def index(request: Asked) -> HttpResponse:
    """The list by state: the root of each incident, the others folded below it."""
    shown = Shown(incident_list.listing_of(request.user, request.GET, clock.now()), request.GET)
    if taken := shown.file():
        return taken
    context = {
        "list": shown,
        "newest": max((line.seen for line in shown.lines), default=0),
        "bulk": judging_forms.address("incidents_judge"),
        "many": drafts.load(request, MANY),
        **judging_forms.context(request),
    }
    return render(request, "web/findings.html", context)


def detail(request: Asked, pk: int) -> HttpResponse:
    """One incident: its root with the evidence, the findings below it, its cases, and how it was regrouped."""
    incident = incident_judging.incident_for(request.user, pk)
    if incident.pk != pk:
        return redirect("incident", incident.pk)
    (line,) = incident_list.lines_of([pk], request.user, clock.now())
    cases = visible(Case.objects.filter(findings__in=line.members), request.user).distinct()
    context = {
        "line": line,
        "incident": incident,
        "unseen": incident.findings.exclude(status="merged").count() - len(line.members),
        "cases": cases,
        "regroupings": regrouping.regroupings_of(incident) if judging.may_judge(request.user) else (),
        "others": _others(request, line) if judging.may_judge(request.user) else (),
        **judging_forms.context(request),
        **judging_forms.near_to(
            duplicates.of_finding(line.root, alike()) if line.status in WAITING else [],
            request.user,
        ),
        "may_hand": may(request.user, *OFFICE, region=line.root.region_id),
        "may_propose": judging.may_propose(request.user, line.root),
    }
    return render(request, "web/incident.html", context)


def _others(request: Asked, line: incident_list.Line) -> list[incident_list.Line]:
    """Incidents with which this one could be merged: the newest that overlap it in time."""
    found = incident_list.seen_by(request.user).filter(started_at__lte=line.until, until__gte=line.started_at)
    pks = found.exclude(incident=line.incident).order_by("-incident_id").values_list("incident_id", flat=True)
    return incident_list.lines_of(list(dict.fromkeys(pks[: 5 * NEARBY]))[:NEARBY], request.user, clock.now())


@require_POST
def judge(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Confirm, reject, silence, undo, propose one of these, or hand over to a unit: all its findings at once."""
    incident, form = (
        incident_judging.incident_for(request.user, pk),
        judging_forms.address("incident_judge", pk),
    )
    try:
        if verdict == "hand":
            case = _hand(request, incident)
            drafts.drop(request, form)
            said = {"unit": case.organisation, "number": case.number, "n": case.findings.count()}
            messages.success(request, _("已交办 %(unit)s：%(number)s，含 %(n)d 条发现") % said)
            return redirect("case", case.number)
        _decide(request, incident, verdict, seen=whole_of(request.POST.get("seen", "")))
        drafts.drop(request, form)
        messages.success(request, _("已记录，写入事件的全部发现"))
    except IllegalMove as error:
        drafts.refused(request, form, error)
    return way_back(request, "findings")


@require_POST
def judge_many(request: Asked, verdict: str) -> HttpResponse:
    """The same for several incidents that are ticked: all of them or none."""
    asked = [n for n in map(whole_of, request.POST.getlist("incident")) if n is not None]
    try:
        if not asked:
            raise IllegalMove(_("请先勾选事件"))
        with transaction.atomic():
            for pk in asked:
                incident = incident_judging.incident_for(request.user, pk)
                if verdict == "hand":
                    _hand(request, incident)
                else:
                    _decide(request, incident, verdict, seen=whole_of(request.POST.get("seen", "")))
        drafts.drop(request, MANY)
        messages.success(request, _("已处理 %(n)d 个事件") % {"n": len(asked)})
    except IllegalMove as error:
        drafts.refused(request, MANY, error, ticks="incident")
    return way_back(request, "findings")


def _hand(request: Asked, incident: Incident) -> Case:
    """One case of all its findings; to the unit chosen, else to the one that the rules propose for its root."""
    members = incident_judging.members_of(incident, request.user)
    worst = max((f.severity for f in members), key=incident_list.RANKS.index)
    unit, liable = judging_forms.recipient(request, members[0], worst)
    return incident_judging.hand(
        incident,
        request.user,
        unit,
        seen=whole_of(request.POST.get("seen", "")),
        due=deadline(request.POST),
        liable=liable,
        note=request.POST.get("reason", ""),
    )


def _decide(request: Asked, incident: Incident, verdict: str, *, seen: int | None) -> None:
    person, reason = request.user, judging_forms.reason(request)
    if verdict == "confirm":
        incident_judging.confirm(incident, person, reason, seen=seen)
    elif verdict == "reject":
        incident_judging.reject(incident, person, reason, seen=seen)
    elif verdict == "silence":
        until = clock.now() + judging_forms.span(request)
        incident_judging.silence(incident, person, until, reason, seen=seen)
    elif verdict == "undo":
        incident_judging.undo(incident, person, reason)
    elif verdict == "propose":
        incident_judging.propose(incident, person, request.POST.get("proposed", ""), reason)
    else:
        raise IllegalMove(_("事件不能“%(verdict)s”") % {"verdict": verdict[:20]})


@require_POST
def regroup(request: Asked, pk: int, how: str) -> HttpResponse:
    """Split findings off (`finding`, several), merge another incident in (`other`), or take one of these back (`done`)."""
    incident, person = incident_judging.incident_for(request.user, pk), request.user
    reason, form = request.POST.get("reason", ""), reverse("incident_regroup", args=[pk, how])
    try:
        if how == "split":
            asked = [n for n in map(whole_of, request.POST.getlist("finding")) if n is not None]
            incident = regrouping.split(incident, asked, person, reason)
        elif how == "merge":
            other = incident_judging.incident_for(person, whole_of(request.POST.get("other", "")) or 0)
            incident = regrouping.merge(incident, other, person, reason)
        else:
            done = get_object_or_404(Regrouping, pk=whole_of(request.POST.get("done", "")) or 0)
            incident = regrouping.take_back(done, person, reason)
        drafts.drop(request, form)
        messages.success(request, _("已记录"))
    except IllegalMove as error:
        drafts.refused(request, form, error, ticks="finding")
    return redirect("incident", incident.pk)
