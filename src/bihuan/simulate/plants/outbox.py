"""What a logger still has to send: packets of the records that are due, the new ones, and those that a cut left."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.simulate.plants.calendar import CST
from bihuan.simulate.plants.dialects import Dialect
from bihuan.simulate.plants.packets import Item, Packet, stamp, upload
from bihuan.simulate.plants.records import REALTIME, Record, realtime
from bihuan.simulate.plants.requests import Settings
from bihuan.simulate.plants.sending import AnyOutlet, AnyWorld, calibrated, records

Clock = Callable[[], datetime]
QUEUE = 200
"""Packets that wait at most; further records stay where they are made."""
FRESH = timedelta(minutes=10)
"""A record older than that when it is sent is a backfill."""


@dataclass(eq=False)
class Waiting:
    """A packet until it is answered: how often and when [s] it was sent."""

    packet: Packet
    tries: int = 0
    sent: float = 0.0

    def went(self) -> None:
        """It is sent now."""
        self.tries += 1
        self.sent = time.monotonic()


class Outbox:
    """Packets in the order in which they go: new ones before backfill in 2025, as they came in the older editions.

    clock: what the time is; None: everything is due at once. with_realtime: also values of the moment (CN 2011).
    """

    def __init__(
        self,
        world: AnyWorld,
        outlet: AnyOutlet,
        dialect: Dialect,
        settings: Settings,
        start: datetime,
        until: datetime,
        clock: Clock | None,
        *,
        with_realtime: bool,
    ) -> None:
        self.device, self.dialect, self.settings = outlet.device, dialect, settings
        self._calibrated = calibrated(outlet)
        self.clock, self.with_realtime = clock, with_realtime
        self._records = records(world, outlet.site, start, until, dialect)
        self._next: Record | None = next(self._records, None)
        self._fresh: deque[Waiting] = deque()
        self._late: deque[Waiting] = deque()
        self._last_qn = datetime.min.replace(tzinfo=CST)
        self._sent_until = start

    def now(self) -> datetime:
        """The logger's time: the clock's, or how far it has sent."""
        return self._sent_until if self.clock is None else self.clock()

    def request_numbers(self, at: datetime) -> Iterator[str]:
        """QNs from a moment on, each later than all before."""
        while True:
            at = max(at, self._last_qn + timedelta(milliseconds=1))
            self._last_qn = at
            yield stamp(at, milli=True)

    def take(self) -> Waiting | None:
        """The next packet, or None when nothing is due."""
        self._fill()
        queue = self._fresh or self._late
        return queue.popleft() if queue else None

    def put_back(self, unanswered: list[Waiting]) -> None:
        """What was not answered goes first."""
        self._fresh.extendleft(reversed(unanswered))

    @property
    def empty(self) -> bool:
        """Nothing waits and nothing more will come."""
        return self._next is None and not self._fresh and not self._late

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing more is due by now."""
        self._fill()
        return not self._fresh and not self._late

    def _fill(self) -> None:
        """Make packets of the records that are due, as far as the queue has room."""
        now = None if self.clock is None else self.clock()
        while self._next is not None and len(self._fresh) + len(self._late) < QUEUE:
            record = self._next
            if now is not None and record.due > now:
                return
            self._sent_until = max(self._sent_until, record.due)
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
            self.request_numbers(at),
            cn,
            text,
            items,
            again=old,
            password=self.settings.password,
        )
        queue = self._late if old and self.device.edition == 2025 else self._fresh
        queue.extend(Waiting(packet) for packet in made)

    def _calibrating(self, record: Record) -> tuple[Item, ...]:
        """The content, with flag C on what is calibrated in minutes of a calibration that the platform asked for."""
        items = record.content()
        if record.cn != "2051" or not any(a <= record.data_time < b for a, b in self.settings.calibrations):
            return items
        return tuple(
            _flagged(item, "C") if item[0][0].rpartition("-")[0] in self._calibrated else item
            for item in items
        )


def _flagged(item: Item, flag: str) -> Item:
    code = item[0][0].rpartition("-")[0]
    return [*(pair for pair in item if pair[0] != f"{code}-Flag"), (f"{code}-Flag", flag)]
