"""A Delta table of immutable Parquet parts: write parts, commit them with the journal position, list them.

Three kinds of part: `base` (one row per key), `tail` (later rows of keys that base has), `superseded`
(rows that a later one replaced). Partitioned by kind and month (of the local day).
"""

import json
import os
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from bihuan.archive.damage import LOG, lost_log

APP = "journal"
ROW_GROUP = 8 * 1024  # about ten stations of a month: a station-year reads twelve of them
PARTITION = ["part", "month"]
DELTA_TYPES = {
    "String": "string", "Float64": "double", "Float32": "float", "Int64": "long", "Datetime": "timestamp",
}  # fmt: skip


def _delta_type(dtype: pl.DataType) -> Any:
    """The type of a column as Delta calls it."""
    if isinstance(dtype, pl.List):
        of = DELTA_TYPES[str(dtype.inner)]
        return {"type": "array", "elementType": of, "containsNull": True}
    return DELTA_TYPES[str(dtype.base_type())]


@dataclass(frozen=True)
class Part:
    """One file of the table and what is known of it without opening it."""

    path: str
    kind: str
    month: str
    rows: int
    size: int
    first: datetime
    last: datetime
    received_first: datetime
    received_last: datetime


def _moment(text: Any) -> datetime:
    if isinstance(text, datetime):
        return text if text.tzinfo else text.replace(tzinfo=UTC)
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def _stats(rows: pl.DataFrame) -> str:
    ends = {c: (rows[c].min(), rows[c].max()) for c in ("site", "start", "received")}
    text = {
        c: tuple(v.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(v, datetime) else v for v in pair)
        for c, pair in ends.items()
    }
    return json.dumps(
        {
            "numRecords": rows.height,
            "minValues": {c: low for c, (low, _) in text.items()},
            "maxValues": {c: high for c, (_, high) in text.items()},
            "nullCount": dict.fromkeys(ends, 0),
        }
    )


class Parts:
    """The table in a folder. Reading takes no lock; writers hold the archive's writer lock.

    order: how the rows of a part lie, then by receipt. row_group: rows that are read together.
    """

    def __init__(
        self,
        folder: Path,
        schema: dict[str, pl.DataType],
        *,
        order: Sequence[str] = ("site", "start"),
        row_group: int = ROW_GROUP,
    ) -> None:
        self.folder = folder
        self.schema = schema
        self.order = (*order, "received", "journal")
        self.row_group = row_group
        self._table: DeltaTable | None = None
        self._listed: tuple[int, tuple[Part, ...]] | None = None
        self._guard = threading.Lock()

    def _delta_schema(self) -> Schema:
        columns = {**self.schema, "part": pl.String(), "month": pl.String()}
        fields = [
            {"name": name, "type": _delta_type(dtype), "nullable": True, "metadata": {}}
            for name, dtype in columns.items()
        ]
        return Schema.from_json(json.dumps({"type": "struct", "fields": fields}))

    def create(self) -> None:
        """Make the empty table when there is none. Raises DeltaError where parts lie without their log."""
        if lost_log(self.folder):
            raise TableNotFoundError(f"{self.folder} has parts but no log of them")
        if not DeltaTable.is_deltatable(str(self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
            create_table_with_add_actions(
                str(self.folder), self._delta_schema(), [], mode="ignore", partition_by=PARTITION
            )

    def _fresh(self) -> DeltaTable:
        """The table at its newest version; a cached one costs one look for the next log file."""
        if self._table is None:
            self.create()
            self._table = DeltaTable(str(self.folder))
        following = self.folder / LOG / f"{self._table.version() + 1:020d}.json"
        if following.exists():
            self._table.update_incremental()
        return self._table

    def version(self) -> int:
        """The newest version of the table."""
        with self._guard:
            return self._fresh().version()

    def stored(self) -> int:
        """Journal position of the last entry that is in the table; 0 when there is none."""
        with self._guard:
            return self._fresh().transaction_version(APP) or 0

    def listed(self) -> tuple[Part, ...]:
        """The parts of the newest version."""
        with self._guard:
            table = self._fresh()
            if self._listed is None or self._listed[0] != table.version():
                self._listed = (table.version(), self._list(table))
            return self._listed[1]

    def _list(self, table: DeltaTable) -> tuple[Part, ...]:
        actions = pl.DataFrame(table.get_add_actions(flatten=True))
        return tuple(
            Part(
                str(self.folder / row["path"]),
                row["partition.part"],
                row["partition.month"],
                row["num_records"],
                row["size_bytes"],
                _moment(row["min.start"]),
                _moment(row["max.start"]),
                _moment(row["min.received"]),
                _moment(row["max.received"]),
            )
            for row in actions.iter_rows(named=True)
        )

    def write(self, rows: pl.DataFrame, kind: str, month: str, *, data_change: bool = True) -> AddAction:
        """Write one part to disk; it is not of the table until it is committed."""
        relative = f"part={kind}/month={month}/{uuid.uuid4().hex}.parquet"
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        ordered = rows.select(list(self.schema)).sort(self.order)
        try:
            ordered.write_parquet(path, compression="lz4", row_group_size=self.row_group)
            with path.open("rb") as file:
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        values = {"part": kind, "month": month}
        size = path.stat().st_size
        return AddAction(relative, size, values, int(time.time() * 1000), data_change, _stats(rows))

    def removal(self, part: Part) -> RemoveAction:
        """The action that takes a part out of the table (the file stays for those who read it)."""
        relative = str(Path(part.path).relative_to(self.folder))
        values: dict[str, str | None] = {"part": part.kind, "month": part.month}
        return RemoveAction(relative, False, int(time.time() * 1000), part.size, values)

    def commit(self, actions: Sequence[AddAction | RemoveAction], position: int | None = None) -> None:
        """Make the actions visible at once, with the journal position that they stand for."""
        done = [Transaction(APP, position)] if position is not None else None
        with self._guard:
            self._widen()
            self._fresh().create_write_transaction(
                list(actions),
                "append",
                self._delta_schema(),
                PARTITION,
                commit_properties=CommitProperties(app_transactions=done),
            )

    def _widen(self) -> None:
        """A table that was made before the schema grew learns its new columns; older parts do not have them."""
        table = self._fresh()
        known = {field.name for field in table.schema().fields}
        new = [field for field in self._delta_schema().fields if field.name not in known]
        if new:
            table.alter.add_columns(new)

    def files(self) -> list[Path]:
        """All files that make up the newest version."""
        log = [p for p in sorted((self.folder / LOG).iterdir()) if p.is_file()]
        return [*log, *[Path(p.path) for p in self.listed()]]

    def discard(self, actions: Sequence[AddAction | RemoveAction]) -> None:
        """Delete files that were written and will not be committed."""
        for action in actions:
            if isinstance(action, AddAction):
                (self.folder / action.path).unlink(missing_ok=True)

    def vacuum(self, unused_for: timedelta) -> int:
        """Delete files that no version of the last `unused_for` needs, and remains of killed writers."""
        with self._guard:
            gone = self._fresh().vacuum(
                retention_hours=int(unused_for.total_seconds() // 3600),
                dry_run=False,
                enforce_retention_duration=False,
                full=True,
            )
        return len(gone)
