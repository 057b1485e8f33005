"""What accepts the connections of one process and answers them: every packet journalled before it is answered.

Frames are found by length and resynchronised; a broken or refused packet is kept raw and never answered, so its sender
keeps it. The connection says nothing about the device: one may carry many, and state hangs on MN.
"""

import asyncio
import logging
import signal
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bihuan.archive.journal import Journal
from bihuan.errors import NothingDone
from bihuan.feeds.hj212.splitter import QUIET
from bihuan.servers.hj212.devices import Devices, Register
from bihuan.servers.hj212.limits import Limits
from bihuan.servers.hj212.receive.connection import Connection
from bihuan.servers.hj212.receive.device_connections import DeviceConnections
from bihuan.servers.hj212.receive.group_commit import GroupCommit
from bihuan.servers.hj212.receive.intake import Intake, Requests
from bihuan.servers.hj212.receive.listener import Listener, files_for
from bihuan.servers.hj212.receive.strangers import Strangers

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0
RESERVED = 10  # a tenth of the connections is for known devices
ROOM = 16  # connections of strangers that are closed when the system has no more files


class Acceptor:
    """Everything that the connections of one process share.

    turn: a file by which several processes append to the journal one after the other; None for one alone.
    """

    def __init__(
        self,
        journal: Journal,
        register: Register,
        limits: Limits,
        devices: Devices,
        requests: Requests,
        connected: DeviceConnections,
        turn: Path | None = None,
    ) -> None:
        self.register = register
        self.limits = limits
        self.devices = devices
        self.connected = connected
        self.commit = GroupCommit(journal, turn)
        self.strangers = Strangers(limits)
        self.intake = Intake(devices, register, self.commit, requests, connected, self.strangers)
        self.most = limits.connections
        self.open: set[Connection] = set()
        self.unfinished: set[Connection] = set()
        self.addresses: Counter[str] = Counter()

    def opened(self, connection: Connection) -> bool:
        """Count a connection; False when it is one too many and no stranger can make room."""
        address = connection.address
        if self.addresses[address] >= self.limits.per_address or not self._room_for(address):
            self.devices.counts["connections_refused"] += 1
            return False
        self.open.add(connection)
        self.strangers.came(connection)
        self.addresses[address] += 1
        return True

    def _room_for(self, address: str) -> bool:
        """Is there room for one more, perhaps in the place of a stranger?"""
        most = min(self.limits.strangers, self.most - self.most // RESERVED)
        if len(self.strangers) >= most or len(self.open) >= self.most:
            self._close_stranger(address)
        return len(self.open) < self.most

    def _close_stranger(self, address: str = "") -> None:
        victim = self.strangers.victim(address)
        if victim is not None:
            self.devices.counts["strangers_closed"] += 1
            victim.transport.abort()
            self.closed(victim)

    def _make_room(self) -> None:
        for _ in range(ROOM):
            self._close_stranger()

    def closed(self, connection: Connection) -> None:
        """Count it no more."""
        self.open.discard(connection)
        self.strangers.gone(connection)
        self.unfinished.discard(connection)
        self.connected.end(connection)
        self.addresses[connection.address] -= 1
        if not self.addresses[connection.address]:
            del self.addresses[connection.address]

    def listen(self, host: str, port: int, *, shared: bool = False) -> Listener:
        """Accept connections from now on. shared: other processes listen on the same port. Raises NothingDone."""
        self.most = files_for(self.limits.connections)
        try:
            return Listener(
                host, port, shared=shared, make=lambda: Connection(self), make_room=self._make_room
            )
        except OSError as error:
            raise cannot_listen(host, port, error) from error

    async def hurry(self) -> None:
        """Read what waits for more bytes as it stands when its sender has been quiet, until cancelled."""
        while True:
            await asyncio.sleep(QUIET / 2)
            until = time.monotonic() - QUIET
            for connection in [c for c in self.unfinished if c.heard < until]:
                self.unfinished.discard(connection)
                connection.quiet()

    def look_after(self) -> None:
        """Close silent connections; devices that were locked out are not online any more."""
        for mn in [mn for mn in self.connected.held if not self.register.knows(mn)]:
            connection = self.connected.held[mn]
            self.connected.drop(mn)
            if not connection.devices:
                connection.known = False
                self.strangers.talking[connection] = None
        now = time.monotonic()
        silent = [c for c in self.open if c.known and c.heard < now - self.limits.idle]
        for connection in silent + self.strangers.overdue(now):
            self.devices.counts["idle_closed"] += 1
            connection.transport.close()

    async def finish(self) -> None:
        """Answer what was read, read no more, and end all connections."""
        for connection in self.open:
            connection.pause_writing()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.commit.drained()
                for connection in list(self.open):
                    connection.transport.close()
                while self.open:
                    await asyncio.sleep(0.01)
                await self.commit.drained()  # what the connections had begun
        except TimeoutError:
            log.error("stopped before everything was answered; senders send again what was not")


def cannot_listen(host: str, port: int, error: OSError) -> NothingDone:
    """Why nothing is received."""
    return NothingDone(f"cannot listen on {host}:{port}: {error.strerror or error}")


def stop_on(*signals: signal.Signals) -> asyncio.Event:
    """An event that one of the signals sets."""
    stopping = asyncio.Event()
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def first_of(stopping: asyncio.Event, tasks: Iterable[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Wait until it is time to stop, or a part has ended that never should; returns the parts that have."""
    waiting = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    return {task for task in tasks if task in done}


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel parts and wait for them."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
