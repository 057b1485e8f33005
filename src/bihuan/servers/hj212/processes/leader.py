"""The leading one of several receiving processes: it shares nothing out but the port, and does what is done once.

Each process accepts connections of the same port, journals and answers. It tells here which devices it is connected
with, what it has seen of them and what they say of requests; the coordinator works as with one process. A process that ends
is started again; its devices come back, to whichever process takes their connections.
"""

import asyncio
import logging
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.heartbeat import RECEIVER, Heart
from bihuan.servers.hj212.coordinator import RESTART_SECONDS, Coordinator
from bihuan.servers.hj212.devices import Register
from bihuan.servers.hj212.limits import Limits
from bihuan.servers.hj212.processes.channel import Task, open_channel
from bihuan.servers.hj212.processes.news import take_up
from bihuan.servers.hj212.processes.roster import Roster, Worker
from bihuan.servers.hj212.receive.acceptor import cannot_listen, end, first_of, stop_on
from bihuan.servers.rare_log import rare_errors

log = logging.getLogger(__name__)

WATCH_EVERY = 2.0
START_SECONDS = 60.0

Ready = Callable[[str, int], None]


@dataclass(frozen=True)
class Way:
    """How a request reaches a device: all processes know of it first, so that each can tell what the device says.

    They have then read the register again too: a password or key that the request changes is taken by all.
    """

    leader: "Leader"
    mn: str
    worker: Worker

    def write(self, data: bytes) -> None:
        """Send it."""
        self.leader.tell_talk(self.mn, self.leader.coordinator.dialogues.talks[self.mn].cn)
        self.leader.roster.when_kept(lambda: self.worker.channel.send("send", self.mn, data))


class Leader:
    """All processes, and the coordinator."""

    def __init__(self, archive: Archive, register: Register, limits: Limits, processes: int) -> None:
        self.register = register
        self.limits = limits
        self.processes = processes
        self.data = archive.root.parent
        self.heart = Heart(self.data, RECEIVER)
        self.coordinator = Coordinator(archive, register, limits, self._way)
        self.roster = Roster(limits, self.coordinator.came_back)
        self._told: dict[str, str] = {}
        self._ready = asyncio.Semaphore(0)
        self._stopping = False

    def _way(self, mn: str) -> Way | None:
        found = self.roster.where.get(mn)
        return None if found is None else Way(self, mn, found[0])

    def tell_talk(self, mn: str, cn: str | None) -> None:
        """Something is asked of the device by this command; None: nothing any more."""
        if self._told.get(mn) != cn:
            if cn is None:
                del self._told[mn]
            else:
                self._told[mn] = cn
            self.roster.tell_all("talk", mn, cn)

    def tell_talks(self) -> None:
        """All requests as they are now."""
        talks = self.coordinator.dialogues.talks
        for mn in self._told.keys() | talks.keys():
            self.tell_talk(mn, talks[mn].cn if mn in talks else None)

    def _hear(self, worker: Worker, name: str, *content: Any) -> None:
        """What a process tells."""
        match name, content:
            case "ready", ():
                self._ready.release()
            case "opened", (peer, address):
                self.roster.opened(worker, peer, address)
            case "closed", (address,):
                self.roster.closed(worker, address)
            case "moves", (moves,):
                self.roster.moved(worker, moves)
            case "news", (news,):
                take_up(
                    self.coordinator.devices,
                    news,
                    lambda mn: self.coordinator.register.listed(mn) is not None,
                )
            case "response", (mn, response):
                self.coordinator.dialogues.told(mn, response, time.monotonic())
            case "wants", (mn, command):
                self.coordinator.dialogues.wants(mn, command)
            case "fenced", (number,):
                self.roster.fenced(worker, number)
            case _:
                raise ValueError(f"a receiving process says {name} {content}, which nobody understands")

    async def _start(self, task: Task) -> Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            words = (sys.executable, "-m", "bihuan.servers.hj212.processes.process", str(theirs.fileno()))
            process = await asyncio.create_subprocess_exec(*words, pass_fds=(theirs.fileno(),))
        worker = Worker(await open_channel(ours), process)
        worker.channel.send("begin", task._replace(talks=self._told))
        self.roster.workers.add(worker)
        if self._stopping:
            worker.channel.send("stop")
        return worker

    async def _keep(self, task: Task) -> None:
        """Keep one process running, until it is time to stop."""
        while not self._stopping:
            worker = await self._start(task)
            async for name, content in worker.channel.messages():
                self._hear(worker, name, *content)
            code = await worker.process.wait()
            await worker.channel.close()
            self.roster.ended(worker)
            if not self._stopping:
                log.error("a receiving process ended with code %s; starting another one", code)
                await asyncio.sleep(RESTART_SECONDS)

    async def _watch(self) -> None:
        while True:
            if self.roster.workers:  # with none of them nothing is received
                await asyncio.to_thread(self.heart.beat)
            await asyncio.sleep(WATCH_EVERY)
            self.register.refresh()
            self.coordinator.confirm_parked(self.roster.when_kept)
            self.coordinator.write_state_when_due(self.roster.where.keys(), self.roster.connections)

    async def _all_ready(self) -> None:
        for _ in range(self.processes):
            await self._ready.acquire()

    async def serve(self, host: str, port: int, ready: Ready) -> None:
        """Until SIGTERM or Ctrl-C. Raises NothingDone."""
        stopping = stop_on(signal.SIGTERM, signal.SIGINT)
        rare_errors(__name__)
        address, port = await _free_port(host, port)
        task = Task(self.data, host, port, self.register.everyone, self.limits.share(self.processes), {})
        receiving = [asyncio.create_task(self._keep(task)) for _ in range(self.processes)]
        try:
            await asyncio.wait_for(self._all_ready(), START_SECONDS)
        except TimeoutError as error:
            raise NothingDone("the receiving processes did not start; the log above says why") from error
        works = (self.coordinator.store_behind(), self._watch(), self.coordinator.talk(self.tell_talks))
        others = [asyncio.create_task(work) for work in works]
        ready(address, port)
        failed = await first_of(stopping, [*receiving, *others])
        for part in failed:
            part.result()  # ends the receiver and with it all processes; the supervisor starts it again
        self._stopping = True
        self.roster.tell_all("stop")
        await asyncio.gather(*receiving)
        self.heart.stop()
        self.coordinator.confirm_parked(lambda call: call())  # all that was received is on disk
        await end(others)
        self.coordinator.write_state(self.roster.where.keys(), self.roster.connections)


async def _free_port(host: str, port: int) -> tuple[str, int]:
    """The address and port to share. Processes that share a port do not notice a stranger on it: so ask for it alone first.

    Raises NothingDone when it is taken.
    """
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(asyncio.Protocol, host, port, start_serving=False)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    address, port = server.sockets[0].getsockname()[:2]
    server.close()
    return address, port
