"""Many packets, one flush to disk, then all their answers: nothing is answered that a crash could still lose."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bihuan.archive.journal import Journal
from bihuan.errors import NothingDone
from bihuan.servers.rare_log import RareLog

log = RareLog(__name__)

MOST_ENTRIES = 20_000
MOST_BYTES = 32 * 1024 * 1024
MOST_ASIDE = 4 * 1024 * 1024
ASIDE_SECONDS = 0.1
RETRY_SECONDS = 1.0

Entry = tuple[str, bytes, datetime]  # source, data, received


class GroupCommit:
    """What comes while one group is flushed makes the next group, so a lone packet waits for nobody.

    When the disk refuses, the group is tried again until it is kept: nothing is answered meanwhile, `full` soon holds
    the readers back, and the senders keep their data.

    turn: a file by which several processes append one after the other; None for one alone.
    """

    def __init__(self, journal: Journal, turn: Path | None = None) -> None:
        self._journal = journal
        self._turn = turn
        self._entries: list[Entry] = []
        self._bytes = 0
        self._aside: list[Entry] = []
        self._aside_bytes = 0
        self._answers: dict[asyncio.WriteTransport, list[bytes]] = {}
        self._after: list[Callable[[], None]] = []
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def full(self) -> bool:
        """Should readers wait?"""
        return len(self._entries) >= MOST_ENTRIES or self._bytes >= MOST_BYTES

    def put(self, entries: list[Entry]) -> None:
        """Keep these with the next group."""
        self._entries += entries
        self._bytes += sum(len(data) for _, data, _ in entries)
        self._idle.clear()
        self._work.set()

    @property
    def aside_full(self) -> bool:
        """Is there no more room for what nobody waits for?"""
        return self._aside_bytes >= MOST_ASIDE

    def put_aside(self, entries: list[Entry]) -> None:
        """Keep these, which nobody waits for, with a later group: they make no group of their own at once."""
        if not self._aside:
            asyncio.get_running_loop().call_later(ASIDE_SECONDS, self._work.set)
        self._aside += entries
        self._aside_bytes += sum(len(data) for _, data, _ in entries)
        self._idle.clear()

    def answer(self, to: asyncio.WriteTransport, packets: bytes) -> None:
        """Send this when everything that was put until now is on disk."""
        self._answers.setdefault(to, []).append(packets)

    def then(self, call: Callable[[], None]) -> None:
        """Call this when everything that was put until now is on disk and answered."""
        self._after.append(call)
        self._idle.clear()
        self._work.set()

    async def drained(self) -> None:
        """Wait until everything is kept and answered."""
        self._work.set()
        await self._idle.wait()

    async def run(self) -> None:
        """Commit group after group, until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            entries, self._entries, self._bytes = self._entries + self._aside, [], 0
            self._aside, self._aside_bytes = [], 0
            answers, self._answers = self._answers, {}
            after, self._after = self._after, []
            if entries:
                await self._keep(entries)
            for transport, packets in answers.items():
                if not transport.is_closing():
                    transport.write(b"".join(packets))
            for call in after:
                call()
            if not self._work.is_set() and not self._aside:
                self._idle.set()

    async def _keep(self, entries: list[Entry]) -> None:
        while True:
            try:
                await asyncio.to_thread(self._append, entries)
                return
            except (OSError, NothingDone) as error:
                log.error("%d packets wait, unanswered: the journal refuses (%s)", len(entries), error)
                await asyncio.sleep(RETRY_SECONDS)

    def _append(self, entries: list[Entry]) -> None:
        if self._turn is None:
            self._journal.append_many(entries)
        else:
            with _in_turn(self._turn):
                self._journal.append_many(entries)


@contextmanager
def _in_turn(path: Path) -> Iterator[None]:
    """Wait in line for the file: the journal's own lock is looked at now and then, which is slow and lets nobody queue."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
