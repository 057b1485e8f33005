"""Parts end with the process that started them, even when that one is killed; what is left of a killed one is ended."""

import ctypes
import json
import logging
import os
import signal
import sys
from pathlib import Path

import psutil

from bihuan.errors import NothingDone

log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
STOP_SECONDS = 10.0
SAME_START = 2.0
"""Seconds by which a process's start may differ from what was written down; another one may have got its number."""


def end_with(parent: int) -> None:
    """From now on the kernel kills this process when its parent ends (Linux: prctl(2), PR_SET_PDEATHSIG).

    Killed, not asked: every part may be killed at any moment without losing anything, and one that hangs must not stay.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def remains(state: Path) -> list[psutil.Process]:
    """Parts, and what they started, that a supervisor wrote down in `processes.json` and that still run."""
    try:
        parts = [
            (int(part["pid"]), float(part["since"])) for part in json.loads(state.read_text()) if part["pid"]
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    found = []
    for pid, since in parts:
        try:
            process = psutil.Process(pid)
            if abs(process.create_time() - since) < SAME_START:
                found += [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def end_remains(state: Path) -> None:
    """End what is left of a supervisor that was killed. Raises NothingDone when it will not end."""
    left = remains(state)
    if left:
        numbers = ", ".join(str(process.pid) for process in left)
        log.warning(
            "a server of this folder was killed and parts of it still run (%s); they are ended first", numbers
        )
    for process in left:
        _signal(process, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(left, timeout=STOP_SECONDS)
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    _, alive = psutil.wait_procs(stubborn, timeout=STOP_SECONDS)
    if alive:
        raise NothingDone(
            f"process {alive[0].pid} of a server that was killed still runs on this folder and cannot be ended; end it first"
        )


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        pass
    except psutil.AccessDenied as error:
        raise NothingDone(
            f"process {process.pid} of a server that was killed still runs on this folder under another account; end it first"
        ) from error
