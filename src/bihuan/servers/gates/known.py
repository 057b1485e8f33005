"""What the entrance knows of the registers, read again every few seconds: no request waits for the database."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from django.db import DatabaseError, connections

from bihuan.errors import NothingDone
from bihuan.pipeline.passages import Known, registered
from bihuan.registry.gate_secrets import secret_of
from bihuan.registry.models import GateKey
from bihuan.servers.rare_log import RareLog

log = RareLog(__name__)
EVERY = 2.0


class Key(NamedTuple):
    """A key of a unit that is in force."""

    secret: str
    dialect: str


class Registers:
    """The keys of each unit, gates and units; `refresh` reads them. also: what is read with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.also: Callable[[], None] | None = None
        self._secrets: dict[tuple[str, str], str] = {}
        self.keys: Mapping[str, tuple[Key, ...]] = {}
        self.known = Known({}, frozenset())

    def read(self) -> None:
        """Read all of it. Raises DatabaseError, NothingDone."""
        keys: dict[str, list[Key]] = {}
        for unit, salt, dialect in GateKey.objects.filter(revoked_at=None).values_list(
            "unit_id", "salt", "dialect"
        ):
            if (unit, salt) not in self._secrets:
                self._secrets[unit, salt] = secret_of(unit, salt, self._folder)
            keys.setdefault(unit, []).append(Key(self._secrets[unit, salt], dialect))
        if self.also is not None:
            self.also()
        self.known, self.keys = registered(), {unit: tuple(found) for unit, found in keys.items()}

    def read_apart(self) -> None:
        """The same in a thread that keeps no connection to the database. Raises DatabaseError, NothingDone."""
        try:
            self.read()
        finally:
            connections.close_all()  # this thread's; the next look may have another thread

    async def refresh(self) -> None:
        """Look again and again, until cancelled; what was known before holds while the database cannot be read."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await asyncio.to_thread(self.read_apart)
            except (DatabaseError, NothingDone, OSError) as error:
                log.error("the registers cannot be read (%s); what was known before holds", error)
