"""数采仪: who is online, what is wrong with each device, strangers to accept, and commands to devices.

The register of loggers knows no regions, so only posts for the whole city (or province) open these pages.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass
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
from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError, NothingDone
from bihuan.feeds.hj212 import decode_stream
from bihuan.loggers import parked, register
from bihuan.loggers.commands import HIDDEN, SECRET, Command, Spool, new_command
from bihuan.registry.access import Asked, Role
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.models import Person, prefix_of
from bihuan.web.air import span
from bihuan.web.logger_marks import MARKS
from bihuan.web.logger_texts import REASONS, code_text, form_of, forms, state_text, title_of

PER_PAGE = 60
CITY_DIGITS = 4
WATCHERS = frozenset({Role.DISPATCHER, Role.CHIEF, Role.AUDITOR, Role.ADMIN})
OFFICERS = frozenset({Role.DISPATCHER, Role.ADMIN})
STATE_OLD = 120.0  # seconds; the receiver writes its state every 2, with very many devices every 20
DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
DRIFT = 60.0  # seconds of clock error that are shown as wrong
RAW_SHOWN = 10
LONGEST_MN = 64
TABS = ("all", "online", "offline", "wrong", "parked", "refused")


def city_roles(person: Person) -> frozenset[str]:
    """The roles that a person holds for a whole city or province."""
    posts = person.posts.values_list("role", "region_id")
    return frozenset(role for role, region in posts if len(prefix_of(region)) <= CITY_DIGITS)


def watch(request: Asked) -> None:
    """Raises BihuanError unless the person may see all loggers of the city."""
    if not city_roles(request.user) & WATCHERS:
        raise BihuanError(_("数采仪没有区划，由全市的调度岗、负责人、审计和系统管理员查看。"))


def command_right(request: Asked) -> bool:
    """May the person accept devices and send them commands?"""
    return bool(city_roles(request.user) & OFFICERS)


def officer(request: Asked) -> None:
    """Raises BihuanError unless the person may change something."""
    if not command_right(request):
        raise BihuanError(_("准入和指令由全市的调度岗或系统管理员办理。"))


@dataclass(frozen=True)
class State:
    """What the receiver last said. fresh: it is running and says so."""

    devices: dict[str, dict[str, Any]]
    parked: dict[str, dict[str, Any]]
    counts: dict[str, int]
    connections: int
    fresh: bool
    known: bool


def read_state() -> State:
    """The receiver's state file; empty when no receiver ever ran here."""
    path = archive().devices.folder / "state.json"
    if not path.exists():
        return State({}, {}, {}, 0, fresh=False, known=False)
    said = json.loads(path.read_text(encoding="utf-8"))
    fresh = time.time() - path.stat().st_mtime < STATE_OLD
    return State(
        said["devices"],
        said["parked"],
        said["counts"],
        said["connections"] if fresh else 0,
        fresh,
        known=True,
    )


def hours_without_records(about: dict[str, Any], now: datetime) -> list[datetime]:
    """Starts of the last 24 whole hours in which no record of the device lies."""
    last = now.astimezone(CST).replace(minute=0, second=0, microsecond=0) - HOUR
    came = set().union(*about["came"].values())
    first = datetime.fromisoformat(about["first"])
    hours = [last - n * HOUR for n in range(23, -1, -1)]
    return [hour for hour in hours if hour >= first and f"{hour:%Y%m%d%H}" not in came]


