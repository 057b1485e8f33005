"""Pages of the warning itself: propose, answer, the history of all steps, and the notices."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import way_back
from bihuan.cases.errors import IllegalMove
from bihuan.domain.timeaxis import parse_moment
from bihuan.kit.downloads import WORD, download
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.city import evaluated_cities
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.heavy_pollution import actions, warning_actions
from bihuan.scenarios.heavy_pollution.in_force import Action, Kind, open_proposal, warning_in_force
from bihuan.scenarios.heavy_pollution.models import WarningStep
from bihuan.scenarios.heavy_pollution.notice import notice_of, word
from bihuan.scenarios.heavy_pollution.signatures import may_approve, may_propose, rule_of, signatures
from bihuan.scenarios.heavy_pollution.warning_actions import Wish


def region_of(person: Person) -> Region | None:
    """The city whose warning the person may propose or approve."""
    return next((r for r in evaluated_cities() if may(person, *OFFICE, region=r)), None)


def standing(request: Asked) -> dict[str, Any]:
    """What the pages show of the warning: in force, waiting for a signature, and what this person may do about it."""
    now, person = clock.now(), request.user
    region = region_of(person)
    if region is None:
        return {"may_warn": False}
    running, proposal = warning_in_force(region, now), open_proposal(region, now)
    levels = (proposal.level, proposal.before) if proposal else ()
    mine = proposal is not None and proposal.person_id == person.pk
    return {
        "region": region,
        "running": running,
        "late": running is not None and running.until is not None and running.until < now,
        "proposal": proposal,
        "rule": rule_of(*levels) if levels else None,
        "mine": mine,
        "may_answer": bool(levels) and not mine and may_approve(person, region, *levels),
        "may_warn": proposal is None and may_propose(person, region, "yellow"),
        "signatures": signatures(),
    }


@require_POST
def propose(request: Asked) -> HttpResponse:
    """Propose a start, a change or a lift."""
    region = region_of(request.user)
    try:
        if region is None:
            raise IllegalMove(_("预警由覆盖本区域的调度岗或负责人提请"))
        warning_actions.propose(region, request.user, _wish(request))
        messages.success(request, _("已提请，待有权批准的负责人批准后生效"))
    except IllegalMove as error:
        messages.error(request, str(error))
    return way_back(request, "heavy_pollution:index")


def _wish(request: Asked) -> Wish:
    kind = request.POST.get("kind", "")
    if kind not in Kind.values:
        raise IllegalMove(_("请选择要办理的事项：发布、调整或解除"))
    given = {key: _moment(request.POST.get(key, "")) for key in ("since", "until")}
    return Wish(Kind(kind), request.POST.get("level", ""), reason=request.POST.get("reason", ""), **given)


def _moment(text: str) -> datetime | None:
    """A time of a form, in China where it names no offset; empty is none. Raises IllegalMove."""
    if not text.strip():
        return None
    try:
        return parse_moment(text.strip())
    except ValueError as error:
        raise IllegalMove(
            _("“%(text)s”不是时间，写成 2019-02-25T14:00 的样子") % {"text": text[:40]}
        ) from error


@require_POST
def answer(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Approve, return or withdraw a proposal."""
    if verdict not in ("approve", "return", "withdraw"):
        raise Http404
    proposal = warning_actions.step_for(request.user, pk)
    if proposal.action != Action.PROPOSED:
        raise Http404
    try:
        _answer(request, proposal, verdict)
    except IllegalMove as error:
        messages.error(request, str(error))
    return way_back(request, "heavy_pollution:index")


def _answer(request: Asked, proposal: WarningStep, verdict: str) -> None:
    reason = request.POST.get("reason", "")
    if verdict == "withdraw":
        warning_actions.withdraw(proposal, request.user)
        messages.success(request, _("已撤回提请"))
    elif verdict == "return":
        warning_actions.turn_down(proposal, request.user, reason)
        messages.success(request, _("已退回提请"))
    else:
        step, ended = warning_actions.approve(proposal, request.user, reason)
        text = _("已批准：%(what)s，%(number)s。") % {"what": step, "number": step.notice_number}
        if ended.cases:
            text += _("%(n)d 件措施问题已终止。") % {"n": ended.cases}
        messages.success(request, text)
        if ended.left:
            messages.warning(
                request, _("未能终止，请逐件办理：%(which)s") % {"which": _("、").join(ended.left)}
            )


@require_POST
def decline(request: Asked, pk: int) -> HttpResponse:
    """No warning is started on this advice."""
    advice = actions.advice_for(request.user, pk)
    try:
        warning_actions.decline(advice, request.user, request.POST.get("reason", ""))
        messages.success(request, _("已记录：%(what)s") % {"what": _("不启动")})
    except IllegalMove as error:
        messages.error(request, str(error))
    return way_back(request, "heavy_pollution:index")


def history(request: Asked) -> HttpResponse:
    """All steps of all warnings, newest first; who holds no office sees what was put in force."""
    rows = visible(WarningStep.objects.filter(at__lte=clock.now()), request.user)
    rows = rows.select_related("region", "person", "answers")
    if region_of(request.user) is None:
        rows = rows.filter(action=Action.APPROVED)
    return render(request, "heavy_pollution/history.html", {"steps": rows, **standing(request)})


def _approved(request: Asked, pk: int) -> WarningStep:
    step = warning_actions.step_for(request.user, pk)
    if step.action != Action.APPROVED or step.at > clock.now():
        raise Http404
    return step


def notice(request: Asked, pk: int) -> HttpResponse:
    """The notice to read and print."""
    return render(request, "heavy_pollution/notice.html", {"notice": notice_of(_approved(request, pk))})


def notice_word(request: Asked, pk: int) -> HttpResponse:
    """The notice as Word."""
    made = notice_of(_approved(request, pk))
    return download(word(made), f"{made.number}.docx", WORD)
