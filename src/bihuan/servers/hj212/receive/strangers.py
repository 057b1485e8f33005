"""What connections may use on which no known device has sent: their number, their rate, and what of them is kept raw.

A connection is a stranger's until a packet of a known device was accepted on it. Strangers wait for one another, known
devices never wait for them.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bihuan.servers.hj212.limits import Limits

if TYPE_CHECKING:
    from bihuan.servers.hj212.receive.connection import Connection

SHARE = 4  # an address may use a quarter
CREDIT = 2.0  # seconds of the rate that may come at once
LONGEST_WAIT = 5.0
FREE = (
    8.0  # packets of a connection that wait for nobody: a known device may begin with some that are not taken
)
PACKET = 1024  # bytes that count as one
ADDRESSES = 10_000


@dataclass
class Pace:
    """A rate that is spent from; who spends more than it gives has to wait."""

    rate: float
    paid_until: float = 0.0

    def spend(self, packets: float, now: float) -> float:
        """Seconds to wait."""
        due = max(self.paid_until, now) + packets / self.rate
        self.paid_until = min(due, now + CREDIT + LONGEST_WAIT)
        return max(0.0, self.paid_until - now - CREDIT)


@dataclass
class Kept:
    """Bytes that are kept raw of one day: the first ones, up to a bound for all and one for an address."""

    most: int
    _day: date | None = None
    _all: int = 0
    _of: Counter[str] = field(default_factory=Counter)

    def take(self, address: str, size: int, today: date) -> bool:
        """Is there room for so many bytes of an address?"""
        if today != self._day:
            self._day, self._all, self._of = today, 0, Counter()
        if self._all + size > self.most or self._of[address] + size > self.most // SHARE:
            return False
        self._all += size
        self._of[address] += size
        return True


class Strangers:
    """The strangers' connections of one process. silent: no whole packet came yet, oldest first; talking: others."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.silent: dict[Connection, None] = {}
        self.talking: dict[Connection, None] = {}
        self._silent_of: dict[str, dict[Connection, None]] = {}
        self._all = Pace(limits.stranger_packets)
        self._paces: dict[str, Pace] = {}
        self._kept = Kept(limits.stranger_bytes)
        self._kept_of_known = Kept(SHARE * limits.stranger_bytes)

    def __len__(self) -> int:
        return len(self.silent) + len(self.talking)

    def came(self, connection: "Connection") -> None:
        """A new connection: nobody knows yet whose."""
        self.silent[connection] = None
        self._silent_of.setdefault(connection.address, {})[connection] = None

    def spoke(self, connection: "Connection") -> None:
        """A whole packet came, of a device that is not let in."""
        if connection in self.silent:
            self.gone(connection)
            self.talking[connection] = None

    def gone(self, connection: "Connection") -> None:
        """It has ended, or is no stranger's any more."""
        self.talking.pop(connection, None)
        if connection in self.silent:
            del self.silent[connection]
            of_address = self._silent_of[connection.address]
            del of_address[connection]
            if not of_address:
                del self._silent_of[connection.address]

    def victim(self, address: str) -> "Connection | None":
        """Who makes room for a new connection: a silent one of an address that has many, else the oldest silent one."""
        own = self._silent_of.get(address, {})
        crowd = own if len(own) * SHARE > self.limits.strangers else self.silent
        return next(iter(crowd), None) or next(iter(self.talking), None)

    def wait(self, connection: "Connection", packets: int, size: int, now: float) -> float:
        """Seconds until the stranger is read again, after so many frames and bytes of it."""
        cost = max(packets, size / PACKET)
        connection.spent += cost
        waits = (self._all.spend(cost, now), self._pace_of(connection.address).spend(cost, now))
        return 0.0 if connection.spent <= FREE else max(waits)

    def _pace_of(self, address: str) -> Pace:
        pace = self._paces.get(address)
        if pace is None:
            if len(self._paces) >= ADDRESSES:
                self._paces.clear()
            pace = self._paces[address] = Pace(self.limits.stranger_packets / SHARE)
        return pace

    def keeps(self, connection: "Connection", size: int, today: date) -> bool:
        """Is what was refused or parked kept raw?"""
        kept = self._kept_of_known if connection.known else self._kept
        return kept.take(connection.address, size, today)

    def overdue(self, now: float) -> "list[Connection]":
        """Those that have been silent, or have said nothing whole, for too long."""
        limits = self.limits
        heard, begun = now - min(limits.stranger_idle, limits.idle), now - limits.first_packet
        late = [c for c in self.silent if c.heard < heard or c.opened < begun]
        return late + [c for c in self.talking if c.heard < now - min(limits.first_packet, limits.idle)]
