"""Receivers of two processes, for tests that must know which process holds a connection."""

import contextlib
import time
from datetime import UTC, datetime

import psutil

from bihuan.archive import Archive
from bihuan.loggers.commands import Command, Spool, new_command
from tests.servers.loggers import Client, Receiver, until_true

TWO = ("--processes", "2")


def processes(receiver: Receiver) -> list[psutil.Process]:
    """The receiving processes."""
    children = psutil.Process(receiver.process.pid).children()
    return [child for child in children if _receives(child)]


def _receives(process: psutil.Process) -> bool:
    try:
        return "bihuan.servers.hj212.processes.process" in process.cmdline()
    except psutil.Error:  # it has just ended
        return False


def holder(receiver: Receiver, client: Client) -> int:
    """The process that has accepted the connection."""
    own = client.socket.getsockname()
    until_true(lambda: own in _peers(receiver), 10)
    return _peers(receiver)[own]


def _peers(receiver: Receiver) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for process in processes(receiver):
        with contextlib.suppress(psutil.Error):
            found |= {
                (c.raddr.ip, c.raddr.port): process.pid for c in process.net_connections("tcp") if c.raddr
            }
    return found


def pair(receiver: Receiver) -> tuple[Client, Client]:
    """Connections with one process and the other."""
    first = receiver.client()
    one = holder(receiver, first)
    while holder(receiver, second := receiver.client()) == one:
        second.close()
        time.sleep(0.3)  # until its end is known everywhere
    return first, second


def spool_of(receiver: Receiver) -> Spool:
    return Spool(Archive(receiver.folder / "archive").devices.folder)


def ask(receiver: Receiver, mn: str, name: str, **cp: str) -> None:
    spool_of(receiver).save(new_command(mn, name, cp, by="王调度", now=datetime.now(UTC)))


def until_state(receiver: Receiver, mn: str, state: str) -> Command:
    until_true(lambda: spool_of(receiver).of(mn)[0].state == state, 10)
    return spool_of(receiver).of(mn)[0]
