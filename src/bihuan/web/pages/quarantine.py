"""The quarantine: what was refused, with reason and raw text; mend and run again, or dismiss."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.archive.quarantine import DISMISSED, MENDED, OPEN, Refused
from bihuan.english import Written
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.listing.declared import Column, Listing, Tab
from bihuan.kit.listing.shown import Shown
from bihuan.kit.reason_words import said, words
from bihuan.pipeline import mend_values
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.roles import OPERATORS
from bihuan.web.pages.system import watcher
from bihuan.web.stored_rows import stored


def index(request: Asked) -> HttpResponse:
    """Open (or settled) records, and the most frequent reasons."""
    watcher(request)
    store = archive().quarantine
    listing = Listing(
        "quarantine",
        _("隔离区"),
        [
            Tab(state, title, stored(store, state), _("隔离区是空的。"))
            for state, title in ((OPEN, _("待处理")), (MENDED, _("已改正")), (DISMISSED, _("不处理")))
        ],
        columns=_columns(),
        row="web/_refused.html",
        state="state",
        per_page=100,
        unit=_("条"),
        hint=_("未能入库的记录，原文保留；改正后重新入库，或注明不处理"),
    )
    shown = Shown(listing, request.GET)
    if taken := shown.file():
        return taken
    state = shown.tab.key
    context = {
        "list": shown,
        "mendable": mend_values.mendable(archive(), shown.lines) if state == OPEN else set(),
        "reasons": store.reasons(state)[:10],
        "state": state,
    }
    return render(request, "web/quarantine.html", context)


def _columns() -> tuple[Column[Refused], ...]:
    return (
        Column(_("文件"), lambda r: Written(r.file)),
        Column(_("行"), lambda r: r.row, number=True),
        Column(_("列"), lambda r: r.column),
        Column(_("值"), lambda r: Written(r.value)),
        Column(_("原因"), lambda r: words(r.why).why),
        Column(_("怎么改"), lambda r: words(r.why).remedy),
        Column(_("收到"), lambda r: r.received),
        Column(_("处理"), lambda r: Written(f"{r.who} {r.note}".strip())),
    )


@require_POST
def settle(request: Asked, number: int, how: str) -> HttpResponse:
    """Mend one record and run it again, or dismiss it with a reason."""
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("隔离记录由全市的调度岗或系统管理员处理。"))
    if how not in ("mend", "dismiss"):
        raise Http404
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
