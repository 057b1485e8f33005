"""A small SQLite file of its own beside the archive's tables, opened anew for each use."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30
"""Seconds to wait for another process that writes."""


class SmallBase:
    """The file and its tables; made where it is missing.

    version: of the tables. upgrade: brings a file of an older version to them, in one transaction.
    """

    def __init__(
        self,
        path: Path,
        tables: str,
        version: int = 0,
        upgrade: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        self.path = path
        with self._open() as base:
            base.execute("PRAGMA journal_mode=WAL")
            if upgrade and _version(base) < version:
                base.execute("BEGIN IMMEDIATE")
                if _version(base) < version:  # no other process did it meanwhile
                    upgrade(base)
                    base.execute(f"PRAGMA user_version = {version}")
                base.commit()
            base.executescript(tables)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        base = sqlite3.connect(self.path, timeout=PATIENCE)
        try:
            base.execute("PRAGMA synchronous=NORMAL")
            with base:
                yield base
        finally:
            base.close()


def _version(base: sqlite3.Connection) -> int:
    return int(base.execute("PRAGMA user_version").fetchone()[0])
