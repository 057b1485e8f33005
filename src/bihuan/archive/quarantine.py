"""Refused records (隔离区): kept with why until a person mends or dismisses them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan.archive.kept_reasons import COLUMNS, keep_reasons, kept, reason_of
from bihuan.archive.small_base import SmallBase
from bihuan.errors import BihuanError
from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason

OPEN, MENDED, DISMISSED = "open", "mended", "dismissed"
STATES = (OPEN, MENDED, DISMISSED)
TABLE = f"""
CREATE TABLE IF NOT EXISTS refused (
  id INTEGER PRIMARY KEY, journal INTEGER NOT NULL, source TEXT NOT NULL, received TEXT NOT NULL,
  file TEXT NOT NULL, row INTEGER NOT NULL, "column" TEXT NOT NULL, value TEXT NOT NULL,
  {COLUMNS}, state TEXT NOT NULL DEFAULT 'open',
  who TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', changed TEXT NOT NULL DEFAULT '', content TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS refused_once ON refused (content, row, "column", value, code, facts);
CREATE INDEX IF NOT EXISTS refused_by_journal ON refused (journal);
CREATE INDEX IF NOT EXISTS refused_by_state ON refused (state, id);
"""
VERSION = 1
FIELDS = 'id, journal, source, received, file, row, "column", value, code, facts, state, who, note, changed'


class NotOpen(BihuanError):
    """The refused record does not exist, or somebody settled it already."""


class NotMended(BihuanError):
    """The new value is refused too, or the record cannot be mended one by one; says why."""


@dataclass(frozen=True)
class Refused:
    """One refused record or value; `journal` is the entry it came with, `row` its line in that file."""

    id: int
    journal: int
    source: str
    received: datetime
    file: str
    row: int
    column: str
    value: str
    why: Reason
    state: str
    who: str
    note: str
    changed: str


def _refused(row: tuple[Any, ...]) -> Refused:
    number, journal, source, received, file, line, column, value, code, facts, *rest = row
    came, why = datetime.fromisoformat(received), reason_of(code, facts)
    return Refused(number, journal, source, came, file, line, column, value, why, *rest)


def _upgrade(base: sqlite3.Connection) -> None:
    """Of before 2026-12: sentences instead of reasons."""
    base.execute("DROP INDEX IF EXISTS refused_once")
    keep_reasons(base, "refused", "reason", "remedy")


class Quarantine(SmallBase):
    """The refused records of one archive, in their own SQLite file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, TABLE, VERSION, _upgrade)

    def forget(self, position: int) -> None:
        """Drop what a killed run left of an entry that is now read again."""
        with self._open() as base:
            base.execute("DELETE FROM refused WHERE journal = ?", (position,))

    def waits(self, position: int, code: str) -> bool:
        """Is there an open record of a journal entry that was refused for this reason?"""
        asked = "SELECT 1 FROM refused WHERE journal = ? AND code LIKE ? AND state = 'open' LIMIT 1"
        with self._open() as base:
            return base.execute(asked, (position, f"{code}%")).fetchone() is not None

    def put(
        self,
        position: int,
        source: str,
        received: datetime,
        refusals: Sequence[Refusal],
        content: str | None = None,
    ) -> None:
        """Add refusals of one journal entry. With `content` (the file's name by content) none comes twice."""
        if not refusals:
            return
        head = (position, source, received.astimezone(UTC).isoformat())
        rows = ((*head, r.file, r.row, r.column, r.value, *kept(r.why), content) for r in refusals)
        with self._open() as base:
            base.executemany(
                "INSERT OR IGNORE INTO refused "
                '(journal, source, received, file, row, "column", value, code, facts, content) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def find(
        self, state: str | None = OPEN, source: str | None = None, *, limit: int = 100, offset: int = 0
    ) -> list[Refused]:
        """Refused records, newest first."""
        where, given = _where(state, source)
        with self._open() as base:
            rows = base.execute(
                f"SELECT {FIELDS} FROM refused {where} ORDER BY id DESC LIMIT ? OFFSET ?",
                (*given, limit, offset),
            ).fetchall()
        return [_refused(row) for row in rows]

    def count(self, state: str | None = OPEN, source: str | None = None) -> int:
        """How many there are."""
        where, given = _where(state, source)
        with self._open() as base:
            return int(base.execute(f"SELECT count(*) FROM refused {where}", given).fetchone()[0])

    def reasons(self, state: str | None = OPEN) -> list[tuple[str, Reason, int]]:
        """(source, reason, number), the most frequent first."""
        where, given = _where(state, None)
        with self._open() as base:
            rows = base.execute(
                f"SELECT source, code, facts, count(*) FROM refused {where} GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
                given,
            ).fetchall()
        return [(source, reason_of(code, facts), count) for source, code, facts, count in rows]

    def get(self, number: int) -> Refused:
        """One refused record. Raises NotOpen when there is none."""
        with self._open() as base:
            row = base.execute(f"SELECT {FIELDS} FROM refused WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise NotOpen(Reason("no_such_record", number=number))
        return _refused(row)

    def settle(self, number: int, state: str, *, who: str, note: str, at: datetime) -> None:
        """Mark an open record mended or dismissed. Raises NotOpen when it is not open any more."""
        with self._open() as base:
            done = base.execute(
                "UPDATE refused SET state = ?, who = ?, note = ?, changed = ? WHERE id = ? AND state = 'open'",
                (state, who, note, at.astimezone(UTC).isoformat(), number),
            )
            if done.rowcount != 1:
                raise NotOpen(Reason("record_not_open", number=number))

    def open_entries(self) -> set[int]:
        """Journal positions that open records still need."""
        with self._open() as base:
            return {
                int(r[0]) for r in base.execute("SELECT DISTINCT journal FROM refused WHERE state = 'open'")
            }


def copy_database(source: Path, target: Path) -> None:
    """SQLite's own backup: a consistent copy of a database in use."""
    reader, writer = sqlite3.connect(source, timeout=30), sqlite3.connect(target)
    try:
        reader.backup(writer)
    finally:
        reader.close()
        writer.close()


def _where(state: str | None, source: str | None) -> tuple[str, tuple[str, ...]]:
    given = {"state": state, "source": source}
    named = {name: value for name, value in given.items() if value is not None}
    where = " AND ".join(f"{name} = ?" for name in named)
    return (f"WHERE {where}" if where else ""), tuple(named.values())
