"""Reasons are kept as codes with values; what was kept as sentences before is brought to them, or shown as it was told."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bihuan.archive.deliveries import Deliveries
from bihuan.archive.quarantine import Quarantine
from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason, as_told

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD_QUARANTINE = """
CREATE TABLE refused (
  id INTEGER PRIMARY KEY, journal INTEGER NOT NULL, source TEXT NOT NULL, received TEXT NOT NULL,
  file TEXT NOT NULL, row INTEGER NOT NULL, "column" TEXT NOT NULL, value TEXT NOT NULL,
  reason TEXT NOT NULL, remedy TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open',
  who TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', changed TEXT NOT NULL DEFAULT '', content TEXT
);
CREATE UNIQUE INDEX refused_once ON refused (content, row, "column", value, reason);
"""
OLD_DELIVERIES = """
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, blob TEXT NOT NULL UNIQUE, position INTEGER NOT NULL, file TEXT NOT NULL,
  wanted BLOB NOT NULL, received TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  why TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', who TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '', changed TEXT NOT NULL
);
"""
OUTSIDE = Reason("outside", low=0.0, high=1000.0, unit="µg/m³")


def old(path: Path, tables: str, row: str, *rows: tuple[object, ...]) -> Path:
    """A file as the version before left it."""
    base = sqlite3.connect(path)
    base.executescript(tables)
    base.executemany(row, rows)
    base.commit()
    base.close()
    return path


def kept(path: Path, table: str) -> list[tuple[str, object]]:
    base = sqlite3.connect(path)
    rows = base.execute(f"SELECT code, facts FROM {table} ORDER BY id").fetchall()
    base.close()
    return [(code, json.loads(facts)) for code, facts in rows if code]


def put(store: Quarantine, *reasons: Reason) -> None:
    refused = [Refusal("a.csv", 2, "PM2.5", "2000", why) for why in reasons]
    store.put(7, "file:ambient", NOW, refused, "content")


def test_code_and_values_are_kept_and_come_back(tmp_path: Path) -> None:
    store = Quarantine(tmp_path / "q.sqlite3")
    put(store, OUTSIDE, Reason("not_a_number"))
    put(store, OUTSIDE)  # the file is read a second time
    assert [r.why for r in store.find()] == [Reason("not_a_number"), OUTSIDE]
    assert kept(store.path, "refused")[0] == ("outside", {"low": 0.0, "high": 1000.0, "unit": "µg/m³"})
    assert store.reasons() == [
        ("file:ambient", Reason("not_a_number"), 1),
        ("file:ambient", OUTSIDE, 1),
    ]


def test_refused_records_of_before_have_their_code_or_stay_as_they_were_told(tmp_path: Path) -> None:
    head = (7, "file:ambient", NOW.isoformat(), "a.csv")
    remedy = "check the unit and the instrument; correct the value or leave it empty"
    path = old(
        tmp_path / "q.sqlite3",
        OLD_QUARANTINE,
        'INSERT INTO refused (journal, source, received, file, row, "column", value, reason, remedy, state, who, note) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *head,
            2,
            "PM2.5",
            "2000",
            "outside 0..1000 µg/m³, which no instrument reports",
            remedy,
            "open",
            "",
            "",
        ),
        (*head, 3, "PM2.5", "x", "a reason of 2024", "ask the chief", "mended", "wang", "x -> 1"),
    )
    store = Quarantine(path)
    assert [(r.row, r.value, r.why) for r in store.find("open")] == [(2, "2000", OUTSIDE)]
    (mended,) = store.find("mended")
    assert (mended.why, mended.who, mended.note) == (
        as_told("a reason of 2024", "ask the chief"),
        "wang",
        "x -> 1",
    )
    put(Quarantine(path), OUTSIDE)  # opened once more, it is as it was left, and goes on
    assert store.count(None) == 3


def test_failed_deliveries_of_before_say_why_and_may_be_dismissed(tmp_path: Path) -> None:
    told = "x.csv takes more than 200 MB of memory to read, the limit for one file; send it in parts, or raise BIHUAN_READ_MEMORY"
    head = (b"{}", NOW.isoformat())
    path = old(
        tmp_path / "d.sqlite3",
        OLD_DELIVERIES,
        "INSERT INTO delivery (blob, position, file, wanted, received, state, attempts, why, changed) "
        "VALUES (?, ?, 'x.csv', ?, ?, ?, 1, ?, '')",
        ("a", 1, *head, "failed", told),
        ("b", 2, *head, "failed", "the moon was full"),
        ("c", 3, *head, "stored", ""),
    )
    store = Deliveries(path)
    why = {d.blob: d.why for state in ("failed", "stored") for d in store.find(state)}
    limit = Reason("limit_of_file", variable="BIHUAN_READ_MEMORY")
    assert why["a"] is not None
    assert (why["a"].code, dict(why["a"].values)["limit"], str(why["a"])) == ("takes_memory", limit, told)
    assert (why["b"], why["c"]) == (as_told("the moon was full"), None)
    store.dismiss(1, who="wang", reason="ours no more", at=NOW)
    assert [d.blob for d in store.find("failed")] == ["b"]