def row(mn: str, about: dict[str, Any], name: str, now: datetime, *, fresh: bool) -> dict[str, Any]:
    """A device as the table shows it."""
    last = datetime.fromisoformat(about["last"])
    behind = about["behind"]
    missing = hours_without_records(about, now)
    drifts = behind is not None and abs(behind) > DRIFT
    return {
        "mn": mn,
        "name": name,
        "online": fresh and bool(about.get("online")),
        "last": last,
        "age": span(max(now - last, timedelta(0))),
        "behind": behind,
        "drifts": drifts,
        "broken": sum(about["broken"].values()),
        "deviations": sum(about["deviations"].values()),
        "missing": missing,
        "edition": about.get("edition"),
        "packets": about["packets"],
        "peer": about["peer"],
        "wrong": bool(about["broken"]) or bool(missing) or drifts,
    }


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
    q = request.GET.get("q", "").strip().upper()
    group = state.parked if tab in ("parked", "refused") else state.devices
    nobody = register.Device()
    names = {mn: known.get(mn, nobody) for mn in {*state.devices, *state.parked, *known}}
    rows = [row(mn, about, names[mn].name, now, fresh=state.fresh) for mn, about in group.items()]
    if tab in ("parked", "refused"):
        rows = [r for r in rows if names[r["mn"]].refused == (tab == "refused")]
    rows = [r for r in rows if _fits(tab, r) and (q in r["mn"].upper() or q in r["name"].upper())]
    rows.sort(key=lambda r: (r["online"], r["mn"]))
    silent = [(mn, d.name) for mn, d in known.items() if mn not in state.devices and not d.refused]
    broken = Counter({reason: n for reason, n in state.counts.items() if reason in REASONS})
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tab": tab,
        "tabs": _tabs(state, names),
        "q": request.GET.get("q", ""),
        "state": state,
        "online": sum(state.fresh and bool(about.get("online")) for about in state.devices.values()),
        "broken": [(REASONS[reason], n) for reason, n in broken.most_common()],
        "silent": silent if tab in ("all", "offline") and not q else [],
        "may": command_right(request),
    }
    return render(request, "web/loggers.html", context)


def _tabs(state: State, names: dict[str, register.Device]) -> list[tuple[str, str]]:
    waiting = sum(not names[mn].refused for mn in state.parked)
    titles = (_("全部"), _("在线"), _("离线"), _("有问题"), f"{_('待准入')} {waiting or ''}", _("已拒绝"))
    return list(zip(TABS, titles, strict=True))


def _to(mn: str) -> HttpResponse:
    return redirect(f"{reverse('logger')}?{urlencode({'mn': mn})}")


@require_POST
def settle(request: Asked) -> HttpResponse:
    """Accept a stranger, or refuse it."""
    officer(request)
    mn, how = request.POST.get("mn", ""), request.POST.get("how", "")
    if len(mn) > LONGEST_MN or not (mn in read_state().parked or mn in _register()):
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
        "logger.accept" if how == "accept" else "logger.refuse",
        mn,
        request,
        name=said["name"],
        addresses=addresses,
    )
    return _to(mn)


def detail(request: Asked) -> HttpResponse:
    """One device: its state, its last packets decoded, commands."""
    watch(request)
    mn = request.GET.get("mn", "")
    state, known = read_state(), _register()
    about = state.devices.get(mn) or state.parked.get(mn)
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
        "broken": [(REASONS.get(r, r), n) for r, n in (about or {}).get("broken", {}).items()],
        "last_broken": _last_broken(about or {}),
        "deviations": [(key, MARKS[key], n) for key, n in (about or {}).get("deviations", {}).items()],
        "packets": last_packets(mn, now),
        "commands": [_command_row(c) for c in Spool(archive().devices.folder).of(mn)],
        "forms": forms(now),
        "may": command_right(request) and mn not in state.parked,
    }
    return render(request, "web/logger.html", context)


def _last_broken(about: dict[str, Any]) -> dict[str, Any] | None:
    if not about.get("last_broken"):
        return None
    at, reason, data = about["last_broken"]
    text = bytes.fromhex(data).decode("utf-8", "backslashreplace")
    return {"at": datetime.fromisoformat(at), "reason": REASONS.get(reason, reason), "text": text}


def last_packets(mn: str, now: datetime) -> list[dict[str, Any]]:
    """The newest packets of the last 24 h that gave rows, newest first, raw and decoded."""
    devices = archive().devices
    rows = devices.current(now - DAY, now + DAY, mn).select("journal").unique().collect()
    positions = sorted(rows["journal"].to_list(), reverse=True)[:RAW_SHOWN]
    shown = []
    for entry in map(devices.journal.read, positions):
        for piece in decode_stream(entry.data):
            shown.append(
                {
                    "position": entry.position,
                    "received": entry.received,
                    "source": entry.source,
                    "raw": entry.data.decode("utf-8", "backslashreplace").strip(),
                    "record": piece.as_record(),
                }
            )
    return shown


def _shown(cp: dict[str, str]) -> dict[str, str]:
    return {key: HIDDEN if key == SECRET else value for key, value in cp.items()}


def _command_row(command: Command) -> dict[str, Any]:
    return {
        "command": command,
        "cp": _shown(command.cp),
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
    record(request.user, "logger.command", mn, request, command=form.name, id=command.id, **_shown(cp))
    messages.success(request, _("指令已提交：%(title)s。执行情况见下表。") % {"title": form.title})
    return _to(mn)
