"""Ambient hours, written: a delivery is compared with what is known, and only what it changes is added."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl
from deltalake.transaction import AddAction, RemoveAction

from bihuan.archive.ambient import COLUMNS, KEY, ORDER, Ambient, last_of_each
from bihuan.archive.parts import Part
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import HOUR
from bihuan.feeds.gather import said


@dataclass(frozen=True)
class Delivery:
    """What is the same for all rows of one journal entry.

    delay: for imported history, the source's usual delay: the first value of a key counts as received at
    its label plus `delay`. None = it counts as received at `received` (live).
    """

    position: int
    source: str
    received: datetime
    delay: timedelta | None


@dataclass
class Counts:
    """What became of the rows of a delivery."""

    new: int = 0
    same: int = 0
    corrected: int = 0


@dataclass
class Change:
    """Parts that are written and wait for the commit."""

    actions: list[AddAction | RemoveAction] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def _merged(name: str, mentioned: bool) -> pl.Expr:
    """Delivered value; the known one where the delivery does not mention it (no column, or NaN)."""
    known = pl.col(f"{name}_known")
    return (
        pl.when(pl.col(name).is_nan()).then(known).otherwise(pl.col(name)).alias(name)
        if mentioned
        else known.alias(name)
    )


def _first_received(delivery: Delivery) -> pl.Expr:
    if delivery.delay is None:
        return pl.lit(delivery.received, dtype=COLUMNS["received"])
    return pl.col("start") + HOUR + delivery.delay


def compare(
    rows: pl.DataFrame, known: pl.DataFrame, delivery: Delivery
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """New rows, corrected rows, and how many rows say what is known already."""
    names = [n for n in BY_NAME if n in rows.columns]
    rows = said(rows).select(*KEY, *names)
    both = rows.join(known, on=KEY, how="left", suffix="_known")
    both = both.rename({n: f"{n}_known" for n in BY_NAME if n not in names})
    merged = both.with_columns(*[_merged(n, n in names) for n in BY_NAME])
    is_new = pl.col("journal").is_null()
    changed = pl.any_horizontal(pl.col(n).ne_missing(pl.col(f"{n}_known")) for n in names)
    new = merged.filter(is_new).with_columns(received=_first_received(delivery))
    corrected = merged.filter(~is_new & changed).with_columns(
        received=pl.max_horizontal(pl.lit(delivery.received, dtype=COLUMNS["received"]), "received")
    )
    stamp = [
        pl.lit(delivery.position, dtype=pl.Int64).alias("journal"),
        pl.lit(delivery.source).alias("source"),
    ]
    stamped = [f.with_columns(*stamp).select(list(COLUMNS)) for f in (new, corrected)]
    return stamped[0], stamped[1], rows.height - new.height - corrected.height


class Storing:
    """The writing side of the table. The caller holds the archive's writer lock."""

    def __init__(self, ambient: Ambient) -> None:
        self.ambient = ambient
        self.parts = ambient.parts

    def add_month(self, change: Change, month: str, rows: pl.DataFrame, delivery: Delivery) -> None:
        """Compare the rows of one month (each key once) with what is known and write what they change."""
        if rows.is_empty():
            return
        low, high = _span(rows)
        known = self.ambient.current(rows["site"].unique().to_list(), low, high).collect()
        new, corrected, same = compare(rows, known, delivery)
        for kind, part in (("base", new), ("tail", corrected)):
            if part.height:
                change.actions.append(self.parts.write(part, kind, month))
        change.counts.new += new.height
        change.counts.corrected += corrected.height
        change.counts.same += same

    def store(self, months: Iterable[tuple[str, pl.DataFrame]], delivery: Delivery) -> Counts:
        """Store a whole delivery at once: all of it becomes visible in one commit, exactly once."""
        change = Change()
        try:
            for month, rows in months:
                self.add_month(change, month, rows, delivery)
            self.parts.commit(change.actions, delivery.position)
        except BaseException:
            if self.parts.stored() < delivery.position:
                self.parts.discard(change.actions)
            raise
        return change.counts

    def crowded(self, files: int = 2) -> list[str]:
        """Months that compaction would make quicker: a tail, or `files` base parts or more."""
        months: dict[str, list[Part]] = {}
        for part in self.parts.listed():
            months.setdefault(part.month, []).append(part)
        return sorted(
            month
            for month, parts in months.items()
            if any(p.kind == "tail" for p in parts) or sum(p.kind == "base" for p in parts) >= files
        )

    def compact_month(self, month: str) -> None:
        """One sorted base part with the current versions; the others go to superseded. Nothing visible changes."""
        parts = [p for p in self.parts.listed() if p.month == month]
        versions = pl.concat(
            [pl.scan_parquet(p.path, schema=COLUMNS, hive_partitioning=False) for p in parts]
        )
        versions = versions.collect().lazy()
        current = last_of_each(versions).collect()
        older = versions.join(current.lazy(), on=[*KEY, *ORDER], how="anti").collect()
        actions: list[AddAction | RemoveAction] = [
            self.parts.write(current, "base", month, data_change=False)
        ]
        if older.height:
            actions.append(self.parts.write(older, "superseded", month, data_change=False))
        self.parts.commit([*actions, *[self.parts.removal(p) for p in parts]])


def _span(rows: pl.DataFrame) -> tuple[datetime, datetime]:
    low, high = rows["start"].min(), rows["start"].max()
    if not isinstance(low, datetime) or not isinstance(high, datetime):
        raise TypeError("rows without a start")
    return low, high + HOUR
