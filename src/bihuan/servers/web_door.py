"""Who may be connected to the pages, and for how long without getting on: strangers cannot shut them by holding connections.

uvicorn counts connections only once a request has come whole; it waits for the first one without end.
"""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SWEEP_EVERY = 1.0
HEAD, BODY, ANSWER = "head", "body", "answer"


@dataclass(frozen=True)
class Patience:
    """Connections in all and of one address; seconds for a request's head; and after `body_grace` seconds the least bytes
    a second of its body, and for how long an answer may lie unread."""

    connections: int
    per_address: int
    head: float = 10.0
    body_grace: float = 30.0
    body_rate: float = 1000.0
    unread: float = 60.0


@dataclass
class Standing:
    """Where a visit stands, and since when (the loop's time)."""

    step: tuple[str, int]
    since: float
    received: int = 0
    unread: int = 0


@dataclass
class Door:
    """All visits of this process. proxies: addresses that many visitors share, so they have no limit of their own."""

    patience: Patience
    proxies: Container[str] = ()
    inside: dict["Visit", Standing] = field(default_factory=dict)
    _timer: asyncio.TimerHandle | None = None

    def let_in(self, visit: "Visit") -> None:
        """A new connection. When there are too many, the one that has waited longest for its visitor makes room."""
        now = visit.loop.time()
        self.inside[visit] = Standing((HEAD, 0), now)
        near = [v for v in self.inside if v.address == visit.address]
        if len(near) > self.patience.per_address and visit.address not in self.proxies:
            self._make_room(near)
        elif len(self.inside) > self.patience.connections:
            self._make_room(list(self.inside))
        if self._timer is None:
            self._timer = visit.loop.call_later(SWEEP_EVERY, self._sweep, visit.loop)

    def leave(self, visit: "Visit") -> None:
        """The connection is closed."""
        self.inside.pop(visit, None)

    def _make_room(self, visits: list["Visit"]) -> None:
        """Close the visit that has longest sent nothing whole; the newest one when all others are being answered."""
        waiting = [v for v in visits[:-1] if v.step()[0] != ANSWER]
        self._close(min(waiting, key=lambda v: self.inside[v].since, default=visits[-1]))

    def _close(self, visit: "Visit") -> None:
        self.leave(visit)
        visit.transport.abort()

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        for visit in [v for v, standing in self.inside.items() if self._too_slow(v, standing, loop.time())]:
            self._close(visit)
        self._timer = loop.call_later(SWEEP_EVERY, self._sweep, loop) if self.inside else None

    def _too_slow(self, visit: "Visit", standing: Standing, now: float) -> bool:
        step, unread = visit.step(), visit.transport.get_write_buffer_size()
        if step != standing.step or (step[0] == ANSWER and (unread == 0 or unread != standing.unread)):
            self.inside[visit] = Standing(step, now, visit.received, unread)
            return False
        seconds = now - standing.since
        if step[0] == HEAD:
            return seconds > self.patience.head
        if step[0] == BODY:
            came = visit.received - standing.received
            return seconds > self.patience.body_grace and came < seconds * self.patience.body_rate
        return seconds > self.patience.unread


class Visit(H11Protocol):
    """One connection, as uvicorn serves it, that the door knows of."""

    door: Door

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.received = 0
        self.answered = 0

    @property
    def address(self) -> str:
        """The other end's address; of a connection that is gone already, nothing."""
        return self.client[0] if self.client else ""

    def step(self) -> tuple[str, int]:
        """What is awaited: the head of a request, its body, or its answer; of which request of this connection."""
        if self.cycle is None or self.cycle.response_complete:
            return HEAD, self.answered
        return (BODY if self.cycle.more_body else ANSWER), self.answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Come in."""
        super().connection_made(transport)
        self.door.let_in(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Go out."""
        self.door.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        self.received += len(data)
        super().data_received(data)

    def on_response_complete(self) -> None:
        """A request was answered."""
        self.answered += 1
        super().on_response_complete()


def visits_of(door: Door) -> Callable[..., Visit]:
    """The protocol that uvicorn makes for each connection to this door."""
    return type("VisitOfDoor", (Visit,), {"door": door})
