"""All steps of all cases as columns: read once from the database, then only what was written since; a step never changes."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Field, Func, QuerySet

from bihuan.atomic import beside
from bihuan.cases.models import Step
from bihuan.registry.log import LogEntry

COLUMNS = {
    "id": pl.Int64, "case": pl.Int64, "seq": pl.Int32, "unit": pl.Int32, "actor": pl.Int32, "by_unit": pl.Boolean,
    "action": pl.Categorical, "to": pl.Categorical, "at": pl.Float64, "due": pl.Float64, "original_due": pl.Float64,
}  # fmt: skip
"""Of a step; instants are Unix seconds."""
FILE = ".steps.parquet"
"""In the data folder: the table as it was read last; may be deleted at any time."""
CHUNK, LATE, UNKEPT = 50_000, 1_000, 20_000
"""Steps read in one go; how many numbers back one may still be missing that was written at the same time as others; how
many steps the file may lack."""


class Epoch(Func):
    """An instant as Unix seconds, to the millisecond: a hundred thousand dates are slow to make, numbers are not."""

    function = "EPOCH"
    output_field = Field()  # no conversion: the database gives a float

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """SQLite keeps instants as text."""
        return self.as_sql(
            compiler, connection, template="ROUND((JULIANDAY(%(expressions)s) - 2440587.5) * 86400, 3)"
        )

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """PostgreSQL knows the word."""
        return self.as_sql(compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)::float8")


@dataclass(frozen=True)
class Held:
    """Steps, by case and place, with the entry of the log up to which they are those of this database."""

    rows: pl.DataFrame
    entry: int
    hash: str


EMPTY = Held(pl.DataFrame(schema=COLUMNS), 0, "")
_memory = [EMPTY]
"""What this process read last."""


def all_steps() -> pl.DataFrame:
    """Every step, by case and place in its chain (columns as COLUMNS)."""
    held = _memory[0] if _memory[0].entry else _kept()
    entry, head = LogEntry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, "")
    if not _is_of_here(held):
        held = EMPTY
    rows = _with_newer(held.rows)
    if rows.height != Step.objects.count():  # one came later than its number says
        rows = _with_newer(EMPTY.rows)
    _memory[0] = Held(rows, entry, head)
    _keep(_memory[0])
    return rows


def _is_of_here(held: Held) -> bool:
    """Is the log that this database has the one that they were read beside?"""
    return LogEntry.objects.filter(seq=held.entry, hash=held.hash).exists()


def _with_newer(rows: pl.DataFrame) -> pl.DataFrame:
    last = int(rows["id"].max() or 0)  # type: ignore[arg-type]  # a column of numbers
    newer = _read(Step.objects.filter(pk__gt=last - LATE)).join(rows.select("id"), on="id", how="anti")
    return pl.concat([rows, newer]).sort("case", "seq") if newer.height else rows


def _read(steps: "QuerySet[Step]") -> pl.DataFrame:
    columns = (
        "pk", "case_id", "seq", "organisation_id", "actor_id", "by_unit", "action", "to_state", Epoch("at"), Epoch("due"),
        Epoch("original_due"),
    )  # fmt: skip
    rows, parts = steps.order_by().values_list(*columns).iterator(chunk_size=CHUNK), [EMPTY.rows]
    while chunk := list(islice(rows, CHUNK)):
        parts.append(pl.DataFrame(chunk, COLUMNS, orient="row"))
    return pl.concat(parts)


def _path() -> Path:
    return Path(settings.DATA_DIR) / FILE


def _kept() -> Held:
    """What the file holds; nothing where there is none, or one of another version."""
    if not _path().exists():
        return EMPTY
    said = pl.read_parquet_metadata(_path())
    rows = pl.read_parquet(_path())
    fits = rows.schema == EMPTY.rows.schema and "entry" in said
    return Held(rows, int(said["entry"]), said["hash"]) if fits else EMPTY


def _keep(held: Held) -> None:
    """Write the file where it lacks many steps."""
    there = int(pl.read_parquet_metadata(_path()).get("steps", 0)) if _path().exists() else 0
    if abs(held.rows.height - there) < UNKEPT:
        return
    said = {"entry": str(held.entry), "hash": held.hash, "steps": str(held.rows.height)}
    with beside(_path()) as path:
        held.rows.write_parquet(path, metadata=said)
