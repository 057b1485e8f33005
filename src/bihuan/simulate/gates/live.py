"""Gates that live: what passes by the clock is sent to the entrance, through a network that is cut now and then and by clocks that are wrong."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bihuan.simulate.gates.bars import Bar
from bihuan.simulate.gates.client import Client
from bihuan.simulate.gates.link import Link

RULES_EVERY = timedelta(minutes=10)
"""So often a unit asks for its rule file."""


class AnyWorld(Protocol):
    """What passes: records as the entrance takes them, each with its gate and time."""

    def records(self, since: datetime, until: datetime) -> Sequence[dict[str, Any]]:
        """Of [since, until)."""
        ...


@dataclass(frozen=True)
class Faults:
    """cut: chance that a unit's network goes away within a step, for `away` steps. wrong_clocks: share of units whose gates are `ahead`
    of the time in all that they write; they sign by the time of the network."""

    cut: float = 0.002
    away: int = 120
    wrong_clocks: float = 0.02
    ahead: timedelta = timedelta(hours=8)


def unit_of(gate: str) -> str:
    """The unit of a gate's code (`V001-G2`)."""
    return gate.rpartition("-G")[0]


class Live:
    """All units of a world. clock: the time of the network. bars: what decides at the gates of units; without one all pass as the world says."""

    def __init__(
        self,
        world: AnyWorld,
        keys: Mapping[str, str],
        address: tuple[str, int],
        clock: Callable[[], datetime],
        faults: Faults,
        seed: int,
        bars: Mapping[str, Bar] | None = None,
    ) -> None:
        self._world, self._clock, self._faults = world, clock, faults
        self._bars, self._fetched = bars or {}, datetime.min.replace(tzinfo=UTC)
        self._dice = random.Random(seed)
        self.clients = {
            unit: Client(Link(*address, unit, key, lambda: clock().timestamp()))
            for unit, key in sorted(keys.items())
        }
        self.wrong = {unit for unit in self.clients if self._dice.random() < faults.wrong_clocks}
        self._back: dict[str, int] = {}
        self._step = 0

    def step(self, since: datetime, until: datetime) -> None:
        """What passed in [since, until) is sent, or kept by a unit whose network is away."""
        self._step += 1
        self._fetch(until)
        for record in self._world.records(since, until):
            unit = unit_of(str(record["gate"]))
            if unit in self.clients:
                self.clients[unit].passed(self._written(unit, said) for said in self._decided(unit, record))
        for unit, bar in self._bars.items():
            self.clients[unit].passed(self._written(unit, record) for record in bar.round_the_back(until))
        for unit, client in self.clients.items():
            if self._dice.random() < self._faults.cut:
                self._back[unit] = self._step + self._faults.away
            client.cut = self._back.get(unit, 0) > self._step
            client.send()

    def _fetch(self, now: datetime) -> None:
        """Rule files, now and then, by those whose network is there."""
        if now - self._fetched < RULES_EVERY:
            return
        self._fetched = now
        for unit, bar in self._bars.items():
            if not self.clients[unit].cut:
                bar.fetch()

    def _decided(self, unit: str, record: dict[str, Any]) -> list[dict[str, Any]]:
        bar, time = self._bars.get(unit), record["time"]
        if bar is None:
            return [record]
        at = time if isinstance(time, datetime) else datetime.fromisoformat(time)
        return bar.passed(record, at, cut=self.clients[unit].cut)

    def _written(self, unit: str, record: dict[str, Any]) -> dict[str, Any]:
        """As the gate writes it: by its own clock."""
        said = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in record.items()}
        if unit in self.wrong:
            said |= {
                name: (datetime.fromisoformat(said[name]) + self._faults.ahead).isoformat()
                for name in ("time", "photo_time", "sent")
                if said.get(name)
            }
        return said

    def close(self) -> None:
        """Hang up."""
        for client in self.clients.values():
            client.close()
        for bar in self._bars.values():
            bar.link.close()
