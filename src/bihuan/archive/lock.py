"""One writer at a time, across processes; the lock falls by itself when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bihuan.errors import NothingDone
from bihuan.reasons import Reason

WAIT_SECONDS = 600.0


@contextmanager
def only_one(
    path: Path, *, wait: float = WAIT_SECONDS, busy: str = "another command is writing"
) -> Iterator[None]:
    """Hold the lock file; wait up to `wait` seconds for another holder. Raises NothingDone after that."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        until = time.monotonic() + wait
        while not _taken(handle):
            if time.monotonic() > until:
                raise NothingDone(Reason("lock_held", busy=busy, path=str(path)))
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
