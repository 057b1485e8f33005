"""Files that could not be taken in: why, try again, or dismiss with a reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.archive.deliveries import DISMISSED, FAILED
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.reason_words import said
from bihuan.pipeline import files
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.places import points
from bihuan.registry.roles import OPERATORS

LISTED = 200


def _operator(request: Asked) -> None:
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("导入失败的文件由全市的调度岗或系统管理员处理。"))


def index(request: Asked) -> HttpResponse:
    """Failed files, newest first; or those that were dismissed."""
    _operator(request)
    state = DISMISSED if request.GET.get("state") == DISMISSED else FAILED
    store = archive().deliveries
    context = {"rows": store.find(state, limit=LISTED), "count": store.count(state), "state": state}
    return render(request, "web/deliveries.html", context)


@require_POST
def settle(request: Asked, number: int, how: str) -> HttpResponse:
    """Read a failed file once more, or dismiss it."""
    _operator(request)
    try:
        file = archive().deliveries.get(number).file
        if how == "retry":
            report = files.retry(archive(), number, received=clock.now(), points=points())
            messages.success(
                request,
                _("%(file)s 已入库：新增 %(new)d，更正 %(corrected)d，隔离 %(quarantined)d。")
                % {
                    "file": file,
                    "new": report.new,
                    "corrected": report.corrected,
                    "quarantined": report.quarantined,
                },
            )
        else:
            reason = request.POST.get("reason", "")
            who = request.user.get_username()
            archive().deliveries.dismiss(number, who=who, reason=reason, at=clock.now())
            messages.success(request, _("已注明不处理。"))
        record(request.user, f"delivery.{how}", str(number), request, file=file)
    except BihuanError as error:
        messages.error(request, said(error.why))
    return redirect("deliveries")
