"""Files that were delivered and what became of them: stored, or failed until a person tries again or dismisses them.

One row for each content. A file that failed is never read again by itself: it waits here with the reason, its raw bytes lie
with the archive's files.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan.archive.kept_reasons import COLUMNS, keep_reasons, kept, reason_of
from bihuan.archive.small_base import SmallBase
from bihuan.errors import BihuanError
from bihuan.reasons import Reason

PENDING, STORED, FAILED, DISMISSED = "pending", "stored", "failed", "dismissed"
STATES = (PENDING, FAILED, DISMISSED, STORED)
TABLE = f"""
CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY, blob TEXT NOT NULL UNIQUE, position INTEGER NOT NULL, file TEXT NOT NULL,
  wanted BLOB NOT NULL, received TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  {COLUMNS}, detail TEXT NOT NULL DEFAULT '', who TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '', changed TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS delivery_by_state ON delivery (state, id);
CREATE TABLE IF NOT EXISTS given_up (position INTEGER PRIMARY KEY);
"""
FIELDS = (
    "id, blob, position, file, wanted, received, state, attempts, code, facts, detail, who, note, changed"
)
VERSION = 1


class NotFailed(BihuanError):
    """There is no such delivery, or somebody settled it already."""


@dataclass(frozen=True)
class Delivered:
    """One delivered file. `wanted`: its order as the journal keeps it; `why` it failed; `detail`: the reader's last words."""

    id: int
    blob: str
    position: int
    file: str
    wanted: bytes
    received: datetime
    state: str
    attempts: int
    why: Reason | None
    detail: str
    who: str
    note: str
    changed: str


def _delivered(row: tuple[Any, ...]) -> Delivered:
    number, blob, position, file, wanted, received, state, attempts, code, facts, *rest = row
    came, why = datetime.fromisoformat(received), reason_of(code, facts) if code else None
    return Delivered(number, blob, position, file, wanted, came, state, attempts, why, *rest)


def _upgrade(base: sqlite3.Connection) -> None:
    """Of before 2026-12: sentences instead of reasons."""
    keep_reasons(base, "delivery", "why")


class Deliveries(SmallBase):
    """The deliveries of one archive, in their own SQLite file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, TABLE, VERSION, _upgrade)

    def begin(self, blob: str, position: int, file: str, wanted: bytes, received: datetime) -> None:
        """A file is about to be read: remembered before, so that one that takes everything down is counted."""
        with self._open() as base:
            base.execute(
                "INSERT INTO delivery (blob, position, file, wanted, received, state, attempts, changed) "
                "VALUES (?, ?, ?, ?, ?, 'pending', 1, ?) ON CONFLICT (blob) DO UPDATE SET position = excluded.position, "
                "file = excluded.file, wanted = excluded.wanted, received = excluded.received, state = 'pending', "
                "attempts = CASE state WHEN 'stored' THEN 0 ELSE attempts END + 1, "
                "code = '', facts = '', detail = '', who = '', note = '', changed = excluded.changed",
                (blob, position, file, wanted, received.astimezone(UTC).isoformat(), _now()),
            )

    def stored(self, blob: str) -> None:
        """It is in the archive."""
        self._end(blob, STORED, ("", ""), "")

    def failed(self, blob: str, position: int, why: Reason, detail: str) -> None:
        """It could not be taken in by the entry at `position`."""
        self._end(blob, FAILED, kept(why), detail)
        with self._open() as base:
            base.execute("INSERT OR IGNORE INTO given_up VALUES (?)", (position,))

    def _end(self, blob: str, state: str, why: tuple[str, str], detail: str) -> None:
        with self._open() as base:
            base.execute(
                "UPDATE delivery SET state = ?, code = ?, facts = ?, detail = ?, changed = ? WHERE blob = ?",
                (state, *why, detail, _now(), blob),
            )

    def dismiss(self, number: int, *, who: str, reason: str, at: datetime) -> None:
        """Set a failed delivery aside. Raises NotFailed without a reason, and when it is not failed any more."""
        if not reason.strip():
            raise NotFailed(Reason("say_why_file"))
        with self._open() as base:
            done = base.execute(
                "UPDATE delivery SET state = 'dismissed', who = ?, note = ?, changed = ? WHERE id = ? AND state = 'failed'",
                (who, reason.strip(), at.astimezone(UTC).isoformat(), number),
            )
            if done.rowcount != 1:
                raise NotFailed(Reason("no_failed_delivery", number=number))

    def given_up(self, position: int) -> bool:
        """Did the entry at `position` end without being stored? A later try of the same file has an entry of its own."""
        with self._open() as base:
            found = base.execute(
                "SELECT 1 FROM given_up WHERE position = :at "
                "UNION ALL SELECT 1 FROM delivery WHERE position = :at AND state IN ('failed', 'dismissed')",
                {"at": position},
            )
            return found.fetchone() is not None

    def at(self, position: int) -> Delivered | None:
        """What is known of the delivery of a journal entry; None of one from before this was kept, or of an older try."""
        return self._one("position = ?", position)

    def get(self, number: int) -> Delivered:
        """A failed delivery. Raises NotFailed when there is none."""
        found = self._one("id = ? AND state = 'failed'", number)
        if found is None:
            raise NotFailed(Reason("no_failed_delivery", number=number))
        return found

    def _one(self, where: str, value: int) -> Delivered | None:
        with self._open() as base:
            row = base.execute(f"SELECT {FIELDS} FROM delivery WHERE {where}", (value,)).fetchone()
        return _delivered(row) if row else None

    def find(self, state: str = FAILED, *, limit: int = 100, offset: int = 0) -> list[Delivered]:
        """Deliveries in a state, newest first."""
        with self._open() as base:
            rows = base.execute(
                f"SELECT {FIELDS} FROM delivery WHERE state = ? ORDER BY changed DESC, id DESC LIMIT ? OFFSET ?",
                (state, limit, offset),
            ).fetchall()
        return [_delivered(row) for row in rows]

    def count(self, state: str = FAILED) -> int:
        """How many there are in a state."""
        with self._open() as base:
            return int(base.execute("SELECT count(*) FROM delivery WHERE state = ?", (state,)).fetchone()[0])

    def needed(self) -> set[str]:
        """Contents that may still be read: of failed deliveries and of those on their way."""
        with self._open() as base:
            rows = base.execute("SELECT blob FROM delivery WHERE state IN ('failed', 'pending')").fetchall()
        return {str(blob) for (blob,) in rows}


def _now() -> str:
    return datetime.now(UTC).isoformat()
