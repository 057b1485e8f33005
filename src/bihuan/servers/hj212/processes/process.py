"""One of several receiving processes: it accepts, journals and answers; the leading process does what is done once.

`python -m bihuan.servers.hj212.processes.process FD`, started by `leader` with its end of a channel. When the leading process
is gone it answers what it has read and ends: what the leading process keeps is not done without it.
"""

import asyncio
import signal
import socket
import sys
import time
from dataclasses import dataclass

from bihuan.archive import Archive
from bihuan.feeds.hj212 import Piece
from bihuan.installation.private import keep_private
from bihuan.servers.hj212.ask.responses import response_in
from bihuan.servers.hj212.devices import Register
from bihuan.servers.hj212.processes.channel import Channel, Task, open_channel
from bihuan.servers.hj212.processes.news import RecentDevices
from bihuan.servers.hj212.receive.acceptor import Acceptor, end, first_of, stop_on
from bihuan.servers.hj212.receive.connection import Connection
from bihuan.servers.hj212.receive.device_connections import DeviceConnections
from bihuan.servers.memory import search_cycles_rarely
from bihuan.servers.rare_log import rare_errors

WATCH_EVERY = 2.0
TELL_EVERY = 0.2
NEWS_PAUSES = 20  # of what it took to gather the news; with very many devices they are told more rarely
LEAST_PAUSE = 0.5


class Relay:
    """Requests to devices as seen from here: another process carries them on, and is told what devices say."""

    def __init__(self, channel: Channel, talks: dict[str, str]) -> None:
        self.talks = talks
        self._channel = channel

    def heard(self, mn: str, piece: Piece, now: float) -> None:
        """A packet of a device of which something is asked."""
        response = response_in(piece, self.talks[mn])
        if response is not None:
            self._channel.send("response", mn, response)

    def wants(self, mn: str, name: str) -> None:
        """A device asks for a command of ours."""
        self._channel.send("wants", mn, name)


class SharedAcceptor(Acceptor):
    """The connections of this process count together with those of the others."""

    channel: Channel

    def opened(self, connection: Connection) -> bool:
        """The leading process hears of it, and has it closed when it is one too many over all processes."""
        taken = super().opened(connection)
        if taken:
            self.channel.send("opened", connection.peer, connection.address)
        return taken

    def closed(self, connection: Connection) -> None:
        """Count it no more."""
        super().closed(connection)
        self.channel.send("closed", connection.address)

    def refuse(self, peer: str) -> None:
        """It was one too many."""
        self.devices.counts["connections_refused"] += 1
        for connection in [c for c in self.open if c.peer == peer]:
            connection.transport.abort()


@dataclass
class Process:
    """This process. moves: devices that came to a connection here (when) or have none any more (None), not told yet."""

    channel: Channel
    acceptor: SharedAcceptor
    recent: RecentDevices
    relay: Relay
    stopping: asyncio.Event
    moves: dict[str, float | None]

    async def watch(self) -> None:
        """Read the register again and look after the connections, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_EVERY)
            self.acceptor.register.refresh()
            self.acceptor.look_after()

    async def tell(self) -> None:
        """Tell what was seen, until cancelled."""
        due = 0.0
        while True:
            await asyncio.sleep(TELL_EVERY)
            self.tell_moves()
            began = time.monotonic()
            if began >= due:
                self.channel.send("news", self.recent.hand_over())
                due = began + max(LEAST_PAUSE, NEWS_PAUSES * (time.monotonic() - began))

    def tell_moves(self) -> None:
        """Which devices are reached over this process now, and which not any more."""
        if self.moves:
            self.channel.send("moves", dict(self.moves))
            self.moves.clear()

    async def listen(self) -> None:
        """Do what the leading process says; its end is ours."""
        async for name, content in self.channel.messages():
            self._do(name, *content)
        self.stopping.set()

    def _do(self, name: str, *content: object) -> None:
        match name, content:
            case "talk", (str(mn), cn):
                self._talk(mn, cn)
            case "send", (str(mn), bytes(packet)):
                transport = self.acceptor.connected.transport(mn)
                if transport is not None:
                    transport.write(packet)
            case "moved", (str(mn),):
                if self.moves.get(mn) is None:  # else it has just come back, which is not told yet
                    self.acceptor.connected.drop(mn)
            case "refuse", (str(peer),):
                self.acceptor.refuse(peer)
            case "fence", (int(number),):
                self.acceptor.register.refresh()
                self.acceptor.commit.then(lambda: self.channel.send("fenced", number))
            case "stop", ():
                self.stopping.set()
            case _:
                raise ValueError(f"the leading process says {name} {content}, which nobody understands")

    def _talk(self, mn: str, cn: object) -> None:
        """Something is asked of the device, or nothing any more."""
        if isinstance(cn, str):
            self.relay.talks[mn] = cn
        else:
            self.relay.talks.pop(mn, None)

    async def run(self, host: str, port: int) -> None:
        """Receive until the leading process says stop, or is gone."""
        rare_errors(__name__)
        listener = self.acceptor.listen(host, port, shared=True)
        works = (self.acceptor.commit.run(), self.acceptor.hurry(), self.watch(), self.tell(), self.listen())
        tasks = [asyncio.create_task(work) for work in works]
        self.channel.send("ready")
        failed = await first_of(self.stopping, tasks)
        listener.close()
        for task in failed:
            task.result()  # the leading process starts another one
        await self.acceptor.finish()
        await end(tasks)
        self.tell_moves()
        self.channel.send("news", self.recent.hand_over())
        await self.channel.close()


async def _main(own_end: socket.socket) -> None:
    stopping = stop_on(signal.SIGTERM)
    channel = await open_channel(own_end)
    message = await channel.receive()
    if message is None:
        return
    task: Task = message[1][0]
    register = Register(task.data / "devices.json", everyone=task.everyone)
    recent, relay, moves = RecentDevices(), Relay(channel, task.talks), dict[str, float | None]()
    connected = DeviceConnections(
        came=lambda mn: moves.update({mn: time.monotonic()}), gone=lambda mn: moves.update({mn: None})
    )
    journal = Archive(task.data / "archive").devices.journal
    turn = journal.folder / "turn"
    acceptor = SharedAcceptor(journal, register, task.limits, recent, relay, connected, turn)
    acceptor.channel = channel
    await Process(channel, acceptor, recent, relay, stopping, moves).run(task.host, task.port)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the leading process, which then tells us
    keep_private()
    search_cycles_rarely()
    asyncio.run(_main(socket.socket(fileno=int(sys.argv[1]))))
