"""One TCP connection of the receiver: bytes into frames, and the limits that hold a sender back."""

import asyncio
import socket
import time
from typing import TYPE_CHECKING

from bihuan.feeds.hj212.splitter import Splitter
from bihuan.pipeline.packets import ACCEPTED

if TYPE_CHECKING:
    from bihuan.servers.hj212.receive.acceptor import Acceptor

BURST = 1.0
READ, READ_OF_STRANGERS = 256 * 1024, 4 * 1024
_buffer = memoryview(
    bytearray(READ)
)  # of all connections: what one read brings is copied out before the next


class Connection(asyncio.BufferedProtocol):
    """One TCP connection.

    known: a known device has sent on it. spent: packets of strangers that came over it.
    """

    def __init__(self, acceptor: "Acceptor") -> None:
        self.acceptor = acceptor
        self.splitter = Splitter(acceptor.register.unlock)
        self.opened = self.heard = time.monotonic()
        self.peer, self.address, self.source = "", "", ""
        self.devices: set[str] = set()  # heard here last
        self.known = False
        self.spent = 0.0
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
        if not self.acceptor.opened(self):
            transport.abort()
            return
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes are read to; of strangers few at a time."""
        return _buffer if self.known else _buffer[:READ_OF_STRANGERS]

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes in any cuts."""
        self.heard = time.monotonic()
        whole, frames = self.splitter.cut(bytes(_buffer[:nbytes]))
        self.acceptor.intake.take(whole, frames, self)
        if self.acceptor.commit.full:
            self.pause_writing()
            self.acceptor.commit.then(self.resume_writing)
        if self.splitter.waits:
            self.acceptor.unfinished.add(self)
        if self.known:
            self._slow_down(len(frames))
        else:
            self._wait(self.acceptor.strangers.wait(self, len(frames), nbytes, self.heard))

    def quiet(self) -> None:
        """Nothing more has come for a while: take what can be taken as it stands."""
        self.acceptor.intake.take(*self.splitter.quiet(), self)

    def _slow_down(self, packets: int) -> None:
        """Read no more for a while when packets came faster than the limit for longer than BURST seconds."""
        self._paid_until = max(self._paid_until, self.heard) + packets / self.acceptor.limits.packets
        self._wait(self._paid_until - self.heard - BURST)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.pause_writing()
            asyncio.get_running_loop().call_later(seconds, self.resume_writing)

    def eof_received(self) -> bool:
        """The sender has said all; it is still answered before the connection ends."""
        self.acceptor.intake.take(*self.splitter.cut(final=True), self)
        self.acceptor.commit.then(self.transport.close)
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
        if self in self.acceptor.open:
            self.acceptor.intake.take(*self.splitter.cut(final=True), self)
            self.acceptor.closed(self)
