"""A night in a copy of the practice city: a real receiver that is stopped and started again, and its loggers over TCP."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bihuan import clock
from bihuan.archive import Archive
from bihuan.heartbeat import RECEIVER, last_beat, lives
from bihuan.simulate.plants.__main__ import talk
from bihuan.simulate.plants.client import Counts, Logger
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.sending import AnyWorld
from bihuan.simulate.plants.sewage.register import make_sewers
from bihuan.simulate.plants.sewage.world import SewageWorld, every
from bihuan.simulate.plants.world import World, chosen
from tests.browser.conftest import City, free_port, wait_until_it_answers
from tests.servers.loggers import Receiver, until_true

HOUR = timedelta(hours=1)
FAST = 3600.0
"""A second is an hour: six hours pass while one waits."""
STORED = 300.0
"""Seconds until all is stored: who stores is polite, and other tests take the processor."""


def copied(city: City, folder: Path) -> Path:
    """The data of a city that goes on working. Its web and worker are not the matter here: they never were part of the copy."""
    shutil.copytree(
        city.folder, folder, ignore=shutil.ignore_patterns("db.sqlite3*", "serve.*", "processes.json")
    )
    with sqlite3.connect(city.folder / "db.sqlite3") as there, sqlite3.connect(folder / "db.sqlite3") as here:
        there.backup(here)
    for path in (folder / "up").iterdir():
        if not path.name.startswith(RECEIVER):
            path.unlink()
    return folder


@contextmanager
def pages_of(folder: Path) -> Iterator[City]:
    """The real web server of the copy."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "bihuan.servers.web", "127.0.0.1", str(port)])
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(address, server)
        yield City(address, folder)
    finally:
        server.terminate()
        server.wait(30)


class Loggers:
    """All loggers of the city; what `deeds` say is done at its stacks."""

    def __init__(self, folder: Path, deeds: tuple[Deed, ...] = ()) -> None:
        intervals = json.loads((folder / "simulated_loggers.json").read_text())["intervals"]
        plants = make_plants()
        sewers = (every(s, intervals[s.site]) for s in make_sewers(plants) if s.site in intervals)
        self.worlds: tuple[AnyWorld, ...] = (
            World(chosen(plants, intervals), deeds),
            SewageWorld(tuple(sewers)),
        )

    def send(
        self, receiver: Receiver, start: datetime, until: datetime, without: Collection[str] = ()
    ) -> None:
        """What is due in [start, until], as fast as the receiver takes it, and wait until it is stored."""
        loggers = [
            Logger(world, outlet, start, until, counts=Counts())
            for world in self.worlds
            for outlet in world.outlets
            if outlet.site not in without
        ]
        # In a thread of its own: the browser's loop runs in this one.
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(asyncio.run, talk(loggers, "127.0.0.1", receiver.port)).result() == []
        devices = Archive(receiver.folder / "archive").devices
        until_true(
            lambda: next(iter(devices.journal.entries(after=devices.parts.stored())), None) is None, STORED
        )


def beaten(receiver: Receiver) -> None:
    """Wait until the receiver has noted what the clock shows now."""
    asked = time.time()
    until_true(lambda: (last_beat(receiver.folder, RECEIVER) or 0) > asked)


def stopped_for(receiver: Receiver, hours: int) -> datetime:
    """Stop the receiver while the clock runs, and let so many hours pass; from when on it was down."""
    beaten(receiver)
    clock.set_replay(clock.now(), FAST)
    beaten(receiver)
    receiver.stop()
    ended = datetime.fromtimestamp(lives(receiver.folder, RECEIVER)[-1].last.shown, clock.now().tzinfo)
    until_true(lambda: clock.now() > ended + hours * HOUR)
    clock.set_replay(ended + hours * HOUR, 0)
    return ended


def round_of_checks() -> None:
    """What the worker does every hour, in a process as it begins them."""
    words = [sys.executable, "-m", "bihuan.servers.long_job", "check", str(os.getpid())]
    subprocess.run(words, check=True, timeout=300)
