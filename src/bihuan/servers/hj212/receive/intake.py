"""What becomes of each packet: under which name it is journalled, what is noted of it, and what answers it.

The connection says nothing about the device: one may carry many, and state hangs on MN. Packets of a device differ in
QN and content only; what follows from the rest (who it is, may it, what answers it) is worked out once, as a route.
"""

import time
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from bihuan import clock
from bihuan.feeds.hj212 import Piece, read_piece
from bihuan.feeds.hj212.encode import frame_many
from bihuan.feeds.hj212.framing import Frame
from bihuan.feeds.hj212.header import Header
from bihuan.loggers import parked
from bihuan.pipeline.packets import CIPHER, REFUSED
from bihuan.servers.hj212.devices import Devices, Register, Seen
from bihuan.servers.hj212.receive.device_connections import DeviceConnections
from bihuan.servers.hj212.receive.group_commit import Entry, GroupCommit
from bihuan.servers.hj212.receive.replies import Reply, reply_to
from bihuan.servers.hj212.receive.strangers import Strangers

if TYPE_CHECKING:
    from bihuan.servers.hj212.receive.connection import Connection

NOISE_KEPT = 1024
NEW_KEY = "set_key"
ASKS = {"1013": "set_clock", "1014": NEW_KEY}
"""Commands by which a device asks for one of ours."""

ROUTES = 100_000
LOOK_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Route:
    """What follows from the header of an accepted device's packets.

    head: kept beside, so that its id stays its own. version: of the register that let the device in.
    """

    head: Header
    mn: str
    version: int
    seen: Seen
    reply: Reply | None
    asks_for: str | None


class Requests(Protocol):
    """Who carries requests to devices on: Dialogues, here or in another process."""

    @property
    def talks(self) -> Container[str]:
        """Devices of which something is asked; always the same object."""

    def heard(self, mn: str, piece: Piece, now: float) -> None:
        """A packet of such a device."""

    def wants(self, mn: str, name: str) -> None:
        """A device asks for a command of ours."""


@dataclass
class Intake:
    """Takes the frames of all connections of a process."""

    devices: Devices
    register: Register
    commit: GroupCommit
    requests: Requests
    connected: DeviceConnections
    strangers: Strangers
    _routes: dict[int, Route] = field(default_factory=dict)
    _replay: clock.Replay | None = None
    _looked: float = 0.0

    def take(self, data: bytes, frames: Sequence[Frame], connection: "Connection") -> None:
        """Keep the frames that one read brought, and queue their answers. `data`: the bytes that they lie in."""
        now, version, connected, talks = (
            self._now(),
            self.register.version,
            self.connected.held,
            self.requests.talks,
        )
        entries: list[Entry] = []
        aside: list[Entry] = []
        answers: list[bytes] = []
        accepted = 0
        for frame in frames:
            piece, raw = read_piece(frame), data[frame.start : frame.end]
            route = self._routes.get(id(piece.head))
            if (
                route is None
                or route.version != version
                or connected.get(route.mn) is not connection
                or piece.reason is not None
            ):
                route, entry = self._judge(piece, raw, connection, now)
                if route is None:
                    if self._keeps(entry, connection):
                        aside.append(entry)
                    continue
            accepted += 1
            if frame.encrypted:
                entries.append((CIPHER + connection.peer, raw, now))
                raw = parked.plain(frame, raw)
            entries.append((connection.source, raw, now))
            route.seen.note(piece, now)
            if route.reply is not None:
                answers.append(route.reply.to(piece.qn))
            if route.mn in talks:
                self.requests.heard(route.mn, piece, time.monotonic())
            if route.asks_for is not None and (route.asks_for != NEW_KEY or piece.encrypted):
                self.requests.wants(
                    route.mn, route.asks_for
                )  # a key only for who has proved to have the old one
        self.devices.counts["accepted"] += accepted
        if entries:
            self.commit.put(entries)
        if aside:
            self.commit.put_aside(aside)
        if answers:
            self.commit.answer(connection.transport, frame_many(answers))

    def _keeps(self, entry: Entry, connection: "Connection") -> bool:
        """Is what was not taken kept raw? Whoever sends too much of it has the rest counted only."""
        _, data, now = entry
        if not self.commit.aside_full and self.strangers.keeps(connection, len(data), now.date()):
            self.devices.counts["raw_bytes"] += len(data)
            return True
        self.devices.counts["raw_dropped"] += 1
        return False

    def _now(self) -> datetime:
        """The present instant. Whether a replay sets it is looked up now and then: a look at a file costs a packet's time."""
        present = time.time()
        if abs(present - self._looked) > LOOK_EVERY:
            self._replay, self._looked = clock.replay(), present
        return datetime.fromtimestamp(present, UTC) if self._replay is None else self._replay.at(present)

    def _judge(
        self, piece: Piece, raw: bytes, connection: "Connection", now: datetime
    ) -> tuple[Route | None, Entry]:
        """The route of an accepted packet; else how it is kept without an answer."""
        mn = (piece.head.fields.get("MN") or "").strip()
        known = self.register.knows(mn)
        reason = self._refusal(piece, mn, connection, known=known)
        if reason is not None:
            self.devices.counts[reason] += 1
            self.devices.note_broken(mn, reason, raw, now, listed=self.register.listed(mn) is not None)
            return None, (REFUSED + reason, raw[:NOISE_KEPT] if reason == "noise" else raw, now)
        if not known:
            self.devices.counts["parked"] += 1
            self.strangers.spoke(connection)
            seen = self.devices.of_unknown(mn, now)
            seen.peer = connection.peer
            seen.note(piece, now)
            return None, (parked.parked_source(mn), raw, now)
        if self.connected.held.get(mn) is not connection:
            self.connected.put(mn, connection)
        if not connection.known:
            connection.known = True
            self.strangers.gone(connection)
        return self._route(piece, mn, connection, now), (connection.source, raw, now)

    def _route(self, piece: Piece, mn: str, connection: "Connection", now: datetime) -> Route:
        seen = self.devices.of(mn, now)
        seen.peer = connection.peer
        head = piece.head
        asks = ASKS.get(head.fields.get("CN", "")) if piece.shape.data_time is None else None
        route = Route(head, mn, self.register.version, seen, reply_to(piece), asks)
        if head.shared:  # else the header is this packet's alone
            if len(self._routes) >= ROUTES:
                self._routes.clear()
            self._routes[id(head)] = route
        return route

    def _refusal(self, piece: Piece, mn: str, connection: "Connection", *, known: bool) -> str | None:
        if piece.reason is not None and (known or not mn or piece.reason != "encrypted"):
            return piece.reason  # a stranger's may be encrypted: it is parked until its key is known
        if not mn:
            return "no_mn"
        device = self.register.listed(mn)
        if device is None:
            return None
        if not device.password_fits((piece.head.fields.get("PW") or "").strip()):
            return "password"
        return None if device.may_come_from(connection.address) else "address"
