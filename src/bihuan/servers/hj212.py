"""The HJ 212 receiver: many connections, every packet journalled before it is answered, rows stored behind them.

Frames are found by length and resynchronised; a broken or refused packet is kept raw and never answered, so its sender
keeps it. The connection says nothing about the device: one may carry many, and state hangs on MN.
"""

import asyncio
import logging
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bihuan import clock
from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import Piece, read_piece
from bihuan.feeds.hj212.crc import crc_text
from bihuan.feeds.hj212.framing import Frame
from bihuan.feeds.hj212.splitter import Splitter
from bihuan.receiving import ACCEPTED, PARKED, REFUSED, store_all
from bihuan.servers.group_commit import GroupCommit
from bihuan.servers.hj212_devices import Devices, Register, write_state
from bihuan.servers.hj212_replies import Replies

log = logging.getLogger(__name__)

NOISE_KEPT = 1024
RESTART_SECONDS = 1.0
STOP_SECONDS = 8.0
WATCH_EVERY = 2.0
STATE_PAUSES = 50  # with many devices the state is written less often
FILES_BESIDE = 64  # open files that are no connections


@dataclass(frozen=True)
class Limits:
    """idle: seconds of silence (RtdInterval goes up to an hour); per_address: a whole city may sit behind one router."""

    idle: float = 7200.0
    connections: int = 25_000
    per_address: int = 25_000
    store_every: float = 5.0


class Receiver:
    """Everything the connections share."""

    def __init__(self, archive: Archive, register: Register, limits: Limits) -> None:
        self.archive = archive
        self.register = register
        self.limits = limits
        self.devices = Devices()
        self.replies = Replies()
        self.commit = GroupCommit(archive.devices.journal)
        self.open: set[Connection] = set()
        self.addresses: Counter[str] = Counter()

    def take(self, frame: Frame, data: bytes, connection: "Connection", now: datetime) -> None:
        """Keep one frame under what it is, and queue its answer."""
        piece = read_piece(frame)
        mn = (piece.head.fields.get("MN") or "").strip()
        reason = self._refusal(piece, mn)
        if reason is not None:
            self._refuse(piece, reason, mn, data, now)
        elif not self.register.knows(mn):
            self.devices.counts["parked"] += 1
            self.devices.of_unknown(mn, now).note(piece, connection.peer, now)
            self.commit.put(f"{PARKED}{mn[:64]}", data, now)
        else:
            self.devices.counts["accepted"] += 1
            self.devices.of(mn, now).note(piece, connection.peer, now)
            self.commit.put(ACCEPTED + connection.peer, _plain(frame) if frame.encrypted else data, now)
            answer = self.replies.to(piece)
            if answer is not None:
                self.commit.answer(connection.transport, answer)

    def _refusal(self, piece: Piece, mn: str) -> str | None:
        if piece.reason is not None:
            return piece.reason
        if not mn:
            return "no_mn"
        if not self.register.password_fits(mn, (piece.head.fields.get("PW") or "").strip()):
            return "password"
        return None

    def _refuse(self, piece: Piece, reason: str, mn: str, data: bytes, now: datetime) -> None:
        self.devices.counts[reason] += 1
        if mn in self.devices.known:
            self.devices.known[mn].broken += 1
        self.commit.put(REFUSED + reason, data[:NOISE_KEPT] if reason == "noise" else data, now)

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
            until = time.monotonic() - self.limits.idle
            for connection in [c for c in self.open if c.heard < until]:
                self.devices.counts["idle_closed"] += 1
                connection.transport.close()
            began = time.monotonic()
            if began >= state_due:
                self.write_state()
                state_due = began + STATE_PAUSES * (time.monotonic() - began)

    def write_state(self) -> None:
        """What the device page shows."""
        path = self.archive.devices.folder / "state.json"
        try:
            write_state(path, {"connections": len(self.open), **self.devices.as_dict()})
        except OSError as error:
            log.error("cannot write %s (%s)", path, error)


def _plain(frame: Frame) -> bytes:
    """The packet as it would have come without encryption: keys change, and what was answered must stay readable."""
    return b"##%04d%s%s\r\n" % (len(frame.segment), frame.segment, crc_text(frame.segment))


class Connection(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.splitter = Splitter(receiver.register.unlock)
        self.heard = time.monotonic()
        self.peer = ""
        self.transport: asyncio.Transport
        self._address = ""
        self._kept, self._kept_from = b"", 0  # raw bytes of the packet that is not complete, and their place
        self._holds = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse what is above the limits."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("the receiver needs a stream")
        self.transport = transport
        address, port = (transport.get_extra_info("peername") or ("unknown", 0))[:2]
        self.peer = f"{address}:{port}"
        shared, limits = self.receiver, self.receiver.limits
        if len(shared.open) >= limits.connections or shared.addresses[address] >= limits.per_address:
            shared.devices.counts["connections_refused"] += 1
            transport.abort()
            return
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._address = address
        shared.open.add(self)
        shared.addresses[address] += 1

    def data_received(self, data: bytes) -> None:
        """Bytes in any cuts."""
        self.heard = time.monotonic()
        self._take(self._kept + data, self.splitter.feed(data))
        if self.receiver.commit.full:
            self.pause_writing()
            self.receiver.commit.then(self.resume_writing)

    def _take(self, data: bytes, frames: list[Frame]) -> None:
        """Give the frames on, with their bytes as they came."""
        base, now = self._kept_from, clock.now()
        for frame in frames:
            self.receiver.take(frame, data[frame.start - base : frame.end - base], self, now)
        self._kept_from = self.splitter.begun
        self._kept = data[self._kept_from - base :]

    def eof_received(self) -> bool:
        """The sender has said all; it is still answered before the connection ends."""
        self._take(self._kept, self.splitter.close())
        self.receiver.commit.then(self.transport.close)
        return True

    def pause_writing(self) -> None:
        """No reading while there is no room: the answers are not fetched, or the journal is busy."""
        self._holds += 1
        if self._holds == 1:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on when nothing holds."""
        self._holds -= 1
        if self._holds == 0:
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep what was left unfinished."""
        if self not in self.receiver.open:
            return
        self._take(self._kept, self.splitter.close())
        self.receiver.open.discard(self)
        self.receiver.addresses[self._address] -= 1
        if not self.receiver.addresses[self._address]:
            del self.receiver.addresses[self._address]


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
        for work in (receiver.commit.run(), receiver.store_behind(), receiver.watch())
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
