"""The quarantine: what was refused, with reason and raw text; mend and run again, or dismiss."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.archive.quarantine import OPEN
from bihuan.asked import whole
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.reason_words import said
from bihuan.pipeline import mend_values
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.roles import OPERATORS
from bihuan.web.pages.system import watcher

PER_PAGE = 100


def index(request: Asked) -> HttpResponse:
    """Open (or settled) records, and the most frequent reasons."""
    watcher(request)
    state = request.GET.get("state", "open")
    page = whole(request, "page", 1, low=1, high=1_000_000)
    store = archive().quarantine
    rows = store.find(state, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    context = {
        "rows": rows,
        "mendable": mend_values.mendable(archive(), rows) if state == OPEN else set(),
        "count": store.count(state),
        "reasons": store.reasons(state)[:10],
        "state": state,
        "number": page,
        "more": store.count(state) > page * PER_PAGE,
    }
    return render(request, "web/quarantine.html", context)


@require_POST
def settle(request: Asked, number: int, how: str) -> HttpResponse:
    """Mend one record and run it again, or dismiss it with a reason."""
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("隔离记录由全市的调度岗或系统管理员处理。"))
    who = request.user.get_username()
    try:
        if how == "mend":
            value = request.POST.get("value", "")
            mend_values.mend(archive(), number, value=value, who=who, received=clock.now())
            messages.success(request, _("已改为 %(value)s 并重新入库。") % {"value": value})
        else:
            reason = request.POST.get("value", "")
            mend_values.dismiss(archive(), number, reason=reason, who=who, at=clock.now())
            messages.success(request, _("已注明不处理。"))
        record(request.user, f"quarantine.{how}", str(number), request, value=request.POST.get("value", ""))
    except BihuanError as error:
        messages.error(request, said(error.why))
    return redirect("quarantine")
