"""One TCP connection of the receiver: bytes into frames, and the limits that hold a sender back."""

import asyncio
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bihuan.feeds.hj212.splitter import Splitter
from bihuan.receiving import ACCEPTED
from bihuan.servers.hj212_dialogue import Patience

if TYPE_CHECKING:
    from bihuan.servers.hj212_front import Front

BURST = 1.0
USUAL = Patience()


@dataclass(frozen=True)
class Limits:
    """idle: seconds of silence (RtdInterval goes up to an hour); per_address: a whole city may sit behind one router.

    packets: a second and connection; who sends more is read more slowly. fetch_after: seconds after a device came back
    until missing records are asked for (0: never).
    """

    idle: float = 7200.0
    connections: int = 25_000
    per_address: int = 25_000
    packets: float = 5_000.0
    store_every: float = 5.0
    fetch_after: float = 120.0
    fetches_an_hour: int = 12
    patience: Patience = USUAL


class Connection(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, front: "Front") -> None:
        self.front = front
        self.splitter = Splitter(front.register.unlock)
        self.heard = time.monotonic()
        self.peer, self.address, self.source = "", "", ""
        self.devices: set[str] = set()  # heard here last
        self.transport: asyncio.Transport
        self._holds = 0
        self._paid_until = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse what is above the limits."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("the receiver needs a stream")
        self.transport = transport
        self.address, port = (transport.get_extra_info("peername") or ("unknown", 0))[:2]
        self.peer = f"{self.address}:{port}"
        self.source = ACCEPTED + self.peer
        if not self.front.opened(self):
            transport.abort()
            return
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        """Bytes in any cuts."""
        self.heard = time.monotonic()
        whole, frames = self.splitter.cut(data)
        self.front.intake.take(whole, frames, self)
        if self.front.commit.full:
            self.pause_writing()
            self.front.commit.then(self.resume_writing)
        if self.splitter.waits:
            self.front.unfinished.add(self)
        self._slow_down(len(frames))

    def quiet(self) -> None:
        """Nothing more has come for a while: take what can be taken as it stands."""
        self.front.intake.take(*self.splitter.quiet(), self)

    def _slow_down(self, packets: int) -> None:
        """Read no more for a while when packets came faster than the limit for longer than BURST seconds."""
        self._paid_until = max(self._paid_until, self.heard) + packets / self.front.limits.packets
        ahead = self._paid_until - self.heard - BURST
        if ahead > 0:
            self.pause_writing()
            asyncio.get_running_loop().call_later(ahead, self.resume_writing)

    def eof_received(self) -> bool:
        """The sender has said all; it is still answered before the connection ends."""
        self.front.intake.take(*self.splitter.cut(final=True), self)
        self.front.commit.then(self.transport.close)
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
        if self in self.front.open:
            self.front.intake.take(*self.splitter.cut(final=True), self)
            self.front.closed(self)
