"""A small SQLite file of its own beside the archive's tables, opened anew for each use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30
"""Seconds to wait for another process that writes."""


class SmallBase:
    """The file and its tables; made where it is missing."""

    def __init__(self, path: Path, tables: str) -> None:
        self.path = path
        with self._open() as base:
            base.execute("PRAGMA journal_mode=WAL")
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
