"""Cases: the list with what waits for me, one case with its chain, and every step of the table."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import whole_of
from bihuan.cases import (
    actions,
    closing,
    duplicates,
    evidence,
    papers,
    photos,
    step_changes,
    tree_steps,
    turns,
    urging,
)
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.models import Attachment, Case, Finding, Step
from bihuan.cases.reminder_settings import timing
from bihuan.cases.route_settings import alike
from bihuan.cases.routes import propose, router
from bihuan.cases.term_settings import rulebook
from bihuan.cases.transitions import CLEARED, FINISHED, Need, Paper, State
from bihuan.kit.downloads import WORD, download
from bihuan.kit.listing.shown import listed
from bihuan.kit.phone.refused import refused_in, tried_again, written_in
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.roles import FINDERS
from bihuan.web import case_list, case_trees, drafts, judging_forms, route_forms
from bihuan.web.fields import step_data
from bihuan.web.pages import inbox

TICKS = {"split": Need.FINDINGS.key, "dispatch": Need.UNITS.key}
"""The field of which a step takes several values."""
Shown = tuple[Step, list[photos.Shown], list[dict[str, Any]]]
MOST_LISTS = 20
PROPOSED = frozenset({"dispatch", "redispatch", "offer"})
"""The steps for which the rules propose a unit."""


def index(request: Asked) -> HttpResponse:
    """The list: mine first, then open, overdue, finished, all."""
    now, may_register = clock.now(), scope_of(request.user).has(*FINDERS)
    listing = case_list.listing_of(case_list.tabs_of(request.user, now), now, title=_("问题"))
    return listed(request, listing, "web/cases.html", {"may_register": may_register})


def detail(request: Asked, number: str) -> HttpResponse:
    """One case: chain, frozen evidence, the steps that may be taken now; a refused form as it was filled in."""
    case = actions.case_for(request.user, number)
    now, book = clock.now(), rulebook()
    inbox.seen(request.user, case)
    moves = actions.moves(case, request.user)
    allowed = {m.transition.action for m in moves if m.allowed}
    nodes = case_trees.nodes_of(case, now)
    context = {
        "case": case,
        "tree": case_trees.tree_of(case, request.user, now),
        "nodes": nodes,
        "waiting_nodes": [n.node for n in nodes if n.node.done is None],
        "by_rule": step_changes.STARTS_CLOCK,
        "makes_parts": tree_steps.TIES,
        "listed_bys": Case.ListedBy.choices,
        "parents": _lists(request, case) if "attach" in allowed else [],
        "lamp": case.lamp(now, timing()),
        "steps": _shown(case),
        "relatives": _relatives(request, case),
        "findings": case.findings.all(),
        "later": visible(Finding.objects.filter(follows__cases=case).distinct(), request.user),
        "forms": [(m, drafts.load(request, _form(case, m.transition.action))) for m in moves if m.allowed],
        "turn": turns.TURN,
        "refused": [m for m in moves if not m.allowed],
        "from_phones": written_in(case),
        "not_accepted": refused_in(case, request.user),
        "tried_again": tried_again(case),
        "recoveries": closing.recoveries(case, now) if case.state in closing.ASKED else [],
        "watched": closing.watched_until(case) if case.state in CLEARED else None,
        "finished": FINISHED,
        "opened": request.GET.get("form", ""),
        "units": judging_forms.units_of(request),
        "papers": papers.available(case),
        "terms": book.offered(),
        "usual": step_changes.usual(case, book, now),
        "rungs": urging.rungs(case) if case.is_overdue(now) else [],
        **_near(request, case),
        "route": _route(request, case, now) if allowed & PROPOSED else None,
    }
    return render(request, "web/case.html", context)


def _route(request: Asked, case: Case, now: datetime) -> route_forms.Said:
    """To whom the rules would send the case now."""
    (proposal,) = propose([router(now).of_case(case)], request.user)
    return route_forms.said(proposal, route_forms.Words())


def _shown(case: Case) -> list[Shown]:
    """The steps of a case, with their files and what a closing kept as its proof."""
    steps = case.steps.select_related("actor").prefetch_related("files")
    return [(s, [photos.shown(f, s, case) for f in s.files.all()], closing.kept(s)) for s in steps]


def _relatives(request: Asked, case: Case) -> list[tuple[str, Case, list[Shown]]]:
    """The cases with which it was merged or from which it was split, as far as the person sees them, with their histories."""
    others = visible(Case.objects.select_related("organisation"), request.user)
    found = (
        (_("已并入主办问题"), others.filter(merged_cases=case)),
        (_("并入本问题"), others.filter(leading=case)),
        (_("分自"), others.filter(split_cases=case)),
        (_("分出"), others.filter(origin=case)),
    )
    return [(how, other, _shown(other)) for how, rows in found for other in rows.order_by("pk")]


def _near(request: Asked, case: Case) -> dict[str, object]:
    """Open cases that may be the same, while the case is open itself."""
    found = [] if case.state in (*FINISHED, *CLEARED) else duplicates.of_case(case, alike())
    return judging_forms.near_to(found, request.user)


def _lists(request: Asked, case: Case) -> "QuerySet[Case]":
    """The newest lists below which a case could stand."""
    lists = visible(Case.objects.filter(state=State.LISTED, simulated=case.simulated), request.user)
    return lists.exclude(pk=case.pk).order_by("-pk")[:MOST_LISTS]


def _form(case: Case, action: str) -> str:
    return f"{case.number}/{action}"


def _others(request: Asked, case: Case) -> dict[str, object]:
    """The other case and the findings that a form of a family names. Raises IllegalMove, which names the field."""
    given: dict[str, object] = {}
    for key in (Need.LEADING.key, Need.PARENT.key):
        if number := request.POST.get(key, "").strip():
            seen = visible(Case.objects.select_related("region", "organisation"), request.user)
            given[key] = seen.filter(number=number).first()
            if given[key] is None:
                raise IllegalMove(_("没有编号为 %(number)s 的问题") % {"number": number[:40]}, key)
    if keys := {whole_of(key) for key in request.POST.getlist(Need.FINDINGS.key)}:
        given[Need.FINDINGS.key] = [f for f in case.findings.order_by("pk") if f.pk in keys]
    return given


@require_POST
def step(request: Asked, number: str, action: str) -> HttpResponse:
    """Take one step; a refusal is said on the case's own page, which keeps what was typed and the accepted files."""
    case = actions.case_for(request.user, number)
    form = _form(case, action)
    files, refused = drafts.files_of(request, form, Need.PHOTO.key)
    try:
        if refused:
            raise refused[0]
        given = step_data(request.POST, judging_forms.units_of(request)) | _others(request, case)
        done = actions.take(case, action, request.user, files=files, **given)
    except (IllegalMove, BadFile) as error:
        drafts.refused(request, form, error, files, ticks=TICKS.get(action, ""))
        return redirect(reverse("case", args=[number]) + f"?form={action}#steps")
    drafts.drop(request, form)
    said = {"label": _(done.label), "state": _(case.get_state_display())}
    messages.success(request, _("已%(label)s，现在是“%(state)s”。") % said)
    return redirect("case", number)


def paper(request: Asked, number: str, kind: str) -> HttpResponse:
    """A paper of the case as Word."""
    case = actions.case_for(request.user, number)
    if kind not in Paper.values:
        raise Http404
    content = papers.paper(case, kind)
    return download(content, f"{case.number}-{kind}.docx", WORD)


def file(request: Asked, number: str, pk: int) -> HttpResponseBase:
    """One attachment of a case that the person may see; a sentence when it is no longer there or was damaged."""
    case = actions.case_for(request.user, number)
    found = get_object_or_404(visible(Attachment.objects.all(), request.user), pk=pk, step__case=case)
    wrong = evidence.fault(found, thorough=True)
    if wrong:
        return render(request, "web/error.html", {"message": f"{found.name}: {wrong}"}, status=404)
    shown = found.is_image or found.media_type == "application/pdf"
    return FileResponse(
        evidence.path_of(found.sha256).open("rb"),
        filename=evidence.short(found.name),
        content_type=found.media_type,
        as_attachment=not shown,
    )
