"""The archive: the only place where observations lie. Journal, ambient hours, long observations, quarantine, one writer lock."""

import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from deltalake.exceptions import DeltaError

from bihuan.archive.ambient import COLUMNS, Ambient, compare
from bihuan.archive.blobs import Blobs
from bihuan.archive.damage import damages
from bihuan.archive.deliveries import Deliveries
from bihuan.archive.derived import DERIVED
from bihuan.archive.devices import Devices
from bihuan.archive.inbox import Inbox
from bihuan.archive.journal import Journal
from bihuan.archive.lock import WAIT_SECONDS, only_one
from bihuan.archive.observations import Observations
from bihuan.archive.parts import Parts
from bihuan.archive.passages import Passages
from bihuan.archive.quarantine import Quarantine
from bihuan.archive.roadside import Roadside
from bihuan.archive.sent import Sent
from bihuan.archive.storing import Storing
from bihuan.archive.vehicle_tests import VehicleTests
from bihuan.errors import NothingDone
from bihuan.reasons import Reason

FILE_SOURCE = "file:"
DEVICES, OBSERVATIONS, PASSAGES = "devices", "observations", "passages"
INBOX = "inbox"
LAST_VALUES = DERIVED / "last_values"
"""Worked out of the observations; not of a backup."""
UNUSED_FOR = timedelta(hours=6)


def _not_opened(root: Path, error: Exception) -> Reason:
    if found := damages(root):
        return Reason("archive_damaged_at_start", root=str(root), cause=found[0].reason)
    return Reason("archive_not_opened", root=str(root), error=str(error))


