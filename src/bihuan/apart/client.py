"""The caller's side: start the small process once, hand calls to it, hear what comes of them."""

import atexit
import contextlib
import errno
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from bihuan.apart.limits import MEMORY, TIME, Limits, reading_limits
from bihuan.apart.talk import receive, send
from bihuan.feeds.reading import Unreadable
from bihuan.reasons import Reason

PRELOADED = "bihuan.pipeline.readers"
FEWER_PAGES = {"_RJEM_MALLOC_CONF": "thp:always"}
"""Each call begins with an empty heap; Polars fills it with a sixth of the page faults where its pages are large."""
Hear = Callable[[str, Any], Any]


class Stopped(Unreadable):
    """The work on a file did not come to an end; says why. `detail`: what the process said last, for its record."""

    def __init__(self, why: Reason, detail: str = "") -> None:
        super().__init__(why)
        self.detail = detail


class _Server:
    """The small process; forks of the caller use it too, and it ends when all of them have."""

    def __init__(self, preloaded: str) -> None:
        self.owner = os.getpid()
        self.control, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bihuan.apart.server", str(theirs.fileno()), preloaded],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env={**FEWER_PAGES, **os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        theirs.close()

    def call(self) -> tuple[socket.socket, socket.socket]:
        """A new call: where the worker talks, and where its end is told. Raises OSError when the process is gone."""
        pairs = [socket.socketpair() for _ in range(2)]
        try:
            socket.send_fds(self.control, [b"!"], [theirs.fileno() for _, theirs in pairs])
        except OSError:
            for mine, _ in pairs:
                mine.close()
            raise
        finally:
            for _, theirs in pairs:
                theirs.close()
        return pairs[0][0], pairs[1][0]

    def close(self) -> None:
        """End the process."""
        self.control.close()
        if self.owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)


_guard = threading.Lock()
_servers: list[_Server] = []


def warm(preloaded: str = PRELOADED) -> None:
    """Start the small process now, so that it is ready when the first file comes. preloaded: a module that it imports."""
    with _guard:
        if not _servers:
            _servers.append(_Server(preloaded))


def _new_call() -> tuple[socket.socket, socket.socket]:
    for _ in range(2):
        warm()
        with _guard:
            try:
                return _servers[0].call()
            except OSError:
                _close()
    raise Stopped(Reason("no_process"))


@atexit.register
def _close() -> None:
    while _servers:
        _servers.pop().close()


def run(
    function: Callable[..., Any],
    *given: Any,
    file: str,
    hear: Hear | None = None,
    limits: Limits | None = None,
) -> Any:
    """What `function(talk, *given)` returns, run apart. `file` is how its file is called in sentences.

    function: of a module, returns what JSON can hold. hear: gets what it says on the way, and gives the answers to what it
    asks. Raises Unreadable with the function's own BihuanError, Stopped when it came to no end, OSError for a full disk.
    """
    limits = limits or reading_limits()
    line, end = _new_call()
    with line, end:
        with contextlib.suppress(ConnectionError):  # it is gone: the end says why, or says nothing
            send(line, pickle.dumps((limits, function.__module__, function.__name__, given)))
        result = _heard(line, hear)
        told = receive(end)
    if told is None:
        raise Stopped(Reason("reader_vanished", file=file))
    return _ended(json.loads(told), result, file, limits)


def _heard(line: socket.socket, hear: Hear | None) -> list[Any]:
    """The result, if there is one; the talk on the way there. Raises Unreadable with the function's BihuanError."""
    result: list[Any] = []
    while (message := receive(line)) is not None:
        kind, value = json.loads(message)
        if kind == "#error":
            raise Unreadable(Reason.of(value))
        if kind == "#result":
            result.append(value)
            continue
        answer = hear(kind.removeprefix("?"), value) if hear else None
        if kind.startswith("?"):
            with contextlib.suppress(ConnectionError):
                send(line, pickle.dumps(answer))
    return result


def _ended(end: dict[str, Any], result: list[Any], file: str, limits: Limits) -> Any:
    if end["status"] == 0 and result:
        return result[0]
    told = str(end["errors"])
    if os.strerror(errno.ENOSPC) in told:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if end["why"] == MEMORY or "memory allocation of" in told or "MemoryError" in told:
        size = limits.memory // 2**20
        raise Stopped(Reason("takes_memory", file=file, size=size, limit=limits.mend_memory), told)
    if end["why"] == TIME:
        why = Reason("takes_time", file=file, seconds=limits.seconds, limit=limits.mend_seconds)
        raise Stopped(why, told)
    if end["status"] == -signal.SIGKILL:
        raise Stopped(Reason("ended_by_system", file=file), told)
    raise Stopped(Reason("reader_broke_off", file=file, error=_cause(end["status"], told)), told)


def _cause(status: int, told: str) -> str:
    if status < 0:
        return signal.Signals(-status).name
    last = told.strip().rsplit("\n", 1)[-1]
    return last[:200] or f"status {status}"
