"""门禁接入: which units may send, their keys, and the records of which something could not be read. Only for posts of the whole city."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.archive.quarantine import DISMISSED, NotOpen
from bihuan.errors import NotAllowed
from bihuan.feeds.gates.dialects import OURS, every_dialect
from bihuan.registry import gate_secrets
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.models import GateKey, VehicleUser
from bihuan.registry.roles import OPERATORS, WATCHERS

SHOWN = 100
LONGEST_REASON = 200
FILES = ("ledger",)
"""Dialects of files, which nobody sends."""


def index(request: Asked) -> HttpResponse:
    """Units with their keys in force, and what waits to be mended."""
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("门禁接入由全市的调度岗、负责人、审计和系统管理员查看。"))
    return render(request, "gate_access/index.html", _context(request))


def _context(request: Asked, **more: Any) -> dict[str, Any]:
    dialects = every_dialect()
    keys: dict[str, list[GateKey]] = {}
    for key in GateKey.objects.filter(revoked_at=None):
        keys.setdefault(key.unit_id, []).append(key)
    units = [
        (unit, keys.get(unit.pk, []), ", ".join({dialects[k.dialect].title for k in keys.get(unit.pk, [])}))
        for unit in VehicleUser.objects.select_related("region")
    ]
    refused = archive().passages.refused if archive().has_passages else None
    open_ones = refused.find(limit=SHOWN) if refused else []
    return {
        "units": units,
        "with_key": sum(bool(held) for _unit, held, _titles in units),
        "dialects": [(name, d.title) for name, d in dialects.items() if name not in FILES],
        "refused": open_ones,
        "unsettled": refused.count() if refused else 0,
        "by_unit": Counter(r.file for r in open_ones).most_common(5),
        "may": may(request.user, *OPERATORS, region=CITY),
        "public": gate_secrets.public_key(),
        **more,
    }


def _officer(request: Asked) -> None:
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("密钥和记录由全市的调度岗或系统管理员办理。"))


@require_POST
def key(request: Asked) -> HttpResponse:
    """Make a key (it is shown on this answer alone), renew it, or end all of a unit."""
    _officer(request)
    unit = get_object_or_404(VehicleUser, pk=request.POST.get("unit", ""))
    how, dialect = request.POST.get("how", ""), request.POST.get("dialect", OURS)
    if how == "revoke":
        ended = gate_secrets.revoke(unit, request.user)
        messages.success(request, _("已停用 %(n)s 个密钥") % {"n": ended})
        return redirect("gate_access:index")
    if how not in ("make", "renew") or dialect not in every_dialect() or dialect in FILES:
        messages.error(request, _("请选择厂商方言"))
        return redirect("gate_access:index")
    secret = gate_secrets.make(unit, dialect, request.user)
    if how == "renew":
        gate_secrets.revoke(unit, request.user, but_newest=True)
    return render(request, "gate_access/index.html", _context(request, made=unit, secret=secret))


@require_POST
def dismiss(request: Asked, number: int) -> HttpResponse:
    """Set a record aside with a reason: its sender sends the corrected one again."""
    _officer(request)
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if not reason:
        messages.error(request, _("请写明不处理的理由"))
    elif archive().has_passages:
        try:
            archive().passages.refused.settle(
                number, DISMISSED, who=str(request.user), note=reason, at=clock.now()
            )
            record(request.user, "gate_record.dismiss", str(number), request, reason=reason)
        except NotOpen:
            messages.error(request, _("这条记录已经处理"))
    return redirect("gate_access:index")


urlpatterns = [
    path("", index, name="index"),
    path("key/", key, name="key"),
    path("<int:number>/dismiss/", dismiss, name="dismiss"),
]