class Archive:
    """`<data>/archive`. Many processes may read it while one writes."""

    def __init__(self, root: Path) -> None:
        """Open, and make what is missing. Raises NothingDone when the disk refuses."""
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
            self.journal = Journal(root / "journal")
            self.blobs = Blobs(root / "files")
            self.quarantine = Quarantine(root / "quarantine.sqlite3")
            self.deliveries = Deliveries(root / "deliveries.sqlite3")
            parts = Parts(root / "ambient", COLUMNS)
            parts.create()
        except (OSError, sqlite3.Error, DeltaError) as error:
            raise NothingDone(_not_opened(root, error)) from error
        self.ambient = Ambient(parts)
        self.storing = Storing(self.ambient, compare)

    @cached_property
    def devices(self) -> Devices:
        """What loggers sent; made when it is first asked for. Raises NothingDone when the disk refuses."""
        try:
            return Devices(self.root / DEVICES)
        except (OSError, DeltaError) as error:
            raise NothingDone(f"cannot open the devices' records in {self.root}: {error}") from error

    @cached_property
    def passages(self) -> Passages:
        """What gates sent; made when it is first asked for. Raises NothingDone when the disk refuses."""
        try:
            return Passages(self.root / PASSAGES)
        except (OSError, DeltaError) as error:
            raise NothingDone(f"cannot open the gates' records in {self.root}: {error}") from error

    @cached_property
    def vehicle_tests(self) -> VehicleTests:
        """What inspection stations sent; made when it is first asked for. Raises NothingDone when the disk refuses."""
        try:
            return VehicleTests(self.root)
        except (OSError, DeltaError) as error:
            raise NothingDone(f"cannot open the vehicle tests in {self.root}: {error}") from error

    @cached_property
    def roadside(self) -> Roadside:
        """Remote sensing and terminals; made when it is first asked for. Raises NothingDone when the disk refuses."""
        try:
            return Roadside(self.root)
        except (OSError, DeltaError) as error:
            raise NothingDone(f"cannot open the records of the road in {self.root}: {error}") from error

    @cached_property
    def observations(self) -> Observations:
        """What is not ambient hours; made when it is first asked for. Raises NothingDone when the disk refuses."""
        try:
            return Observations(self.root / OBSERVATIONS, self.root / LAST_VALUES)
        except (OSError, DeltaError) as error:
            raise NothingDone(f"cannot open the observations in {self.root}: {error}") from error

    def _has(self, store: str) -> bool:
        return (self.root / store).is_dir()

    def writing(self, wait: float = WAIT_SECONDS) -> AbstractContextManager[None]:
        """The writer lock. Raises NothingDone when another process holds it for longer than `wait` seconds."""
        return only_one(self.root / "writer.lock", wait=wait, busy="another import or compaction is running")

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """A folder for what is read of one file, gone at the end; remains of killed imports too. Needs the writer lock."""
        for remains in self.root.glob("spool-*"):
            shutil.rmtree(remains, ignore_errors=True)
        folder = self.root / f"spool-{uuid.uuid4().hex}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def settled(self, position: int) -> None:
        """Nothing more is to be done for the journal's entries up to here; reading goes on behind it. Needs the writer lock."""
        if self.ambient.parts.stored() < position:
            self.ambient.parts.commit([], position)

    def files(self) -> list[Path]:
        """All files that make up the archive now, but for its databases. Needs the writer lock."""
        long = self.observations.parts.files() if self._has(OBSERVATIONS) else []
        kept = [p for p in sorted(self.blobs.folder.iterdir()) if not p.name.startswith(".")]
        sent = [path for table in self.sent() for path in table.files()]
        pushed = [path for folder in sorted((self.root / INBOX).glob("*")) for path in Inbox(folder).files()]
        return [*self.ambient.parts.files(), *long, *self.journal.segments(), *kept, *sent, *pushed]

    def inbox(self, name: str) -> Inbox:
        """What programs push over HTTP to an entrance of this name."""
        return Inbox(self.root / INBOX / name)

    @property
    def has_passages(self) -> bool:
        """Has any gate ever sent something?"""
        return self._has(PASSAGES)

    def lists(self) -> list[Path]:
        """Its databases: what was refused, and what was delivered."""
        of_gates = [self.passages.refused.path] if self._has(PASSAGES) else []
        return [self.quarantine.path, self.deliveries.path, *of_gates]

    def compact(self, files: int = 2) -> list[str]:
        """Compact months that have a tail or many parts, one lock per month. Returns the months."""
        done = set()
        for storing in self._tables():
            for month in storing.crowded(files):
                with self.writing():
                    storing.compact_month(month)
                done.add(month)
        if self._has(OBSERVATIONS):
            self.observations.remember()
        return sorted(done)

    def _tables(self) -> list[Storing]:
        return [self.storing, *([self.observations.storing] if self._has(OBSERVATIONS) else [])]

    def sent(self) -> list[Sent]:
        """The tables of what senders push, those that there are."""
        devices: list[Sent] = [self.devices] if self._has(DEVICES) else []
        passages: list[Sent] = [self.passages] if self._has(PASSAGES) else []
        tests = self.vehicle_tests.every() if self._has(VehicleTests.NAMES[0]) else []
        road = self.roadside.every() if self._has(Roadside.NAMES[0]) else []
        return [*devices, *passages, *tests, *road]

    def retain(self, before: datetime, unused_for: timedelta = UNUSED_FOR) -> dict[str, int]:
        """Free space: raw input received before `before` that is stored, and parts no reader can still hold.

        Observations are never deleted. Raw input with open refused records stays.
        """
        with self.writing():
            needed = self.quarantine.open_entries()
            stored = min([self.ambient.parts.stored(), *(p - 1 for p in needed)])
            segments = self.journal.drop_before(before, stored)
            named = {
                json.loads(e.data)["blob"]
                for e in self.journal.entries(source=FILE_SOURCE)
                if e.received >= before or e.position > stored
            } | self.deliveries.needed()
            files = self.blobs.drop_all_but(named)
            parts = sum(storing.parts.vacuum(unused_for) for storing in self._tables())
            parts += sum(table.vacuum(unused_for) for table in self.sent())
        return {"segments": segments, "files": files, "parts": parts}
