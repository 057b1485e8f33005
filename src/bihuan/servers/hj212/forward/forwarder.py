"""Records of loggers sent on to platforms above (city -> province -> nation): an HJ 212 client that stores and forwards.

It reads the journal behind the receiver, from a place that is kept per target together with the counts: a kill loses
nothing. What a window's end has not settled is sent again with the same QN, which the target stores once.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bihuan import clock
from bihuan.archive import Archive
from bihuan.archive.devices import Devices
from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.loggers.forward import FILE, Target, Upload, ledger_file, read_targets, uploads_of
from bihuan.loggers.forward_ledger import Held, Ledger
from bihuan.pipeline.packets import ACCEPTED
from bihuan.servers.hj212.forward.compare import compare
from bihuan.servers.hj212.forward.history import answer
from bihuan.servers.hj212.forward.link import TAKEN, Link, LinkDown, Waits, connected

log = logging.getLogger(__name__)

WINDOW = 200  # packets on their way at once
SCAN = 5_000  # journal entries looked through at once
HELD_MOST = 10_000  # refused packets put aside; with more the target waits until a person has looked
POLL = 1.0
WATCH = 2.0
COMPARE_HOUR = 1  # of the morning; the day's last records have come


class Window(NamedTuple):
    """What is sent together: held packets whose time has come, then new ones. position: that of the last entry read."""

    again: list[Held]
    fresh: list[Upload]
    position: int


class Forwarder:
    """One target."""

    def __init__(self, target: Target, devices: Devices, ledger: Ledger, waits: Waits) -> None:
        self.target, self._devices, self._ledger, self._waits = target, devices, ledger, waits
        self._pause = waits.pause

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with connected(self.target, self._waits) as link:
                    self._ledger.say(connected=clock.now().isoformat())
                    await self._work(link)
            except LinkDown as down:
                log.warning("%s: %s; again in %.0f s", self.target.name, down, self._pause)
                self._ledger.say(connected="", trouble=f"{clock.now().isoformat()} {down}")
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, self._waits.longest)

    async def _work(self, link: Link) -> None:
        while True:
            window = await asyncio.to_thread(self._next)
            uploads = [*(one.upload for one in window.again), *window.fresh]
            if not uploads:
                link.requests += await link.pieces(POLL) or []
            while link.requests:
                await answer(link, link.requests.pop(0), self.target, self._devices)
            if not uploads:
                continue
            outcomes, down = await link.exchange(uploads)
            await asyncio.to_thread(self._settle, window, outcomes, lost=down is not None)
            if down is not None or not outcomes:
                raise down or LinkDown("the target answers nothing")

    def _next(self) -> Window:
        """Read on in the journal. Entries that the target does not want are passed."""
        again = self._ledger.due(time.time(), WINDOW // 2)
        position, fresh = self._ledger.position(), list[Upload]()
        begun = position
        for number, entry in enumerate(self._devices.journal.entries(after=position, source=ACCEPTED)):
            found, troubles = uploads_of(entry, self.target)
            for trouble in troubles:
                log.error("%s: not sent on, journal entry %s", self.target.name, trouble)
            fresh += found
            position = entry.position
            if len(fresh) >= WINDOW or number >= SCAN:
                break
        if not fresh and position > begun:
            self._ledger.settle(position, (), (), now=time.time())
        return Window(again, fresh, position)

    def _settle(self, window: Window, outcomes: dict[int, int], *, lost: bool) -> None:
        """Write down what is certain; of a lost connection only what lies before the first packet without an answer."""
        now, first = time.time(), len(window.again)
        again = [
            (one, outcomes.get(n) == TAKEN, outcomes.get(n, one.code))
            for n, one in enumerate(window.again)
            if n in outcomes or (outcomes and not lost)
        ]
        fates = [(upload, outcomes.get(n)) for n, upload in enumerate(window.fresh, first)]
        position = window.position
        if lost or not outcomes:
            open_one = next((upload.position for upload, fate in fates if fate is None), None)
            if open_one is not None:
                fates = [(upload, fate) for upload, fate in fates if upload.position < open_one]
                position = max((upload.position for upload, _ in fates), default=0)
        aside = [(upload, fate) for upload, fate in fates if fate != TAKEN]
        if aside and self._ledger.held() + len(aside) > HELD_MOST:
            self._ledger.settle(None, (), (), again, now=now)
            raise LinkDown(f"{HELD_MOST} packets are refused or not answered; look at the target first")
        taken = [upload for upload, fate in fates if fate == TAKEN]
        if taken or again or aside:
            self._ledger.settle(position or None, taken, aside, again, now=now)
        if taken:
            self._pause = self._waits.pause
            self._ledger.say(accepted=clock.now().isoformat())

    async def compare_daily(self) -> None:
        """Every morning ask the target what it has of yesterday, until cancelled."""
        done = ""
        while True:
            local = clock.now().astimezone(CST)
            day = f"{local - timedelta(days=1):%Y-%m-%d}"
            if (
                local.hour >= COMPARE_HOUR
                and day != done
                and day not in self._ledger.said().get("compared", "")
            ):
                await compare(self.target, self._ledger, date.fromisoformat(day), self._waits)
                self._ledger.say(compared=day)
                done = day
            await asyncio.sleep(60)


async def _run_targets(archive: Archive, targets: list[Target], waits: Waits) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.Event().wait())  # also without a target it runs until cancelled
        for target in targets:
            ledger = Ledger(ledger_file(archive.devices, target))
            one = Forwarder(target, archive.devices, ledger, waits)
            group.create_task(one.run())
            if target.compare:
                group.create_task(one.compare_daily())


async def _forward(data: Path, waits: Waits, ready: Callable[[list[Target]], None]) -> None:
    loop, stopping, path = asyncio.get_running_loop(), asyncio.Event(), data / FILE
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    archive, targets = Archive(data / "archive"), read_targets(path)
    if not targets:
        raise NothingDone(f"{path} names no target; docs/hj212.md says how to write it")
    ready(targets)
    stop = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        work = asyncio.create_task(_run_targets(archive, targets, waits))
        before = path.stat().st_mtime_ns
        while not stopping.is_set() and not work.done():
            await asyncio.wait([stop, work], timeout=WATCH, return_when=asyncio.FIRST_COMPLETED)
            if path.exists() and path.stat().st_mtime_ns != before:
                before = path.stat().st_mtime_ns
                try:
                    targets = read_targets(path)
                except NothingDone as error:
                    log.error("%s; the targets known so far stay", error)
                    continue
                break
        if work.done():
            work.result()  # a part that failed ends the process; the supervisor starts it again
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def forward(data: Path, *, waits: Waits, ready: Callable[[list[Target]], None]) -> None:
    """Send on until SIGTERM or Ctrl-C. `ready` is told the targets. Raises NothingDone."""
    asyncio.run(_forward(data, waits, ready))
