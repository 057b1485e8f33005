"""Whether all parts work, for a monitor: open to everybody, quick, states only."""

import json
import shutil
import time
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from bihuan.archive.damage import damages
from bihuan.heartbeat import SILENT_AFTER, last_beat

LEAST_FREE = 2 * 2**30
"""Bytes of disk; with less, the system page is red and the check fails."""
STATE_STALE_AFTER = 10.0
"""The supervisor writes what its parts do every second."""
LOOK_EVERY = 60.0
"""Seconds for which what was found of the archive stands."""
GOOD = ("ok", "none")


@login_not_required
def page(request: HttpRequest) -> JsonResponse:
    """200 when everything that should run does, else 503."""
    states = {
        "web": "ok",
        "database": _database(),
        "worker": _worker(),
        "receiver": _receiver(),
        "archive": _archive(settings.DATA_DIR / "archive", int(time.time() // LOOK_EVERY)),
        "disk": "ok" if shutil.disk_usage(settings.DATA_DIR).free >= LEAST_FREE else "full",
    }
    well = all(state in GOOD for state in states.values())
    return JsonResponse({"status": "ok" if well else "bad", **states}, status=200 if well else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _worker() -> str:
    beat = last_beat(settings.DATA_DIR)
    return "ok" if beat is not None and time.time() - beat < SILENT_AFTER else "silent"


@lru_cache(maxsize=1)
def _archive(root: Path, turn: int) -> str:
    return "damaged" if damages(root) else "ok"


def _receiver() -> str:
    """None when no receiver belongs to this server."""
    path = settings.DATA_DIR / "processes.json"
    try:
        fresh = time.time() - path.stat().st_mtime < STATE_STALE_AFTER
        up = {part["name"]: part["up"] for part in json.loads(path.read_text())}
    except (OSError, ValueError, TypeError, KeyError):
        return "none"
    if "hj212" not in up:
        return "none"
    return "ok" if fresh and up["hj212"] else "down"
