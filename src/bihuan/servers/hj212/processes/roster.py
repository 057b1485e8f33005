"""The receiving processes that are alive, and which devices are connected with which."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bihuan.servers.hj212.limits import Limits
from bihuan.servers.hj212.processes.channel import Channel


@dataclass(eq=False)
class Worker:
    """One receiving process. addresses: of its connections; open: how many they are."""

    channel: Channel
    process: asyncio.subprocess.Process
    addresses: Counter[str] = field(default_factory=Counter)
    open: int = 0


@dataclass
class Fence:
    """Something to call when each of the processes is past it."""

    waiting: set[Worker]
    call: Callable[[], None]


@dataclass
class Roster:
    """where: the process of a device's newest connection, and since when (monotonic seconds). came: told of new ones."""

    limits: Limits
    came: Callable[[str], None]
    workers: set[Worker] = field(default_factory=set)
    where: dict[str, tuple[Worker, float]] = field(default_factory=dict)
    _fences: dict[int, Fence] = field(default_factory=dict)
    _fence_number: int = 0

    def tell_all(self, name: str, *content: object) -> None:
        """Send to every process."""
        for worker in self.workers:
            worker.channel.send(name, *content)

    @property
    def connections(self) -> int:
        """Of all processes."""
        return sum(worker.open for worker in self.workers)

    def opened(self, worker: Worker, peer: str, address: str) -> None:
        """Count a connection. The limits hold over all processes: one too many is closed again."""
        worker.open += 1
        worker.addresses[address] += 1
        of_address = sum(one.addresses[address] for one in self.workers)
        if self.connections > self.limits.connections or of_address > self.limits.per_address:
            worker.channel.send("refuse", peer)

    def closed(self, worker: Worker, address: str) -> None:
        """Count it no more."""
        worker.open -= 1
        worker.addresses[address] -= 1
        if not worker.addresses[address]:
            del worker.addresses[address]

    def moved(self, worker: Worker, moves: dict[str, float | None]) -> None:
        """Devices that are connected with the process since then, or (None) not any more; who has them no more is told."""
        for mn, since in moves.items():
            holder, held_since = self.where.get(mn, (worker, 0.0))
            if since is None:
                if holder is worker:
                    self.where.pop(mn, None)
            elif holder is not worker and since < held_since:
                worker.channel.send("moved", mn)
            else:
                if holder is not worker:
                    holder.channel.send("moved", mn)
                self.where[mn] = (worker, since)
                self.came(mn)

    def ended(self, worker: Worker) -> None:
        """The process is gone. What it had not kept was not answered, and is sent again to another one."""
        self.workers.discard(worker)
        for mn in [mn for mn, (holder, _) in self.where.items() if holder is worker]:
            del self.where[mn]
        for number in list(self._fences):
            self.fenced(worker, number)

    def when_kept(self, call: Callable[[], None]) -> None:
        """Call back when every process has read the register again, and kept all that it had received."""
        self._fence_number += 1
        self._fences[self._fence_number] = Fence(set(self.workers), call)
        self.tell_all("fence", self._fence_number)
        self._settle(self._fence_number)

    def fenced(self, worker: Worker, number: int) -> None:
        """The process is past this fence."""
        self._fences[number].waiting.discard(worker)
        self._settle(number)

    def _settle(self, number: int) -> None:
        if not self._fences[number].waiting:
            self._fences.pop(number).call()
