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
from datetime import datetime
from functools import partial
from pathlib import Path

from bihuan import clock
from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import Piece, read_piece
from bihuan.feeds.hj212.framing import Frame
from bihuan.loggers import parked
from bihuan.loggers.commands import Spool
from bihuan.loggers.files import write_json
from bihuan.receiving import ACCEPTED, REFUSED, store_all
from bihuan.servers.group_commit import GroupCommit
from bihuan.servers.hj212_connection import Connection, Limits
from bihuan.servers.hj212_devices import Devices, Register
from bihuan.servers.hj212_dialogue import Dialogues
from bihuan.servers.hj212_gaps import GapAsker
from bihuan.servers.hj212_replies import Replies

log = logging.getLogger(__name__)

NOISE_KEPT = 1024
RESTART_SECONDS = 1.0
STOP_SECONDS = 8.0
WATCH_EVERY = 2.0
TALK_EVERY = 0.5
ASKS_FOR_CLOCK = "1013"
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
        self.replies = Replies()
        self.commit = GroupCommit(archive.devices.journal)
        self.open: set[Connection] = set()
        self.addresses: Counter[str] = Counter()
        self.links: dict[str, Connection] = {}
        self.dialogues = Dialogues(
            Spool(self.folder), self.devices, self.register, limits.patience, self._transport
        )
        self.gaps = GapAsker(self.dialogues, limits.fetch_after, limits.fetches_an_hour)

    def take(self, frame: Frame, data: bytes, connection: Connection, now: datetime) -> None:
        """Keep one frame under what it is, and queue its answer."""
        piece = read_piece(frame)
        mn = (piece.head.fields.get("MN") or "").strip()
        known = self.register.knows(mn)
        reason = self._refusal(piece, mn, connection, known=known)
        if reason is not None:
            self._refuse(reason, mn, data, now)
        elif not known:
            self.devices.counts["parked"] += 1
            self.devices.of_unknown(mn, now).note(piece, connection.peer, now)
            self.commit.put(parked.parked_source(mn), data, now)
        else:
            self.devices.counts["accepted"] += 1
            self.devices.of(mn, now).note(piece, connection.peer, now)
            if self.links.get(mn) is not connection:
                self._linked(mn, connection)
            self.commit.put(ACCEPTED + connection.peer, parked.plain(frame) if frame.encrypted else data, now)
            answer = self.replies.to(piece)
            if answer is not None:
                self.commit.answer(connection.transport, answer)
            if mn in self.dialogues.talks:
                self.dialogues.heard(mn, piece, time.monotonic())
            elif piece.shape.data_time is None and self._asks_for_clock(piece, mn):
                self.dialogues.wanted.add(mn)

    def _asks_for_clock(self, piece: Piece, mn: str) -> bool:
        return piece.head.fields.get("CN") == ASKS_FOR_CLOCK and not self.dialogues.busy(mn)

    def _refusal(self, piece: Piece, mn: str, connection: Connection, *, known: bool) -> str | None:
        if piece.reason is not None and (known or not mn or piece.reason != "encrypted"):
            return (
                piece.reason
            )  # the packet of a stranger may be encrypted: it is parked until its key is known
        if not mn:
            return "no_mn"
        device = self.register.listed(mn)
        if device is None:
            return None
        if not device.password_fits((piece.head.fields.get("PW") or "").strip()):
            return "password"
        return None if device.may_come_from(connection.address) else "address"

    def _refuse(self, reason: str, mn: str, data: bytes, now: datetime) -> None:
        self.devices.counts[reason] += 1
        if mn in self.devices.known:
            self.devices.known[mn].note_broken(reason, data, now)
        self.commit.put(REFUSED + reason, data[:NOISE_KEPT] if reason == "noise" else data, now)

    def _linked(self, mn: str, connection: Connection) -> None:
        before = self.links.get(mn)
        if before is not None:
            before.devices.discard(mn)
        self.links[mn] = connection
        connection.devices.add(mn)
        self.gaps.came_back(mn, time.monotonic())

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

    async def watch(self) -> None:
        """Close silent connections, read the register again, write the state, until cancelled."""
        state_due = 0.0
        while True:
            await asyncio.sleep(WATCH_EVERY)
            self.register.refresh()
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
    asyncio.run(_serve(Receiver(archive, register, limits), host, port, ready))
    store_all(archive)  # nothing is left, but when the storing process was stopped too
