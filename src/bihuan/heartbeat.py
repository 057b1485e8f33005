"""The worker's heartbeat: a small file that says it lives, for the health check and the system page."""

import json
import logging
import os
import time
from pathlib import Path
from threading import Event

from bihuan.atomic import write_json

log = logging.getLogger(__name__)
FILE = "worker.json"
EVERY = 5.0
SILENT_AFTER = 30.0


def beat(data: Path, stop: Event) -> None:
    """Write the process and the time (Unix seconds) every few seconds, until stopped."""
    while not stop.is_set():
        try:
            write_json(data / FILE, {"pid": os.getpid(), "at": time.time()}, durable=False)
        except OSError as error:
            log.error("the heartbeat cannot be written: %s", error)
        stop.wait(EVERY)


def last_beat(data: Path) -> float | None:
    """When the worker last said that it lives (Unix seconds); None when it never did or the file is damaged."""
    try:
        return float(json.loads((data / FILE).read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
