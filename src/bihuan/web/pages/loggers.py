"""数采仪: who is online, what is wrong with each device, strangers to accept, and commands to devices.

The register of loggers knows no regions, so only posts for the whole city open these pages.
"""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.errors import BihuanError, NotAllowed, NothingDone
from bihuan.feeds.hj212 import decode_stream
from bihuan.feeds.hj212.masking import hidden, without_secrets
from bihuan.loggers import parked, register
from bihuan.loggers.commands import Command, Spool, new_command
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.roles import OPERATORS, WATCHERS
from bihuan.web.loggers.marks import FAR, MARKS
from bihuan.web.loggers.state import State, last_refused, read_state, row, silences
from bihuan.web.loggers.texts import REASONS, STRANGERS, code_text, form_of, forms, state_text, title_of
from bihuan.web.loggers.uploads import UPLOADS, uploads_page

PER_PAGE = 60
DAY = timedelta(hours=24)
RAW_SHOWN = 10
LONGEST_MN = 64
LONGEST_REASON = 200
TABS = ("all", "online", "offline", "wrong", "parked", "refused", UPLOADS)


def watch(request: Asked) -> None:
    """Raises BihuanError unless the person may see all loggers of the city."""
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("数采仪没有区划，由全市的调度岗、负责人、审计和系统管理员查看。"))


def command_right(request: Asked) -> bool:
    """May the person accept devices and send them commands?"""
    return may(request.user, *OPERATORS, region=CITY)


def officer(request: Asked) -> None:
    """Raises BihuanError unless the person may change something."""
    if not command_right(request):
        raise NotAllowed(_("准入和指令由全市的调度岗或系统管理员办理。"))


def _fits(tab: str, shown: dict[str, Any]) -> bool:
    wanted = {"online": shown["online"], "offline": not shown["online"], "wrong": shown["wrong"]}
    return bool(wanted.get(tab, True))


def devices_file() -> Path:
    """The register of the installation."""
    return Path(settings.DATA_DIR / "devices.json")


def _register() -> dict[str, register.Device]:
    try:
        return register.read_register(devices_file())
    except NothingDone as error:
        raise BihuanError(
            _("设备登记表 devices.json 无法读取，请系统管理员修复：%(why)s") % {"why": error}
        ) from error


def index(request: Asked) -> HttpResponse:
    """All devices by state; strangers in a tab of their own."""
    watch(request)
    state, known, now = read_state(), _register(), clock.now()
    tab = request.GET.get("tab", "all")
    if tab == UPLOADS:
        return uploads_page(request, _tabs(state, known))
    q = request.GET.get("q", "").strip().upper()
    group = (
        state.parked
        if tab == "parked"
        else {**state.devices, **state.parked}
        if tab == "refused"
        else state.devices
    )
    nobody = register.Device()
    names = {mn: known.get(mn, nobody) for mn in {*state.devices, *state.parked, *known}}
    rows = [
        {
            **row(mn, about, names[mn].name, now, fresh=state.fresh),
            "reason": names[mn].reason,
            "was_in": mn in state.devices,
        }
        for mn, about in group.items()
        if names[mn].refused == (tab == "refused")
    ]
    rows = [r for r in rows if _fits(tab, r) and (q in r["mn"].upper() or q in r["name"].upper())]
    rows.sort(key=lambda r: (r["online"], r["mn"]))
    silent = {
        mn: d.name
        for mn, d in known.items()
        if mn not in state.devices and not d.refused and (q in mn.upper() or q in d.name.upper())
    }
    broken = Counter({reason: n for reason, n in state.counts.items() if reason in REASONS})
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tab": tab,
        "tabs": _tabs(state, known),
        "q": request.GET.get("q", ""),
        "state": state,
        "online": sum(state.fresh and bool(about.get("online")) for about in state.devices.values()),
        "broken": [(REASONS[reason], n) for reason, n in broken.most_common()],
        "strangers": [(text, n) for key, text in STRANGERS.items() if (n := state.counts.get(key, 0))],
        "silent": silences(silent, state, now) if tab in ("all", "offline", "wrong") else [],
        "may": command_right(request),
    }
    return render(request, "web/loggers.html", context)


def _tabs(state: State, known: dict[str, register.Device]) -> list[tuple[str, str]]:
    waiting = sum(not known.get(mn, register.Device()).refused for mn in state.parked)
    titles = (
        _("全部"),
        _("在线"),
        _("离线"),
        _("有问题"),
        f"{_('待准入')} {waiting or ''}",
        _("已拒绝"),
        _("上传"),
    )
    return list(zip(TABS, titles, strict=True))


def _to(mn: str) -> HttpResponse:
    return redirect(f"{reverse('logger')}?{urlencode({'mn': mn})}")


