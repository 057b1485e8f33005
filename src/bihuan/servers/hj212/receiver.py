"""The HJ 212 receiver: many connections, every packet journalled before it is answered, rows stored behind them.

One process (Front and Desk together) is enough for most; `processes` shares the connections out to several.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

from bihuan.archive import Archive
from bihuan.pipeline.packets import store_all
from bihuan.servers.hj212.coordinator import Desk
from bihuan.servers.hj212.devices import Register
from bihuan.servers.hj212.limits import Limits
from bihuan.servers.hj212.processes.leader import Lead
from bihuan.servers.hj212.receive.acceptor import Front, end, first_of, stop_on
from bihuan.servers.hj212.receive.device_connections import Links
from bihuan.servers.memory import search_cycles_rarely
from bihuan.servers.rare_log import rare_errors

WATCH_EVERY = 2.0
CORES_EACH = 4  # beside a receiving process: storing, the pages, forwarding

Ready = Callable[[str, int], None]


class Receiver:
    """One process that does all."""

    def __init__(self, archive: Archive, register: Register, limits: Limits) -> None:
        links = Links()
        self.register = register
        self.desk = Desk(archive, register, limits, links.transport)
        links.came = self.desk.came_back
        self.front = Front(
            archive.devices.journal, register, limits, self.desk.devices, self.desk.dialogues, links
        )

    async def watch(self) -> None:
        """Read the register again, look after the connections, write the state, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_EVERY)
            self.register.refresh()
            self.front.look_after()
            self.desk.confirm_parked(self.front.commit.then)
            self.desk.write_state_when_due(self.front.links.held.keys(), len(self.front.open))

    async def serve(self, host: str, port: int, ready: Ready) -> None:
        """Until SIGTERM or Ctrl-C. Raises NothingDone."""
        front, desk = self.front, self.desk
        stopping = stop_on(signal.SIGTERM, signal.SIGINT)
        rare_errors(__name__)
        listener = front.listen(host, port)
        works = (front.commit.run(), front.hurry(), desk.store_behind(), self.watch(), desk.talk())
        tasks = [asyncio.create_task(work) for work in works]
        ready(*listener.address)
        failed = await first_of(stopping, tasks)
        listener.close()
        for task in failed:
            task.result()  # a part that failed ends the receiver; the supervisor starts it again
        await front.finish()
        await end(tasks)
        desk.write_state(front.links.held.keys(), len(front.open))


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
    receiver: Receiver | Lead = (
        Receiver(archive, register, limits) if processes == 1 else Lead(archive, register, limits, processes)
    )
    asyncio.run(receiver.serve(host, port, ready))
    store_all(archive)  # nothing is left, but when the storing process was stopped too
