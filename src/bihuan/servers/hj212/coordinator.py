"""What is done once for all devices, however many processes receive: requests, gaps, parked packets, state, rows."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from functools import partial

from bihuan import clock
from bihuan.archive import Archive
from bihuan.atomic import write_json
from bihuan.loggers import parked
from bihuan.loggers.commands import Spool
from bihuan.servers.hj212.ask.dialogue import Dialogues
from bihuan.servers.hj212.ask.gaps import GapAsker
from bihuan.servers.hj212.ask.responses import Writer
from bihuan.servers.hj212.devices import Devices, Register
from bihuan.servers.hj212.limits import Limits
from bihuan.servers.rare_log import RareLog

log = RareLog(__name__)

RESTART_SECONDS = 1.0
TALK_EVERY = 0.5
STATE = "state.json"
STATE_PAUSES = 50  # with many devices the state is written less often


class Coordinator:
    """link: where a request to a device can be written."""

    def __init__(
        self, archive: Archive, register: Register, limits: Limits, link: Callable[[str], Writer | None]
    ) -> None:
        self.archive = archive
        self.register = register
        self.limits = limits
        self.folder = archive.devices.folder
        self.devices = Devices()
        self.devices.remember(self.folder / STATE)
        self.dialogues = Dialogues(Spool(self.folder), self.devices, register, limits.patience, link)
        self.gaps = GapAsker(self.dialogues, limits.fetch_after, limits.fetches_an_hour)
        self._state_due = 0.0

    def came_back(self, mn: str) -> None:
        """The device is on a new connection."""
        self.gaps.came_back(mn, time.monotonic())

    async def talk(self, after: Callable[[], None] = lambda: None) -> None:
        """Ask devices what people or gaps want of them, until cancelled. `after` is called after each round."""
        while True:
            await asyncio.sleep(TALK_EVERY)
            try:
                self.gaps.tick(time.monotonic())
                self.dialogues.tick(time.monotonic())
            except OSError as error:  # a full disk must not end receiving
                log.error("requests to devices wait (%s)", error)
            after()

    def confirm_parked(self, when_kept: Callable[[Callable[[], None]], None]) -> None:
        """Devices that are let in now: what they had parked may be brought in when all of it is on disk.

        `when_kept` calls back when everything that was received until now is on disk.
        """
        try:
            for mn in [mn for mn in self.devices.parked if self.register.knows(mn)]:
                del self.devices.parked[mn]
                parked.ask(self.folder, mn)
            for mn, file in parked.asked(self.folder):
                if self.register.knows(mn):
                    when_kept(partial(parked.confirm, file))
        except OSError as error:
            log.error("parked packets wait (%s)", error)

    async def store_behind(self) -> None:
        """Keep the process that makes rows running, until cancelled.

        It is ended at once then: it is so polite that on a busy machine it would not end in time. What it had begun is
        not committed and stays pending.
        """
        words = (
            "-m",
            "bihuan.servers.hj212.processes.storing",
            str(self.archive.root),
            str(self.limits.store_every),
        )
        while True:
            process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=subprocess.PIPE)
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
            log.error("the storing process ended with code %s; starting it again", code)
            await asyncio.sleep(RESTART_SECONDS)

    def write_state_when_due(self, online: Collection[str], connections: int) -> None:
        """Forget what is old and write the state, with very many devices more rarely."""
        began = time.monotonic()
        if began >= self._state_due:
            self.devices.forget(clock.now())
            self.write_state(online, connections)
            self._state_due = began + STATE_PAUSES * (time.monotonic() - began)

    def write_state(self, online: Collection[str], connections: int) -> None:
        """What the device page shows."""
        try:
            state = self.devices.as_dict(online)
            write_json(
                self.folder / STATE, {"connections": connections, **state}, durable=False, private=True
            )
        except OSError as error:
            log.error("cannot write the state of the devices (%s)", error)
