"""Accepting connections: as many as the system has files for, and with a pause instead of a flood of errors."""

import asyncio
import resource
import socket
from collections.abc import Callable

from bihuan.servers.rare_log import RareLog

log = RareLog(__name__)

BACKLOG = 1024
AT_ONCE = 32  # connections between two looks at those that are open
PAUSE = 0.2
FILES_BESIDE = 64  # open files that are no connections, and those that are just being opened

Protocol = Callable[[], asyncio.BaseProtocol]


def files_for(connections: int) -> int:
    """How many connections the process can hold: the soft limit of open files is raised as far as the hard one allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES_BESIDE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY:
        return connections
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(1, min(connections, max(soft, most) - FILES_BESIDE))


class Listener:
    """A listening socket. make_room: called when the system has no more files."""

    def __init__(
        self, host: str, port: int, *, shared: bool, make: Protocol, make_room: Callable[[], None]
    ) -> None:
        """shared: other processes listen on the same port. Raises OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
        self._socket.setblocking(False)
        self._make = make
        self._make_room = make_room
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[object]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._start()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def _start(self) -> None:
        self._pause = None
        self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                client, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionError):
                return
            except OSError as error:  # no more files or memory: trying again at once would be all that we do
                log.error("no connections are accepted for a moment (%s)", error)
                self._make_room()
                self._loop.remove_reader(self._socket)
                self._pause = self._loop.call_later(PAUSE, self._start)
                return
            client.setblocking(False)
            task: asyncio.Task[object] = self._loop.create_task(
                self._loop.connect_accepted_socket(self._make, client)
            )
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection could not be taken (%s)", error)

    def close(self) -> None:
        """Accept no more."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
