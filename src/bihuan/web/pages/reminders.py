"""Rules of reminders (提醒规则): the ladders before and after the deadline, set with a reason, every version kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.cases import reminder_settings, set_versions
from bihuan.cases.errors import IllegalMove
from bihuan.cases.set_versions import LADDERS
from bihuan.registry.access import Asked
from bihuan.web import drafts, reminder_forms

SHOWN_VERSIONS = 50


def page(request: Asked) -> HttpResponse:
    """What is in force, or the form as it was refused, and the versions."""
    draft = drafts.load(request, LADDERS)
    values = draft.values or reminder_forms.values_of(reminder_settings.timing().ladders)
    context = {
        "draft": draft,
        "parts": list(reminder_forms.parts_of(values)),
        "reaches": reminder_forms.reaches(),
        "may_set": set_versions.may_set(request.user),
        "versions": set_versions.versions(LADDERS)[:SHOWN_VERSIONS],
        "lengths": {"what": reminder_settings.WHAT, "reason": set_versions.REASON},
    }
    return render(request, "web/reminders.html", context)


@require_POST
def change(request: Asked, action: str) -> HttpResponse:
    """Set the ladders, or undo. A refused form comes back as it was typed."""
    set_versions.demand_right(request.user)
    reason = request.POST.get("reason", "")
    try:
        if action == "undo":
            reminder_settings.undo(request.user, reason)
        elif action == "set":
            reminder_settings.change(request.user, reminder_forms.ladders_of(request.POST), reason)
        else:
            raise IllegalMove(_("提醒规则不能“%(action)s”") % {"action": action[:20]})
    except IllegalMove as error:
        if action == "set":
            drafts.refused(request, LADDERS, error)
        else:  # undo has a form of its own
            messages.error(request, str(error))
        return redirect("reminders")
    drafts.drop(request, LADDERS)
    messages.success(request, _("已记录，此后的提醒按此进行。"))
    return redirect("reminders")
