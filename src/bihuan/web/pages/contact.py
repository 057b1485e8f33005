"""A person's own addresses and quiet hours, on the page of the account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.cases import browsers, contacts
from bihuan.cases.attention import NONE
from bihuan.cases.errors import IllegalMove
from bihuan.registry.access import Asked


@require_POST
def address(request: Asked, kind: str, action: str) -> HttpResponse:
    """Send a code to an address, confirm it, or forget the address."""
    try:
        if action == "ask":
            contacts.ask(request.user, kind, request.POST.get("value", ""))
            messages.success(request, _("验证码已发出，收到后填在这里。"))
        elif action == "confirm":
            contacts.confirm(request.user, kind, request.POST.get("code", ""))
            messages.success(request, _("已确认，此后的提醒可以发到这里。"))
        elif action == "forget":
            contacts.forget(request.user, kind)
            messages.success(request, _("已删除。"))
        else:
            raise IllegalMove(_("地址不能“%(action)s”") % {"action": action[:20]})
    except IllegalMove as error:
        messages.error(request, str(error))
    return redirect("me")


@require_POST
def browser(request: Asked, pk: int) -> HttpResponse:
    """Show nothing in one of the person's browsers any more."""
    browsers.forget(request.user, pk=pk)
    messages.success(request, _("已删除。"))
    return redirect("me")


@require_POST
def quiet(request: Asked) -> HttpResponse:
    """Set own quiet hours: the city's, none, or other ones."""
    chosen = request.POST.get("which", "")
    hours = {"city": "", "none": NONE}.get(chosen, request.POST.get("hours", ""))
    try:
        contacts.set_quiet(request.user, hours)
        messages.success(request, _("已保存。"))
    except IllegalMove as error:
        messages.error(request, str(error))
    return redirect("me")
