"""Journal entries of gates -> rows of passages: the flow of records of gates on one page.

The entrance journals a request and answers it; files come in the same way, as rows. What is here reads the journal later: in the
worker, or after a crash. The table's commit carries the journal position, so each entry is stored exactly once.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.journal import Entry
from bihuan.archive.lock import WAIT_SECONDS
from bihuan.archive.passages import COLUMNS, Passages
from bihuan.feeds.gates.body import NoBody, records_of
from bihuan.feeds.gates.dialects import OURS, every_dialect
from bihuan.feeds.gates.records import Fault, Sender, read_record
from bihuan.feeds.reading import Refusal

SENT, ROWS = "gates:", "gates-rows:"
"""A request as it came: `gates:<dialect>:<nonce>:<unit>`. Rows of a file (Arrow, with the time of receipt): `gates-rows:<file>`."""
MOST_ENTRIES, MOST_BYTES = 5_000, 32 * 1024 * 1024
SOURCE = "gates"


class From(NamedTuple):
    """What an entry's source says of a request."""

    dialect: str
    nonce: str
    unit: str

    @property
    def source(self) -> str:
        """As the journal has it."""
        return f"{SENT}{self.dialect}:{self.nonce}:{self.unit}"


def from_of(source: str) -> From:
    """The sender of an entry."""
    return From(*source.removeprefix(SENT).split(":", 2))


class Known(NamedTuple):
    """What is registered: the unit of every gate, and all units."""

    gates: Mapping[str, str]
    units: frozenset[str]

    def sender(self, unit: str, dialect: str) -> Sender:
        """How records of a unit are read."""
        dialects = every_dialect()
        return Sender(unit, dialects.get(dialect, dialects[OURS]), self.gates, unit in self.units)


def registered() -> Known:
    """As the registers are now; nothing where there are none yet. Django is set up already: the reading of files is loaded without it."""
    from django.db import connection

    from bihuan.registry.models import Gate, VehicleUser

    # Asking an SQLite database that is not there would make one.
    there = connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).is_file()
    memory = "memory" in str(connection.settings_dict["NAME"])
    if not (there or memory) or Gate._meta.db_table not in connection.introspection.table_names():
        return Known({}, frozenset())
    return Known(
        dict(Gate.objects.values_list("code", "unit_id")),
        frozenset(VehicleUser.objects.values_list("code", flat=True)),
    )


def refusals_of(entry: str, faults: Sequence[tuple[int, Fault]]) -> list[Refusal]:
    """Faults of records, by their place in the request (from 1), as they are listed."""
    return [Refusal(entry, place, fault.field, fault.value, fault.why) for place, fault in faults]


def _requests(entries: Sequence[Entry], known: Known, archive: Passages) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for entry in entries:
        said = from_of(entry.source)
        sender, faults = known.sender(said.unit, said.dialect), list[tuple[int, Fault]]()
        try:
            records = records_of(entry.data, sender.dialect)
        except NoBody as error:
            records, faults = [], [(0, Fault("", entry.data[:200].decode(errors="replace"), error.why))]
        for place, record in enumerate(records, 1):
            found = read_record(record, sender, entry.received)
            faults += [(place, fault) for fault in found.faults]
            if found.row is not None:
                rows.append(found.row | {"received": entry.received, "journal": entry.position})
        if faults:
            archive.refused.forget(entry.position)
            archive.refused.put(entry.position, SOURCE, entry.received, refusals_of(said.unit, faults))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row") if rows else pl.DataFrame(schema=COLUMNS)


def as_entry(rows: pl.DataFrame) -> bytes:
    """Rows of PASSAGES and `received` for the journal."""
    written = io.BytesIO()
    rows.write_ipc(written, compression="zstd")
    return written.getvalue()


def _given(entry: Entry) -> pl.DataFrame:
    rows = pl.read_ipc(io.BytesIO(entry.data))
    position = pl.lit(entry.position, pl.Int64).alias("journal")
    return rows.with_columns(position).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())


def rows_of(entries: Sequence[Entry], known: Known, archive: Passages) -> pl.DataFrame:
    """Rows of the table from journal entries; what could not be read is listed."""
    sent = _requests([e for e in entries if e.source.startswith(SENT)], known, archive)
    given = [_given(e) for e in entries if e.source.startswith(ROWS)]
    return pl.concat([sent, *given]).unique(
        [*("site", "start", "number"), "journal"], keep="last", maintain_order=True
    )


def _pending(passages: Passages) -> Iterator[Entry]:
    size = 0
    for entry in islice(passages.journal.entries(after=passages.parts.stored()), MOST_ENTRIES):
        yield entry
        size += len(entry.data)
        if size >= MOST_BYTES:
            return


def store_held(archive: Archive, known: Known) -> tuple[int, int]:
    """Store the next pending entries; how many entries, and new rows. Needs the writer lock."""
    passages = archive.passages
    entries, stored = list(_pending(passages)), 0
    if entries:
        stored = passages.store(rows_of(entries, known, passages), entries[-1].position)
        passages.compact()
    return len(entries), stored


def store_all(archive: Archive, wait: float = WAIT_SECONDS) -> int:
    """Store everything that is pending; how many new rows there are. Raises NothingDone (lock held too long)."""
    known, stored = registered(), 0
    while True:
        with archive.writing(wait):
            entries, rows = store_held(archive, known)
        stored += rows
        if not entries:
            return stored


def received_of(start: pl.Expr, received: datetime, delay: timedelta | None) -> pl.Expr:
    """When rows of a file count as received: imported history at their time plus the usual delay."""
    return pl.lit(received, pl.Datetime("us", "UTC")) if delay is None else start + delay
