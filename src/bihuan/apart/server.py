"""The small clean process: for each call it forks a keeper, and that one a worker which runs the function.

Started by `client` as `python -m bihuan.apart.server FD MODULE...`: MODULEs are imported once, so that a call costs a fork and
no start of Python. It ends when its caller does.
"""

import contextlib
import ctypes
import importlib
import json
import os
import pickle
import resource
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from typing import IO, Any

from bihuan.apart.limits import MEMORY, TIME, Limits
from bihuan.apart.talk import Talk, receive, send
from bihuan.errors import BihuanError

LOOKS = 0.01
TAIL = 20_000
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
GONE = "gone"


def main() -> None:
    """Wait for calls on the socket that was handed over, until the other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        importlib.import_module(name)
    warnings.simplefilter("ignore", DeprecationWarning)  # of forking: this process runs nothing but this loop
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        data, handles, _, _ = socket.recv_fds(control, 1, 2)
        if not data:
            return
        line, end = (socket.socket(fileno=handle) for handle in handles)
        if os.fork() == 0:
            control.close()
            _at_the_end(_keep, line, end)
        line.close()
        end.close()


def _at_the_end(act: Callable[..., None], *given: Any) -> None:
    """Run the last thing that a fork does; nothing gets back into the loop of its parent."""
    code = 1
    try:
        act(*given)
        code = 0
    except BaseException:  # noqa: BLE001 # the end of this process: told on stderr, which the keeper reads
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _keep(line: socket.socket, end: socket.socket) -> None:
    """Run the worker and tell on `end` how it came out: on `line` it may have stopped within a word."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request = receive(line)
    if request is None:
        return
    with tempfile.TemporaryFile() as errors:
        worker = os.fork()
        if worker == 0:
            end.close()
            _at_the_end(_work, line, request, errors)
        line.close()
        limits: Limits = pickle.loads(request)[0]
        why = _watch(worker, end, limits)
        if why:
            os.kill(worker, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        size = errors.seek(0, os.SEEK_END)
        errors.seek(max(0, size - TAIL))
        told = errors.read().decode(errors="replace")
    with contextlib.suppress(ConnectionError):  # a caller that has heard enough is gone
        send(end, json.dumps({"status": status, "why": why, "errors": told}).encode())


def _watch(worker: int, caller: socket.socket, limits: Limits) -> str:
    """Wait for the worker's end; why it must be ended, or nothing."""
    waiting = select.poll()
    handle = os.pidfd_open(worker)
    waiting.register(handle, select.POLLIN)
    waiting.register(caller, 0)
    until = time.monotonic() + limits.seconds
    try:
        while True:
            for found, _ in waiting.poll(LOOKS * 1000):
                return "" if found == handle else GONE
            if _memory(worker) > limits.memory:
                return MEMORY
            if time.monotonic() > until:
                return TIME
    finally:
        os.close(handle)


def _memory(process: int) -> int:
    """Bytes of its own that a process holds; files that it maps do not count."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/status", "rb") as status:
        for row in status:
            if row.startswith(b"RssAnon:"):
                return int(row.split()[1]) * 1024
    return 0


def _work(line: socket.socket, request: bytes, errors: IO[bytes]) -> None:
    os.dup2(errors.fileno(), 2)
    os.dup2(errors.fileno(), 1)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # a machine without memory ends this process first
    _, module, name, given = pickle.loads(request)
    function, talk = getattr(importlib.import_module(module), name), Talk(line)
    try:
        talk.say("#result", function(talk, *given))
    except BihuanError as error:
        talk.say("#error", error.why.plain)


if __name__ == "__main__":
    main()
