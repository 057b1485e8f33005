"""The tab 上传 of the loggers' page: what the platforms above have of a day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import day_of
from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError, NothingDone
from bihuan.loggers.forward import FILE, Target, ledger_file, read_targets
from bihuan.loggers.forward_ledger import Ledger
from bihuan.loggers.reconcile import COUNTS, report
from bihuan.registry.access import Asked
from bihuan.registry.hours import archive

UPLOADS = "uploads"
PER_PAGE = 60


def _state(target: Target) -> dict[str, Any]:
    """How sending on to a target goes."""
    said = Ledger(ledger_file(archive().devices, target)).said()
    connected, accepted = said.get("connected"), said.get("accepted")
    when, _blank, trouble = said.get("trouble", "").partition(" ")
    return {
        "target": target,
        "connected": datetime.fromisoformat(connected) if connected else None,
        "accepted": datetime.fromisoformat(accepted) if accepted else None,
        "trouble": trouble,
        "since": datetime.fromisoformat(when) if when else None,
    }


def _day(text: str) -> date:
    """The day that is asked for; today when it is none."""
    try:
        return day_of(text)
    except ValueError:
        return clock.now().astimezone(CST).date()


def uploads_page(request: Asked, tabs: list[tuple[str, str]]) -> HttpResponse:
    """A table per day: stored, sent, accepted, refused, pending, and what the target says it has."""
    try:
        targets = read_targets(settings.DATA_DIR / FILE)
    except NothingDone as error:
        raise BihuanError(
            _("上传设置 forward.json 无法读取，请系统管理员修复：%(why)s") % {"why": error}
        ) from error
    day = _day(request.GET.get("day", ""))
    rows = [row for target in targets for row in report(archive().devices, target, day)]
    rows.sort(key=lambda row: (row["agrees"], row["target"], row["mn"], row["cn"]))
    context = {
        "tab": UPLOADS,
        "tabs": tabs,
        "states": [_state(target) for target in targets],
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "totals": {name: sum(row[name] for row in rows) for name in COUNTS},
        "disagree": sum(not row["agrees"] for row in rows),
    }
    return render(request, "web/logger_uploads.html", context)
