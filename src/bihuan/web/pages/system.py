"""The state of the system: sources, processes, jobs, quarantine, disk, backup. Red rows first, each with what to do."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import psutil
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.heartbeat import PARTS
from bihuan.kit import air
from bihuan.kit.ages import age_text
from bihuan.outages import outages
from bihuan.registry import anchors, sign_in
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.hours import archive
from bihuan.registry.models import Site
from bihuan.registry.roles import ADMINS, OPERATORS, WATCHERS
from bihuan.registry.subjects import there_on
from bihuan.schedule import every_job
from bihuan.web.check_times import round_times
from bihuan.web.damage import damage_texts, unless_damaged
from bihuan.web.job_rows import job_row
from bihuan.web.long_sources import long_sources
from bihuan.web.message_rows import channel_troubles, empty_posts
from bihuan.web.pages.checks import last_runs, troubles
from bihuan.web.pages.health import LEAST_FREE

OUTAGES_SHOWN, SHORT = timedelta(days=30), timedelta(minutes=10)
HOUR, DAY, TWO_DAYS = timedelta(hours=1), timedelta(days=1), timedelta(days=2)


def watcher(request: Asked) -> None:
    """Raises BihuanError unless the person holds a post that watches the whole city's system."""
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("系统状态由全市的调度岗、负责人、审计和系统管理员查看。"))


def page(request: Asked) -> HttpResponse:
    """Everything on one page."""
    watcher(request)
    last = last_runs()
    context = {
        "damages": [text for _found, text in damage_texts()],
        "clock_broken": clock.is_broken(),
        "sources": _sources(request),
        "long_sources": _long_sources(),
        "processes": processes(),
        "outages": own_outages(clock.now()),
        "jobs": [job_row(job, clock.now()) for job in every_job()],
        "quarantined": unless_damaged(_quarantined, None),
        "failed_files": unless_damaged(_failed_files, None),
        "disk": disk(),
        "troubles": troubles(last.values()),
        "times": round_times(last),
        "backup": backup(),
        "channel_troubles": channel_troubles(clock.now()),
        "empty_posts": empty_posts(clock.now()),
        "root": anchors.root(),
        "sets_up": may(request.user, *ADMINS, region=CITY),
        "locks": sign_in.locks() if _keeper(request) else [],
    }
    return render(request, "web/system.html", context)


def _keeper(request: Asked) -> bool:
    return may(request.user, *OPERATORS, region=CITY)


@require_POST
def unlock(request: Asked) -> HttpResponse:
    """Lift the lock of a name and an address."""
    if not _keeper(request):
        raise NotAllowed(_("登录锁定由全市的调度岗或系统管理员解除。"))
    username = request.POST.get("username", "")
    if sign_in.unlock(request.user, username, request.POST.get("address", ""), request):
        messages.success(request, _("已解除 %(name)s 的登录锁定。") % {"name": username})
    else:
        messages.error(request, _("这个锁定已经不在了。"))
    return redirect("system")


def _failed_files() -> int:
    return archive().deliveries.count()


def _quarantined() -> int:
    return archive().quarantine.count()


def _long_sources() -> list[dict[str, Any]]:
    nothing: list[dict[str, Any]] = []
    return unless_damaged(lambda: long_sources(clock.now()), nothing)


def _sources(request: Asked) -> list[dict[str, Any]]:
    nothing: list[dict[str, Any]] = []
    return unless_damaged(lambda: sources(request), nothing)


def sources(request: Asked) -> list[dict[str, Any]]:
    """Per city of the register: newest hour, delay, valid share of the last 24 h; the worst first."""
    now = clock.now()
    by_city: dict[str, list[str]] = {}
    there = Site.objects.filter(there_on(now.astimezone(CST).date())).select_related("city")
    for site in visible(there, request.user) | there.filter(neighbour=True):
        by_city.setdefault(f"{site.city.name if site.city else '—'} {_(site.get_rank_display())}", []).append(
            site.code
        )
    every = sorted({code for codes in by_city.values() for code in codes})
    newest = archive().ambient.latest(as_of=now, within=TWO_DAYS, sites=every).select("site", "start")
    end = air.whole_hour(now) - HOUR
    coverage = (
        archive().ambient.coverage(end - DAY, end, as_of=now).group_by("site").agg(pl.col("hours").sum())
    )
    known = newest.join(coverage, on="site", how="left")
    rows = [
        source(name, codes, known.filter(pl.col("site").is_in(codes)), now) for name, codes in by_city.items()
    ]
    return sorted(rows, key=lambda r: -r["age_hours"])


def source(name: str, codes: list[str], known: pl.DataFrame, now: datetime) -> dict[str, Any]:
    """One source's row; known: newest `start` and `hours` of the last whole day for its sites that have some."""
    newest = known["start"].max()
    age = now - newest - HOUR if isinstance(newest, datetime) else None
    return {
        "name": name,
        "sites": len(codes),
        "newest": newest,
        "age": age_text(age) if age is not None else None,
        "age_hours": age.total_seconds() / 3600 if age is not None else 1e9,
        "share": int(known["hours"].sum()) / (24 * len(codes)),
        "bad": age is None or age > air.STALE_AFTER,
    }


def _left(name: str) -> Any:
    """What another process left in the data folder; None where nothing lies or can be read (a power cut tears files)."""
    try:
        return json.loads((settings.DATA_DIR / name).read_bytes())
    except (OSError, ValueError):
        return None


def own_outages(now: datetime) -> list[dict[str, Any]]:
    """When parts of the installation did not work in the last 30 days, the newest first; no short restarts."""
    found = [o for o in outages(now - OUTAGES_SHOWN, now) if o.until - o.since >= SHORT]
    return [
        {"part": PARTS[o.part], "since": o.since, "until": o.until, "long": age_text(o.until - o.since), "moved": o.moved, "open": o.open}
        for o in reversed(found)
    ]  # fmt: skip


def processes() -> list[dict[str, Any]]:
    """What the supervisor says of its parts, with their memory; it says it anew every second."""
    told = _left("processes.json")
    parts = told if isinstance(told, list) else []
    return [_process(part) for part in parts if isinstance(part, dict) and {"pid", "since"} <= part.keys()]


def _process(part: dict[str, Any]) -> dict[str, Any]:
    try:
        memory = psutil.Process(part["pid"]).memory_info().rss // 2**20
    except psutil.NoSuchProcess:
        memory = None
    return {**part, "since": datetime.fromtimestamp(part["since"], UTC), "memory": memory}


def disk() -> dict[str, Any]:
    """Free space where the data lie."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    return {"free": usage.free / 2**30, "share": usage.free / usage.total, "bad": usage.free < LEAST_FREE}


def backup() -> dict[str, Any]:
    """When a backup was last made and last proven by a restore; `damaged` where the record of it cannot be read."""
    told = _left("backups.json")
    if isinstance(told, dict) and isinstance(told.get("made"), str):
        return told
    return {"damaged": (settings.DATA_DIR / "backups.json").exists()}
