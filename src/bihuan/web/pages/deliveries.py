"""Files that could not be taken in: why, try again, or dismiss with a reason."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.archive.deliveries import DISMISSED, FAILED, Delivered
from bihuan.english import Written
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.listing.declared import Listing, Tab
from bihuan.kit.listing.shown import listed
from bihuan.kit.reason_words import said
from bihuan.kit.tables import table
from bihuan.pipeline import files
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.forecast_places import points
from bihuan.registry.hours import archive
from bihuan.registry.roles import OPERATORS
from bihuan.web.stored_rows import stored


def _operator(request: Asked) -> None:
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("导入失败的文件由全市的调度岗或系统管理员处理。"))


def index(request: Asked) -> HttpResponse:
    """Failed files, newest first; or those that were dismissed."""
    _operator(request)
    store, empty = archive().deliveries, _("没有失败的文件。")
    listing: Listing[Delivered] = Listing(
        "deliveries",
        _("失败的文件"),
        (
            Tab(FAILED, _("待处理"), stored(store, FAILED), empty),
            Tab(DISMISSED, _("不处理"), stored(store, DISMISSED), empty),
        ),
        row="web/_delivery.html",
        table=partial(table, COLUMNS),
        state="state",
        unit=_("个"),
        hint=_("没能读成的文件，原始文件已留存；不会自动再读"),
    )
    return listed(request, listing, "web/deliveries.html")


COLUMNS: dict[str, Callable[[Delivered], Any]] = {
    "文件": lambda d: Written(d.file), "收到": lambda d: d.received, "次数": lambda d: d.attempts, "原因": lambda d: said(d.why) if d.why else "",
    "处理人": lambda d: Written(d.who), "说明": lambda d: Written(d.note),
}  # fmt: skip


@require_POST
def settle(request: Asked, number: int, how: str) -> HttpResponse:
    """Read a failed file once more, or dismiss it."""
    _operator(request)
    if how not in ("retry", "dismiss"):
        raise Http404
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
