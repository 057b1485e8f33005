"""A logger on the wire: connects, sends what is due, waits for answers, sends again, keeps what a cut left unsent."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from bihuan.simulate.plants.calendar import CST
from bihuan.simulate.plants.dialects import Dialect, dialect_of
from bihuan.simulate.plants.packets import Item, Packet, reply, stamp, upload
from bihuan.simulate.plants.records import CODES, CODES_2005, REALTIME, Record, realtime, records
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.requests import Settings, frames_in, react
from bihuan.simulate.plants.world import World

Clock = Callable[[], datetime]
WINDOW = 32
"""Packets that may be unanswered at once; loggers without QN wait for each."""
QUEUE = 200
FRESH = timedelta(minutes=10)
"""A record older than that when it is sent is a backfill."""
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


@dataclass
class _Waiting:
    packet: Packet
    tries: int = 0
    sent: float = 0.0


class Logger:
    """The state of one device; it survives its connections.

    clock: what the time is; None: everything is due at once. with_realtime: also values of the moment (CN 2011).
    """

    def __init__(
        self,
        world: World,
        outlet: Outlet,
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
        self.counts, self.clock, self.with_realtime = counts, clock, with_realtime
        self.trouble = trouble or Trouble()
        self._chance = random.Random(outlet.device.dialect)
        self._records = self._wanted(start, until)
        self._next: Record | None = next(self._records, None)
        self._fresh: deque[_Waiting] = deque()
        self._late: deque[_Waiting] = deque()
        self._flying: list[_Waiting] = []
        self._last_qn = datetime.min.replace(tzinfo=CST)
        self._now = start
        self._news = asyncio.Event()
        self._heard = False

    def _wanted(self, start: datetime, until: datetime) -> Iterator[Record]:
        return records(self.world, self.outlet.site, start, until, self.dialect)

    def now(self) -> datetime:
        """The logger's time: the clock's, or how far it has sent."""
        return self._now if self.clock is None else self.clock()

    def _qns(self, at: datetime) -> Iterator[str]:
        """Request numbers from a moment on, each later than all before."""
        while True:
            at = max(at, self._last_qn + timedelta(milliseconds=1))
            self._last_qn = at
            yield stamp(at, milli=True)

    # What is due

    def _fill(self) -> None:
        """Make packets of the records that are due, as far as the queue has room."""
        now = None if self.clock is None else self.clock()
        while self._next is not None and len(self._fresh) + len(self._late) < QUEUE:
            record = self._next
            if now is not None and record.due > now:
                return
            self._now = max(self._now, record.due)
            self._add(record, old=now is not None and now - record.due > FRESH)
            self._next = next(self._records, None)

    def _add(self, record: Record, *, old: bool) -> None:
        items = self._calibrating(record)
        at = self.now() if old else record.due + record.ahead
        if record.cn == "2051" and self.with_realtime and self.settings.realtime and not old:
            self._queue(REALTIME, record.data_time, realtime(items), at, old=False)
        self._queue(record.cn, record.data_time, items, at, old=old)

    def _queue(
        self, cn: str, data_time: datetime | None, items: tuple[Item, ...], at: datetime, *, old: bool
    ) -> None:
        text = None if data_time is None else stamp(data_time)
        made = upload(
            self.device,
            self.dialect,
            self._qns(at),
            cn,
            text,
            items,
            again=old,
            password=self.settings.password,
        )
        queue = self._late if old and self.device.edition == 2025 else self._fresh
        queue.extend(_Waiting(packet) for packet in made)

    def _calibrating(self, record: Record) -> tuple[Item, ...]:
        """The content, with flag C on the gases in minutes of a calibration that the platform asked for."""
        items = record.content()
        if record.cn != "2051" or not any(a <= record.data_time < b for a, b in self.settings.calibrations):
            return items
        codes = CODES_2005 if self.device.edition == 2005 else CODES
        gases = {codes[name] for name in ("so2", "nox", "o2")}
        return tuple(
            _flagged(item, "C") if item[0][0].rpartition("-")[0] in gases else item for item in items
        )

    # The connection

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

    def _keep(self) -> None:
        """What was not answered goes first over the next connection."""
        self._fresh.extendleft(reversed(self._flying))
        self._flying.clear()

    async def _send_all(self, writer: asyncio.StreamWriter, listening: asyncio.Task[None]) -> None:
        window = WINDOW if self.dialect.qn and "qn_empty" not in self.dialect else 1
        while True:
            self._fill()
            while len(self._flying) < window and (self._fresh or self._late):
                waiting = (self._fresh or self._late).popleft()
                self._flying.append(waiting)
                await self._send(writer, waiting)
                self._fill()
            if self._next is None and not (self._flying or self._fresh or self._late):
                return
            if listening.done():
                raise ConnectionResetError("the platform closed the connection")
            await self._wait()
            await self._send_again(writer)

    async def _wait(self) -> None:
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), TICK)
        except TimeoutError:
            return

    async def _send_again(self, writer: asyncio.StreamWriter) -> None:
        """Over time: the same packet again; after the last resend the link counts as down."""
        for waiting in list(self._flying):
            if time.monotonic() - waiting.sent > self.settings.overtime:
                if waiting.tries > self.settings.resends:
                    raise TimeoutError(f"no answer to {waiting.packet.cn}")
                await self._send(writer, waiting)

    async def _send(self, writer: asyncio.StreamWriter, waiting: _Waiting) -> None:
        self.counts.packets += 1
        self.counts.resent += waiting.tries > 0
        waiting.tries += 1
        waiting.sent = time.monotonic()
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
        reaction = react(self.world, self.outlet, self.dialect, self.settings, request, self.now())
        qn = request.get("QN")
        writer.write(reply(self.device, qn, "9011", f"QnRtn={reaction.answer}", password=password).data)
        for cn, data_time, items in reaction.uploads:
            text = None if data_time is None else stamp(data_time)
            for packet in upload(
                self.device,
                self.dialect,
                self._qns(self.now()),
                cn,
                text,
                items,
                answer=False,
                password=password,
            ):
                writer.write(packet.data)
        if reaction.result is not None:
            writer.write(reply(self.device, qn, "9012", f"ExeRtn={reaction.result}", password=password).data)


def _flagged(item: Item, flag: str) -> Item:
    code = item[0][0].rpartition("-")[0]
    return [*(pair for pair in item if pair[0] != f"{code}-Flag"), (f"{code}-Flag", flag)]
