"""The HJ 212 receiver: many connections, every packet journalled before it is answered, rows stored behind them.

Frames are found by length and resynchronised; a broken or refused packet is kept raw and never answered, so its sender
keeps it. The connection says nothing about the device: one may carry many, and state hangs on MN.
"""

import asyncio
import logging
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bihuan import clock
from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.loggers import parked
from bihuan.loggers.commands import Spool
from bihuan.loggers.files import write_json
from bihuan.receiving import store_all
from bihuan.servers.group_commit import GroupCommit
from bihuan.servers.hj212_connection import Connection, Limits
from bihuan.servers.hj212_devices import Devices, Register
from bihuan.servers.hj212_dialogue import Dialogues
from bihuan.servers.hj212_gaps import GapAsker
from bihuan.servers.hj212_intake import Intake
from bihuan.servers.memory import search_cycles_rarely

log = logging.getLogger(__name__)

RESTART_SECONDS = 1.0
STOP_SECONDS = 8.0
WATCH_EVERY = 2.0
TALK_EVERY = 0.5
STATE = "state.json"
STATE_PAUSES = 50  # with many devices the state is written less often
FILES_BESIDE = 64  # open files that are no connections


class Receiver:
    """Everything the connections share. links: over which connection each device was heard last."""

    def __init__(self, archive: Archive, register: Register, limits: Limits) -> None:
        self.archive = archive
        self.register = register
        self.limits = limits
        self.folder = archive.devices.folder
        self.devices = Devices()
        self.devices.remember(self.folder / STATE)
        self.commit = GroupCommit(archive.devices.journal)
        self.open: set[Connection] = set()
        self.addresses: Counter[str] = Counter()
        self.links: dict[str, Connection] = {}
        self.dialogues = Dialogues(
            Spool(self.folder), self.devices, self.register, limits.patience, self._transport
        )
        self.gaps = GapAsker(self.dialogues, limits.fetch_after, limits.fetches_an_hour)
        self.intake = Intake(self.devices, self.register, self.commit, self.dialogues, self.gaps, self.links)

    def _transport(self, mn: str) -> asyncio.Transport | None:
        connection = self.links.get(mn)
        return None if connection is None or connection.transport.is_closing() else connection.transport

    async def talk(self) -> None:
        """Ask devices what people or gaps want of them, until cancelled."""
        while True:
            await asyncio.sleep(TALK_EVERY)
            try:
                self.gaps.tick(time.monotonic())
                self.dialogues.tick(time.monotonic())
            except OSError as error:  # a full disk must not end receiving
                log.error("requests to devices wait (%s)", error)

    def confirm_parked(self) -> None:
        """Devices that are let in now: what they had parked may be brought in when all of it is on disk."""
        try:
            for mn in [mn for mn in self.devices.parked if self.register.knows(mn)]:
                del self.devices.parked[mn]
                parked.ask(self.folder, mn)
            for mn, file in parked.asked(self.folder):
                if self.register.knows(mn):
                    self.commit.then(partial(parked.confirm, file))
        except OSError as error:
            log.error("parked packets wait (%s)", error)

    async def store_behind(self) -> None:
        """Keep the process that makes rows running, until cancelled; then let it store the rest."""
        words = ("-m", "bihuan.servers.hj212_storing", str(self.archive.root), str(self.limits.store_every))
        while True:
            process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=subprocess.PIPE)
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                await process.communicate(b"end\n")
                raise
            log.error("the storing process ended with code %s; starting it again", code)
            await asyncio.sleep(RESTART_SECONDS)

    def drop_refused(self) -> None:
        """Devices that were locked out are not online any more."""
        for mn in [mn for mn in self.links if not self.register.knows(mn)]:
            self.links.pop(mn).devices.discard(mn)

    async def watch(self) -> None:
        """Close silent connections, read the register again, write the state, until cancelled."""
        state_due = 0.0
        while True:
            await asyncio.sleep(WATCH_EVERY)
            self.register.refresh()
            self.drop_refused()
            self.confirm_parked()
            until = time.monotonic() - self.limits.idle
            for connection in [c for c in self.open if c.heard < until]:
                self.devices.counts["idle_closed"] += 1
                connection.transport.close()
            began = time.monotonic()
            if began >= state_due:
                self.devices.forget(clock.now())
                self.write_state()
                state_due = began + STATE_PAUSES * (time.monotonic() - began)

    def write_state(self) -> None:
        """What the device page shows."""
        try:
            said = self.devices.as_dict(set(self.links))
            write_json(self.folder / STATE, {"connections": len(self.open), **said}, flush=False)
        except OSError as error:
            log.error("cannot write the state of the devices (%s)", error)


def _more_files(connections: int) -> None:
    """Let the process hold as many connections as the limits say, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES_BESIDE
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def _serve(receiver: Receiver, host: str, port: int, ready: Callable[[str, int], None]) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        server = await loop.create_server(lambda: Connection(receiver), host, port, backlog=1024)
    except OSError as error:
        raise NothingDone(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    tasks = [
        asyncio.create_task(work)
        for work in (receiver.commit.run(), receiver.store_behind(), receiver.watch(), receiver.talk())
    ]
    ready(*server.sockets[0].getsockname()[:2])
    waiting = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    server.close()
    for connection in receiver.open:
        connection.pause_writing()
    for task in done - {waiting}:
        task.result()  # a part that failed ends the receiver; the supervisor starts it again
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await receiver.commit.drained()
            for connection in list(receiver.open):
                connection.transport.close()
            while receiver.open:
                await asyncio.sleep(0.01)
            await receiver.commit.drained()  # what the connections had begun
    except TimeoutError:
        log.error("stopped before everything was answered; senders send again what was not")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    receiver.write_state()


def serve(
    data: Path,
    host: str,
    port: int,
    *,
    everyone: bool,
    limits: Limits,
    ready: Callable[[str, int], None],
) -> None:
    """Receive until SIGTERM or Ctrl-C, then store what came. `ready` is told the address. Raises NothingDone."""
    archive = Archive(data / "archive")
    register = Register(data / "devices.json", everyone=everyone)
    _more_files(limits.connections)
    search_cycles_rarely()
    asyncio.run(_serve(Receiver(archive, register, limits), host, port, ready))
    store_all(archive)  # nothing is left, but when the storing process was stopped too
