"""A logger on the wire: connects, sends what is due, waits for answers, sends again, keeps what a cut left unsent."""

import asyncio
import random
import time
from dataclasses import dataclass, fields
from datetime import datetime

from bihuan.simulate.plants.dialects import Dialect, dialect_of
from bihuan.simulate.plants.outbox import Clock, Outbox, Waiting
from bihuan.simulate.plants.packets import reply, stamp, upload
from bihuan.simulate.plants.requests import Settings, frames_in, react
from bihuan.simulate.plants.sending import AnyOutlet, AnyWorld

WINDOW = 32
"""Packets that may be unanswered at once; loggers without QN wait for each."""
TICK = 0.2
RECONNECT = 1.0
PATIENCE = 3
"""Connections in a row without any answer before a logger gives up."""
GARBAGE = b"http://www.cmsoft.cn\x00\x00##0999"
ANSWERS = frozenset({"9013", "9014"})


class Unanswered(Exception):
    """The platform takes connections and answers nothing."""


@dataclass
class Counts:
    """What all loggers did together."""

    devices: int = 0
    packets: int = 0
    answers: int = 0
    resent: int = 0
    requests: int = 0
    connections: int = 0
    cuts: int = 0
    gave_up: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{f.name} {getattr(self, f.name)}" for f in fields(self))


@dataclass(frozen=True)
class Trouble:
    """Chance for each packet of a cut in the middle of it, a write in pieces, and garbage before it; seconds that each write takes."""

    cut: float = 0.0
    split: float = 0.0
    garbage: float = 0.0
    slow: float = 0.0


class Logger:
    """The state of one device; it survives its connections. For clock and with_realtime see Outbox."""

    def __init__(
        self,
        world: AnyWorld,
        outlet: AnyOutlet,
        start: datetime,
        until: datetime,
        *,
        counts: Counts,
        clock: Clock | None = None,
        with_realtime: bool = False,
        trouble: Trouble | None = None,
        dialect: Dialect | None = None,
    ) -> None:
        self.world, self.outlet, self.device = world, outlet, outlet.device
        self.dialect = dialect_of(outlet.device) if dialect is None else dialect
        self.settings = Settings(outlet.device.password, minute_interval=outlet.device.interval)
        self.counts = counts
        self.trouble = trouble or Trouble()
        self._chance = random.Random(outlet.device.dialect)
        self.outbox = Outbox(
            world, outlet, self.dialect, self.settings, start, until, clock, with_realtime=with_realtime
        )
        self._flying: list[Waiting] = []
        self._news = asyncio.Event()
        self._heard = False

    async def run(self, host: str, port: int) -> None:
        """Send everything until there is nothing more. Raises Unanswered when the platform stays silent."""
        self.counts.devices += 1
        silent = 0
        while True:
            try:
                reader, writer = await asyncio.open_connection(host, port)
            except OSError:
                await asyncio.sleep(RECONNECT)
                continue
            self.counts.connections += 1
            self._heard = False
            listening = asyncio.create_task(self._listen(reader, writer))
            try:
                await self._send_all(writer, listening)
                return
            except (ConnectionError, TimeoutError):
                self._keep()
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
                writer.close()
            silent = 0 if self._heard else silent + 1
            if silent >= PATIENCE:
                self.counts.gave_up += 1
                raise Unanswered(f"{self.device.mn}: {PATIENCE} connections without an answer")
            await asyncio.sleep(RECONNECT * self._chance.random())

    @property
    def idle(self) -> bool:
        """Everything that is due by now has been answered."""
        return not self._flying and self.outbox.idle

    def _keep(self) -> None:
        """What was not answered goes first over the next connection."""
        self.outbox.put_back(self._flying)
        self._flying.clear()

    async def _send_all(self, writer: asyncio.StreamWriter, listening: asyncio.Task[None]) -> None:
        window = WINDOW if self.dialect.qn and "qn_empty" not in self.dialect else 1
        while True:
            while len(self._flying) < window and (waiting := self.outbox.take()) is not None:
                self._flying.append(waiting)
                await self._send(writer, waiting)
            if self.outbox.empty and not self._flying:
                return
            if listening.done():
                raise ConnectionResetError("the platform closed the connection")
            await self._wait()
            await self._send_again(writer)

    async def _wait(self) -> None:
        """Until something comes, or for a tick; what came since the last time counts too."""
        try:
            await asyncio.wait_for(self._news.wait(), TICK)
        except TimeoutError:
            return
        self._news.clear()

    async def _send_again(self, writer: asyncio.StreamWriter) -> None:
        """Over time: the same packet again; after the last resend the link counts as down."""
        for waiting in list(self._flying):
            if time.monotonic() - waiting.sent > self.settings.overtime:
                if waiting.tries > self.settings.resends:
                    raise TimeoutError(f"no answer to {waiting.packet.cn}")
                await self._send(writer, waiting)

    async def _send(self, writer: asyncio.StreamWriter, waiting: Waiting) -> None:
        self.counts.packets += 1
        self.counts.resent += waiting.tries > 0
        waiting.went()
        await self._write(writer, waiting.packet.data)

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        trouble, chance = self.trouble, self._chance
        if chance.random() < trouble.garbage:
            data = GARBAGE + data
        if chance.random() < trouble.cut:
            self.counts.cuts += 1
            writer.write(data[: chance.randrange(len(data))])
            await writer.drain()
            writer.transport.abort()
            raise ConnectionAbortedError("cut")
        pieces = [data]
        if chance.random() < trouble.split:
            at = chance.randrange(1, len(data))
            pieces = [data[:at], data[at:]]
        for number, piece in enumerate(pieces):
            writer.write(piece)
            await writer.drain()
            if trouble.slow or number + 1 < len(pieces):
                await asyncio.sleep(max(trouble.slow, 0.001))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = bytearray()
        while data := await reader.read(65536):
            buffer += data
            for received in frames_in(buffer):
                self._heard = True
                if received.get("CN") in ANSWERS:
                    self._answered(received)
                else:
                    self._asked(received, writer)
                self._news.set()
        self._news.set()

    def _answered(self, answer: dict[str, str]) -> None:
        """The packet with this QN is done; one without QN when it is the only one on its way."""
        for waiting in self._flying:
            if waiting.packet.qn is None or waiting.packet.qn == answer.get("QN"):
                self._flying.remove(waiting)
                self.counts.answers += 1
                return

    def _asked(self, request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        """A request: answer, uploads, result (the uploads before the result, without waiting for their answers)."""
        self.counts.requests += 1
        password = self.settings.password
        reaction = react(self.world, self.outlet, self.dialect, self.settings, request, self.outbox.now())
        qn = request.get("QN")
        writer.write(reply(self.device, qn, "9011", f"QnRtn={reaction.answer}", password=password).data)
        for cn, data_time, items in reaction.uploads:
            text = None if data_time is None else stamp(data_time)
            for packet in upload(
                self.device,
                self.dialect,
                self.outbox.request_numbers(self.outbox.now()),
                cn,
                text,
                items,
                answer=False,
                password=password,
            ):
                writer.write(packet.data)
        if reaction.result is not None:
            writer.write(reply(self.device, qn, "9012", f"ExeRtn={reaction.result}", password=password).data)
