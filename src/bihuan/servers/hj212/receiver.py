"""The HJ 212 receiver: many connections, every packet journalled before it is answered, rows stored behind them.

One process (Acceptor and Coordinator together) is enough for most; `processes` shares the connections out to several.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

from bihuan.archive import Archive
from bihuan.heartbeat import RECEIVER, Heart
from bihuan.pipeline.packets import store_all
from bihuan.servers.hj212.coordinator import Coordinator
from bihuan.servers.hj212.devices import Register
from bihuan.servers.hj212.limits import Limits
from bihuan.servers.hj212.processes.leader import Leader
from bihuan.servers.hj212.receive.acceptor import Acceptor, end, first_of, stop_on
from bihuan.servers.hj212.receive.device_connections import DeviceConnections
from bihuan.servers.memory import search_cycles_rarely
from bihuan.servers.rare_log import rare_errors

WATCH_EVERY = 2.0
CORES_EACH = 4  # beside a receiving process: storing, the pages, forwarding

Ready = Callable[[str, int], None]


class Receiver:
    """One process that does all."""

    def __init__(self, archive: Archive, register: Register, limits: Limits) -> None:
        connected = DeviceConnections()
        self.register = register
        self.heart = Heart(archive.root.parent, RECEIVER)
        self.coordinator = Coordinator(archive, register, limits, connected.transport)
        connected.came = self.coordinator.came_back
        self.acceptor = Acceptor(
            archive.devices.journal,
            register,
            limits,
            self.coordinator.devices,
            self.coordinator.dialogues,
            connected,
        )

    async def watch(self) -> None:
        """Read the register again, look after the connections, write the state, until cancelled."""
        while True:
            await asyncio.to_thread(self.heart.beat)
            await asyncio.sleep(WATCH_EVERY)
            self.register.refresh()
            self.acceptor.look_after()
            self.coordinator.confirm_parked(self.acceptor.commit.then)
            self.coordinator.write_state_when_due(
                self.acceptor.connected.held.keys(), len(self.acceptor.open)
            )

    async def serve(self, host: str, port: int, ready: Ready) -> None:
        """Until SIGTERM or Ctrl-C. Raises NothingDone."""
        acceptor, coordinator = self.acceptor, self.coordinator
        stopping = stop_on(signal.SIGTERM, signal.SIGINT)
        rare_errors(__name__)
        listener = acceptor.listen(host, port)
        works = (
            acceptor.commit.run(),
            acceptor.hurry(),
            coordinator.store_behind(),
            self.watch(),
            coordinator.talk(),
        )
        tasks = [asyncio.create_task(work) for work in works]
        ready(*listener.address)
        failed = await first_of(stopping, tasks)
        listener.close()
        for task in failed:
            task.result()  # a part that failed ends the receiver; the supervisor starts it again
        await acceptor.finish()
        await end(tasks)
        self.heart.stop()
        coordinator.write_state(acceptor.connected.held.keys(), len(acceptor.open))


def usual_processes() -> int:
    """How many processes receive unless somebody says a number: one, but on large machines."""
    return max(1, (os.cpu_count() or 1) // CORES_EACH)


def serve(
    data: Path,
    host: str,
    port: int,
    *,
    everyone: bool,
    limits: Limits,
    ready: Ready,
    processes: int = 1,
) -> None:
    """Receive until SIGTERM or Ctrl-C, then store what came. `ready` is told the address. Raises NothingDone."""
    archive = Archive(data / "archive")
    register = Register(data / "devices.json", everyone=everyone)
    search_cycles_rarely()
    receiver: Receiver | Leader = (
        Receiver(archive, register, limits)
        if processes == 1
        else Leader(archive, register, limits, processes)
    )
    asyncio.run(receiver.serve(host, port, ready))
    store_all(archive)