@require_POST
def settle(request: Asked) -> HttpResponse:
    """Accept a stranger or refuse it; lock a known device out, or let it in again."""
    officer(request)
    mn, how = request.POST.get("mn", ""), request.POST.get("how", "")
    if len(mn) > LONGEST_MN or not (mn in read_state().parked or mn in _register()):
        raise Http404
    if how in ("lock", "admit"):
        return _lock(request, mn, how, request.POST.get("reason", "").strip()[:LONGEST_REASON])
    if how not in ("accept", "refuse"):
        raise Http404
    said = {key: request.POST.get(key, "").strip() for key in ("name", "password", "key")}
    addresses = request.POST.get("addresses", "").replace("，", " ").replace(",", " ").split()
    try:
        if how == "accept":
            register.accept(devices_file(), mn, **said, addresses=addresses)
            parked.ask(archive().devices.folder, mn)
            messages.success(request, _("已准入 %(mn)s。此前停放的数据将在数秒内入库。") % {"mn": mn})
        else:
            register.refuse(devices_file(), mn)
            messages.success(request, _("已拒绝 %(mn)s。它发来的数据仍原样保留，可随时准入。") % {"mn": mn})
    except NothingDone as error:
        messages.error(request, _("没有完成：%(why)s") % {"why": error})
        return redirect("loggers")
    record(
        request.user,
        f"logger.{how}",
        mn,
        request,
        name=said["name"],
        addresses=addresses,
    )
    return _to(mn)


def _lock(request: Asked, mn: str, how: str, reason: str) -> HttpResponse:
    """Lock a device out for a reason, or take that back."""
    try:
        if how == "lock" and not reason:
            messages.error(request, _("请写明停用原因。"))
            return _to(mn)
        if how == "lock":
            register.refuse(devices_file(), mn, reason)
            messages.success(request, _("已停用 %(mn)s。它的数据原样停放、不应答，直至恢复。") % {"mn": mn})
        else:
            register.admit(devices_file(), mn)
            parked.ask(archive().devices.folder, mn)
            messages.success(request, _("已恢复 %(mn)s。停用期间停放的数据将在数秒内入库。") % {"mn": mn})
    except NothingDone as error:
        messages.error(request, _("没有完成：%(why)s") % {"why": error})
        return _to(mn)
    record(request.user, f"logger.{how}", mn, request, reason=reason)
    return _to(mn)


def detail(request: Asked) -> HttpResponse:
    """One device: its state, its last packets decoded, commands."""
    watch(request)
    mn = request.GET.get("mn", "")
    state, known = read_state(), _register()
    about = state.devices.get(mn) or state.parked.get(mn)
    heard = about or state.rejected.get(mn) or {}
    if about is None and mn not in known:
        raise Http404
    device = known.get(mn, register.Device())
    now = clock.now()
    context = {
        "mn": mn,
        "device": device,
        "parked": mn in state.parked,
        "state": state,
        "row": row(mn, about, device.name, now, fresh=state.fresh) if about else None,
        "silence": None if about else silences({mn: device.name}, state, now)[0],
        "broken": [(REASONS.get(r, r), n) for r, n in heard.get("broken", {}).items()],
        "last_broken": last_refused(heard) if heard else None,
        "deviations": [
            (key, (MARKS | FAR)[key], n) for key, n in (about or {}).get("deviations", {}).items()
        ],
        "packets": last_packets(mn, now),
        "commands": [_command_row(c) for c in Spool(archive().devices.folder).of(mn)],
        "forms": forms(now),
        "may": command_right(request) and mn not in state.parked and not device.refused,
        "locks": command_right(request) and (mn in state.devices or mn in known),
    }
    return render(request, "web/logger.html", context)


def last_packets(mn: str, now: datetime) -> list[dict[str, Any]]:
    """The newest packets of the last 24 h that gave rows, newest first, raw and decoded."""
    devices = archive().devices
    rows = devices.current(now - DAY, now + DAY, mn).select("journal").unique().collect()
    positions = sorted(rows["journal"].to_list(), reverse=True)[:RAW_SHOWN]
    shown = []
    for entry in map(devices.journal.read, positions):
        for piece in decode_stream(entry.data):
            factors = {code: hidden(fields) for code, fields in piece.cp["factors"].items()}
            shown.append(
                {
                    "position": entry.position,
                    "received": entry.received,
                    "source": entry.source,
                    "raw": without_secrets(entry.data).decode("utf-8", "backslashreplace").strip(),
                    "record": piece.as_record(),
                    "factors": factors,
                }
            )
    return shown


def _command_row(command: Command) -> dict[str, Any]:
    return {
        "command": command,
        "cp": hidden(command.cp),
        "told": hidden(command.told),
        "title": title_of(command.name),
        "state": state_text(command.state),
        "meaning": code_text(command),
        "good": command.state == "done",
        "bad": command.ended and command.state != "done",
        "asked": datetime.fromisoformat(command.asked),
    }


@require_POST
def ask(request: Asked) -> HttpResponse:
    """Put a command for a device into the receiver's spool."""
    officer(request)
    mn, form = request.POST.get("mn", ""), form_of(request.POST.get("command", ""))
    if form is None or not (mn in read_state().devices or mn in _register()):
        raise Http404
    try:
        cp = form.read(request.POST)
    except ValueError as error:
        messages.error(request, str(error))
        return _to(mn)
    command = new_command(mn, form.name, cp, by=str(request.user), now=clock.now())
    Spool(archive().devices.folder).save(command)
    record(request.user, "logger.command", mn, request, command=form.name, id=command.id, **hidden(cp))
    messages.success(request, _("指令已提交：%(title)s。执行情况见下表。") % {"title": form.title})
    return _to(mn)
