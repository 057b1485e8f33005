"""The process of the entrance: uvicorn behind the door that slow strangers cannot keep shut."""

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path
from socket import socket

import uvicorn

from bihuan import clock
from bihuan.archive import Archive
from bihuan.feeds.gates.signing import DECISION, RULES
from bihuan.heartbeat import GATES, Heart
from bihuan.seldom import Seldom
from bihuan.servers.gates.admission import Admission
from bihuan.servers.gates.deciding import Desk
from bihuan.servers.gates.entrance import Entrance
from bihuan.servers.gates.known import Registers
from bihuan.servers.gates.limits import Limits
from bihuan.servers.gates.nonces import Nonces
from bihuan.servers.hj212.receive.group_commit import GroupCommit
from bihuan.servers.memory import search_cycles_rarely
from bihuan.servers.open_files import raise_open_files, room_for_connections
from bihuan.servers.small_tables import expect_small_tables
from bihuan.servers.web_door import Door, Patience, visits_of

BACKLOG = 512
SMALL = 64 * 1024
STOP_SECONDS = 8
BEAT = 1.0
Ready = Callable[[str, int], None]


class _Server(uvicorn.Server):
    """Says when it listens, and where."""

    ready: Callable[[str, int], None]

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets=sockets)
        if self.started:
            self.ready(*self.servers[0].sockets[0].getsockname()[:2])


def _config(app: Entrance, host: str, port: int, limits: Limits) -> uvicorn.Config:
    connections = min(limits.connections, room_for_connections(raise_open_files()))
    door = Door(Patience(connections, min(limits.per_address, connections)))
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=visits_of(door),  # type: ignore[arg-type]  # a class made by type()
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


async def _serve(folder: Path, host: str, port: int, limits: Limits, ready: Ready) -> None:
    passages = Archive(folder / "archive").passages
    registers, nonces = Registers(folder), Nonces(limits.skew)
    desk = Desk(folder, passages, registers)
    registers.also = desk.read
    await asyncio.to_thread(registers.read_apart)
    nonces.recall(passages.journal, clock.now())
    commit = GroupCommit(passages.journal)
    app = Entrance(passages, registers, commit, Admission(registers, limits, nonces), limits)
    app.further["POST", DECISION] = (SMALL, desk.decision)
    app.further["GET", RULES] = (SMALL, desk.rules)
    server = _Server(_config(app, host, port, limits))
    server.ready = ready
    heart = Heart(folder, GATES)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _n, _f: None)  # uvicorn sends itself again what stopped it
    tasks = [asyncio.create_task(work) for work in (commit.run(), registers.refresh(), _beat(heart))]
    try:
        await server.serve()
        await asyncio.wait_for(commit.drained(), STOP_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        heart.stop()


async def _beat(heart: Heart) -> None:
    while True:
        await asyncio.to_thread(heart.beat)
        await asyncio.sleep(BEAT)


def serve(folder: Path, host: str, port: int, limits: Limits, ready: Ready) -> None:
    """Receive until SIGTERM or Ctrl-C. Django is set up already. Raises NothingDone."""
    for noisy in ("asyncio", "uvicorn.error"):
        logging.getLogger(noisy).addFilter(Seldom())
    search_cycles_rarely()
    expect_small_tables()
    asyncio.run(_serve(folder, host, port, limits, ready))
