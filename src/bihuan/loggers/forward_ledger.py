"""What a target above has received: one small SQLite file per target, so that place and counts change together.

`position`: up to there every journal entry is either accepted above or held here. A held packet was refused or not
answered; it is sent again, less and less often, until it is accepted.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple

from bihuan.loggers.forward import Upload

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 86_400.0
TABLES = """
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counts (day TEXT, mn TEXT, cn TEXT, accepted INTEGER NOT NULL, PRIMARY KEY (day, mn, cn));
CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, position INTEGER, day TEXT, mn TEXT, above TEXT, cn TEXT,
  qn TEXT, packet BLOB, code INTEGER, tries INTEGER NOT NULL, due REAL NOT NULL);
CREATE TABLE IF NOT EXISTS upper (day TEXT, mn TEXT, cn TEXT, has INTEGER, PRIMARY KEY (day, mn, cn));
CREATE INDEX IF NOT EXISTS held_due ON held (due);
"""


class Held(NamedTuple):
    """A packet that waits to be sent again. code: QnRtn of its refusal; None: it was not answered."""

    id: int
    upload: Upload
    code: int | None
    tries: int


class Ledger:
    """The file of one target. Several processes may read it; only the forwarding process writes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with closing(self._open()) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(TABLES)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=30)
        db.execute("PRAGMA synchronous=FULL")
        return db

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as db, db:
            yield db

    def _read(self, words: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with closing(self._open()) as db:
            return db.execute(words, values).fetchall()

    def say(self, **values: str) -> None:
        """Note something for the page: `connected`, `trouble`, `accepted`."""
        with self._change() as db:
            db.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", values.items())

    def said(self) -> dict[str, str]:
        """What was noted, `position` too."""
        return {str(name): str(value) for name, value in self._read("SELECT name, value FROM said")}

    def position(self) -> int:
        """Up to which journal position entries are accepted or held."""
        return int(self.said().get("position", 0))

    def settle(
        self,
        position: int | None,
        accepted: Iterable[Upload],
        held: Iterable[tuple[Upload, int | None]],
        again: Sequence[tuple[Held, bool, int | None]] = (),
        *,
        now: float,
    ) -> None:
        """All of one window at once: what was accepted, what is held, and what became of held ones sent again.

        again: the held packet, whether it is accepted now, and else the code. Raises sqlite3.Error.
        """
        with self._change() as db:
            done = [*accepted, *(one.upload for one, good, _ in again if good)]
            db.executemany(
                "INSERT INTO counts VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET accepted = accepted + 1",
                [(upload.day, upload.mn, upload.cn) for upload in done],
            )
            db.executemany(
                "INSERT INTO held (position, day, mn, above, cn, qn, packet, code, tries, due)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
                [(*astuple(upload), code, now + FIRST_PAUSE) for upload, code in held],
            )
            db.executemany("DELETE FROM held WHERE id = ?", [(one.id,) for one, good, _ in again if good])
            db.executemany(
                "UPDATE held SET code = ?, tries = tries + 1, due = ? WHERE id = ?",
                [
                    (code, now + min(FIRST_PAUSE * 2.0**one.tries, LONGEST_PAUSE), one.id)
                    for one, good, code in again
                    if not good
                ],
            )
            if position is not None:
                db.execute("INSERT OR REPLACE INTO said VALUES ('position', ?)", (str(position),))

    def due(self, now: float, most: int) -> list[Held]:
        """Held packets whose time has come."""
        rows = self._read(
            "SELECT id, code, tries, position, day, mn, above, cn, qn, packet FROM held"
            " WHERE due <= ? ORDER BY due LIMIT ?",
            (now, most),
        )
        return [Held(row[0], Upload(*row[3:]), row[1], row[2]) for row in rows]  # type: ignore[arg-type]

    def held(self) -> int:
        """How many packets are held."""
        return int(str(self._read("SELECT count(*) FROM held")[0][0]))

    def counts(self, day: str) -> dict[tuple[str, str], dict[str, int]]:
        """By MN and CN of a day: accepted, refused (held with a code), unanswered (held without one)."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        words = (
            "SELECT mn, cn, 'accepted', accepted FROM counts WHERE day = ? UNION ALL SELECT mn, cn,"
            " CASE WHEN code IS NULL THEN 'unanswered' ELSE 'refused' END, count(*) FROM held WHERE day = ?"
            " GROUP BY 1, 2, 3"
        )
        for mn, cn, what, count in self._read(words, (day, day)):
            found.setdefault((str(mn), str(cn)), {})[str(what)] = int(str(count))
        return found

    def days(self) -> list[str]:
        """Days of which something was sent, newest first."""
        rows = self._read("SELECT day FROM counts UNION SELECT day FROM held ORDER BY 1 DESC")
        return [str(day) for (day,) in rows]

    def note_upper(self, day: str, mn: str, cn: str, has: int | None) -> None:
        """How many records the target says it has; None: it did not say."""
        with self._change() as db:
            db.execute("INSERT OR REPLACE INTO upper VALUES (?, ?, ?, ?)", (day, mn, cn, has))

    def upper(self, day: str) -> dict[tuple[str, str], int | None]:
        """What the target said of a day, by MN and CN."""
        rows = self._read("SELECT mn, cn, has FROM upper WHERE day = ?", (day,))
        return {(str(mn), str(cn)): None if has is None else int(str(has)) for mn, cn, has in rows}
