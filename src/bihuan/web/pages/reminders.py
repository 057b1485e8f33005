"""Rules of reminders (提醒规则): the ladders before and after the deadline and how people are reached, set with a reason, every version kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.cases import reach_settings, reminder_settings, set_versions
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level
from bihuan.cases.set_versions import LADDERS, REACH
from bihuan.registry.access import Asked
from bihuan.registry.roles import Role
from bihuan.web import drafts, reminder_forms

SHOWN_VERSIONS = 50


def page(request: Asked) -> HttpResponse:
    """What is in force, or the form as it was refused, and the versions."""
    draft, reach_draft = drafts.load(request, LADDERS), drafts.load(request, REACH)
    values = draft.values or reminder_forms.values_of(reminder_settings.timing().ladders)
    context = {
        "draft": draft,
        "parts": list(reminder_forms.parts_of(values)),
        "reaches": reminder_forms.reaches(),
        "may_set": set_versions.may_set(request.user),
        "versions": set_versions.versions(LADDERS)[:SHOWN_VERSIONS],
        "reach_draft": reach_draft,
        "reach": reach_draft.values or reminder_forms.reach_values(reach_settings.reaching().attention),
        "reach_versions": set_versions.versions(REACH)[:SHOWN_VERSIONS],
        "roles_offered": Role.choices,
        "levels": Level.choices,
        "lengths": {"what": reminder_settings.WHAT, "reason": set_versions.REASON},
    }
    return render(request, "web/reminders.html", context)


@require_POST
def change(request: Asked, action: str) -> HttpResponse:
    """Set the ladders, or how people are reached, or undo. A refused form comes back as it was typed."""
    set_versions.demand_right(request.user)
    form = REACH if action.endswith("-reach") else LADDERS
    try:
        _act(request, action)
    except IllegalMove as error:
        if action.startswith("set"):
            drafts.refused(request, form, error)
        else:  # undo keeps nothing
            messages.error(request, str(error))
        return redirect("reminders")
    drafts.drop(request, form)
    messages.success(request, _("已记录，此后的提醒按此进行。"))
    return redirect("reminders")


def _act(request: Asked, action: str) -> None:
    by, posted, reason = request.user, request.POST, request.POST.get("reason", "")
    match action:
        case "set":
            reminder_settings.change(by, reminder_forms.ladders_of(posted), reason)
        case "undo":
            reminder_settings.undo(by, reason)
        case "set-reach":
            reach_settings.change(by, reminder_forms.attention_of(posted), reason)
        case "undo-reach":
            reach_settings.undo(by, reason)
        case _:
            raise IllegalMove(_("提醒规则不能“%(action)s”") % {"action": action[:20]})
