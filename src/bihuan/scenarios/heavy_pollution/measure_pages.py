"""What is posted about measures: one suggestion, or many at once."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import LARGEST_ID, way_back, whole_of
from bihuan.cases.errors import IllegalMove
from bihuan.cases.transitions import State
from bihuan.kit.forms import acted, filled
from bihuan.registry.access import Asked
from bihuan.scenarios.heavy_pollution import actions, batches
from bihuan.scenarios.heavy_pollution.batches import Outcome
from bihuan.scenarios.heavy_pollution.choosing import chosen, current
from bihuan.scenarios.heavy_pollution.models import Suggestion

INDEX = "heavy_pollution:index"
NAMED = 5
UNDO = "heavy_pollution_batch"  # in the session: when the last batch began
Status = Suggestion.Status


class AcceptForm(forms.Form):
    """How a measure is changed, if it is: an empty field leaves what is listed; `hand` hands it over at once."""

    kg = forms.FloatField(
        required=False, error_messages={"invalid": gettext_lazy("减排量不是数字，请填写千克/日，例如 120.5")}
    )
    text = forms.CharField(required=False)
    hand = forms.BooleanField(required=False)


@require_POST
def accept(request: Asked, pk: int) -> HttpResponse:
    """Accept as it is or changed."""
    suggestion = actions.suggestion_for(request.user, pk)

    def act() -> str:
        said = filled(AcceptForm(request.POST))
        case = actions.accept(
            suggestion, request.user, changed_text=said["text"], changed_kg=said["kg"], hand=said["hand"]
        )
        told = {"unit": suggestion.emitter, "state": _(case.get_state_display()), "number": case.number}
        return _("已采纳：%(unit)s，%(state)s %(number)s") % told

    return acted(request, INDEX, act)


@require_POST
def refuse(request: Asked, pk: int) -> HttpResponse:
    """Refuse with a reason."""
    suggestion = actions.suggestion_for(request.user, pk)

    def act() -> str:
        actions.refuse(suggestion, request.user, request.POST.get("reason", ""))
        return _("已记录不采纳：%(unit)s") % {"unit": suggestion.emitter}

    return acted(request, INDEX, act)


@require_POST
def batch(request: Asked) -> HttpResponse:
    """Decide all that the form chose (`scope`: all of the filter, or the picked ones).

    What takes longer than a moment goes on by itself, with its progress in between (`after`, `done`, `failed`).
    """
    try:
        outcome = _done(request)
    except IllegalMove as error:
        messages.error(request, str(error))
        return way_back(request, INDEX)
    outcome.done += whole_of(request.POST.get("done", "")) or 0
    earlier = (line.partition("\t") for line in request.POST.getlist("failed"))
    outcome.failed = [(unit, why) for unit, _tab, why in earlier] + outcome.failed
    if outcome.left:
        return render(request, "heavy_pollution/progress.html", _progress(request, outcome))
    _report(request, outcome)
    return way_back(request, INDEX)


def _progress(request: Asked, outcome: Outcome) -> dict[str, Any]:
    told = ("csrfmiddlewaretoken", "after", "done", "failed")
    given = [(key, value) for key, values in request.POST.lists() if key not in told for value in values]
    so_far = [("after", outcome.last), ("done", outcome.done)]
    failed = [("failed", f"{unit}\t{why}") for unit, why in outcome.failed]
    worked = outcome.done + len(outcome.failed)
    return {"fields": [*given, *so_far, *failed], "worked": worked, "total": worked + outcome.left}


def _done(request: Asked) -> Outcome:
    by, what = request.user, request.POST.get("do", "")
    after = whole_of(request.POST.get("after", "")) or 0
    if what == "undo":
        return batches.take_back_all(undoable(request).filter(pk__gt=min(after, LARGEST_ID)), by)
    if what in ("accept", "hand", "refuse") and not after:
        request.session[UNDO] = clock.now().isoformat()
    if what in ("accept", "hand"):
        return batches.accept_all(_rows(request, after, Status.OPEN), by, hand=what == "hand")
    if what == "refuse":
        return batches.refuse_all(_rows(request, after, Status.OPEN), by, request.POST.get("reason", ""))
    if what == "dispatch":
        waiting = _rows(request, after, Status.ACCEPTED, Status.CHANGED, Status.ONGOING)
        return batches.hand_over_all(waiting.filter(case__state=State.PENDING), by)
    raise IllegalMove(_("请选择要办理的操作"))


def undoable(request: Asked) -> QuerySet[Suggestion]:
    """What this person decided in the last batch and can still take back: refused, or accepted and not handed over."""
    rows, since = current(request.user), request.session.get(UNDO, "")
    if not since:
        return rows.none()
    mine = rows.filter(decided_by=request.user, decided_at__gte=datetime.fromisoformat(since))
    decided = mine.filter(status__in=(Status.ACCEPTED, Status.CHANGED, Status.REFUSED))
    return decided.filter(Q(case=None) | Q(case__state=State.PENDING))


def _rows(request: Asked, after: int, *statuses: str) -> QuerySet[Suggestion]:
    rows = chosen(current(request.user), request.POST).filter(
        status__in=statuses, pk__gt=min(after, LARGEST_ID)
    )
    if request.POST.get("scope") != "picked":
        return rows
    picked = [pk for pk in map(whole_of, request.POST.getlist("pick")) if pk is not None and pk <= LARGEST_ID]
    if not picked:
        raise IllegalMove(_("没有勾选任何一条；请勾选，或对筛选出的全部办理"))
    return rows.filter(pk__in=picked)


def _report(request: Asked, outcome: Outcome) -> None:
    if outcome.done:
        messages.success(request, _("已办理 %(n)d 条") % {"n": outcome.done})
    elif not outcome.failed:
        messages.warning(request, _("没有可以办理的条目"))
    if outcome.failed:
        said = _("；").join(f"{unit}{_('：')}{why}" for unit, why in outcome.failed[:NAMED])
        more = _("等") if len(outcome.failed) > NAMED else ""
        messages.error(
            request, _("%(n)d 条未办理：%(which)s") % {"n": len(outcome.failed), "which": said + more}
        )
