"""Pages of the warning itself: propose, answer, the history of all steps, and the notices."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.english import Written
from bihuan.kit.downloads import WORD, download
from bihuan.kit.forms import Moment, acted, filled
from bihuan.kit.listing.declared import NOTHING, Cell, Column, Listing, whole
from bihuan.kit.listing.shown import listed
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

INDEX = "heavy_pollution:index"


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
    }


class WishForm(forms.Form):
    """What a proposal asks for; the level is not read for a lift, no `since` means at once."""

    kind = forms.ChoiceField(
        choices=Kind.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("请选择要办理的事项：发布、调整或解除")
        ),
    )
    level = forms.CharField(required=False)
    since = Moment(required=False)
    until = Moment(required=False)
    reason = forms.CharField(required=False)


@require_POST
def propose(request: Asked) -> HttpResponse:
    """Propose a start, a change or a lift."""
    region = region_of(request.user)

    def act() -> str:
        if region is None:
            raise IllegalMove(_("预警由覆盖本区域的调度岗或负责人提请"))
        said = filled(WishForm(request.POST))
        warning_actions.propose(region, request.user, Wish(**said | {"kind": Kind(said["kind"])}))
        return _("已提请，待有权批准的负责人批准后生效")

    return acted(request, INDEX, act)


@require_POST
def answer(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Approve, return or withdraw a proposal."""
    proposal = warning_actions.step_for(request.user, pk)
    if verdict not in ("approve", "return", "withdraw") or proposal.action != Action.PROPOSED:
        raise Http404
    return acted(request, INDEX, lambda: _answer(request, proposal, verdict))


def _answer(request: Asked, proposal: WarningStep, verdict: str) -> str:
    reason = request.POST.get("reason", "")
    if verdict == "withdraw":
        warning_actions.withdraw(proposal, request.user)
        return _("已撤回提请")
    if verdict == "return":
        warning_actions.turn_down(proposal, request.user, reason)
        return _("已退回提请")
    step, ended = warning_actions.approve(proposal, request.user, reason)
    if ended.left:
        messages.warning(request, _("未能终止，请逐件办理：%(which)s") % {"which": _("、").join(ended.left)})
    text = _("已批准：%(what)s，%(number)s。") % {"what": step, "number": step.notice_number}
    return text + (_("%(n)d 件措施问题已终止。") % {"n": ended.cases} if ended.cases else "")


@require_POST
def decline(request: Asked, pk: int) -> HttpResponse:
    """No warning is started on this advice."""
    advice = actions.advice_for(request.user, pk)

    def act() -> str:
        warning_actions.decline(advice, request.user, request.POST.get("reason", ""))
        return _("已记录：%(what)s") % {"what": _("不启动")}

    return acted(request, INDEX, act)


def history(request: Asked) -> HttpResponse:
    """All steps of all warnings, newest first; who holds no office sees what was put in force."""
    rows = visible(WarningStep.objects.filter(at__lte=clock.now()), request.user)
    rows = rows.select_related("region", "person", "answers")
    if region_of(request.user) is None:
        rows = rows.filter(action=Action.APPROVED)
    listing = Listing(
        "warnings", _("预警办理记录"), whole(rows.filter, _("还没有办理过预警。")), _columns(), per_page=100, unit=_("步"),
        hint=_("只能追加，不能修改或删除"),
    )  # fmt: skip
    return listed(request, listing, "heavy_pollution/history.html", {"signatures": signatures()})


def _columns() -> tuple[Column[WarningStep], ...]:
    return (
        Column(_("时间"), lambda s: s.at),
        Column(_("区域"), lambda s: Written(s.region.name)),
        Column(_("事项"), _matter),
        Column(_("步骤"), lambda s: s.get_action_display()),
        Column(_("起"), lambda s: s.since),
        Column(_("预计至"), lambda s: s.until),
        Column(_("办理人"), lambda s: str(s.person), lambda s: Cell(str(s.person), note=s.post)),
        Column(_("职务"), lambda s: s.post, page=False),
        Column(_("理由"), lambda s: Written(s.reason)),
        Column(_("通知"), lambda s: s.notice_number, _notice),
    )


def _matter(step: WarningStep) -> str:
    before = f"{_(step.get_before_display())} → " if step.before not in ("", step.level) else ""
    level = _("%(level)s预警") % {"level": _(step.get_level_display())}
    return Written(f"{_(step.get_kind_display())} {before}{level}")


def _notice(step: WarningStep) -> Cell | str:
    return (
        Cell(step.notice_number, reverse("heavy_pollution:notice", args=[step.pk]))
        if step.number
        else NOTHING
    )


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
