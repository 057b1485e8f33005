"""建城清单: what the city still needs, for its administrators; the prefix of its numbers is set here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.accounts import NotChanged
from bihuan.registry.founding import set_number_prefix
from bihuan.registry.installation import Installation
from bihuan.registry.roles import ADMINS
from bihuan.web.setup.checklist import checklist


def page(request: Asked) -> HttpResponse:
    """All steps as they are now; a post sets the prefix of numbers."""
    if not may(request.user, *ADMINS, region=CITY):
        raise NotAllowed(_("建城清单由全市的系统管理员办理。"))
    typed, failed = None, ""
    if request.method == "POST":
        typed = request.POST.get("number_prefix", "").strip()
        try:
            set_number_prefix(request.user, typed, request)
        except NotChanged as error:
            failed = str(error)
        else:
            messages.success(request, _("已设定文号代字；以后的问题按它编号，已有的编号不变。"))
            return redirect("checklist")
    steps = checklist()
    row = Installation.objects.first()
    context = {
        "steps": steps,
        "done": sum(step.done for step in steps),
        "prefix": typed if typed is not None else row.number_prefix if row else "",
        "failed": failed,
    }
    return render(request, "web/checklist.html", context, status=400 if failed else 200)
