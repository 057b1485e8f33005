"""Observations, written: a delivery is compared with what is known, and only what it changes is added."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl
from deltalake.transaction import AddAction, RemoveAction

from bihuan.archive.parts import Part
from bihuan.archive.versions import ORDER, Versions, Wanted
from bihuan.domain.timeaxis import INSTANT


@dataclass(frozen=True)
class Delivery:
    """What is the same for all rows of one journal entry.

    delay: for imported history, the source's usual delay: the first value of a key counts as received at
    the end of its period plus `delay`. None = it counts as received at `received` (live).
    """

    position: int
    source: str
    received: datetime
    delay: timedelta | None


@dataclass
class Counts:
    """What became of the rows of a delivery; `empty`: rows that say nothing of what nobody knew."""

    new: int = 0
    same: int = 0
    corrected: int = 0
    empty: int = 0


@dataclass(frozen=True)
class News:
    """What a delivery changes: rows of keys that nobody knew, later versions of others; how many rows change nothing, or say nothing."""

    new: pl.DataFrame
    corrected: pl.DataFrame
    same: int
    empty: int


TRUE = pl.lit(True)
Compare = Callable[[pl.DataFrame, pl.DataFrame, Delivery], News]
"""Delivered rows (each key once), the known versions of their keys among others, the delivery -> what is new."""


def sorted_out(
    merged: pl.DataFrame,
    delivery: Delivery,
    *,
    changed: pl.Expr,
    end: pl.Expr,
    columns: Sequence[str],
    worth: pl.Expr = TRUE,
) -> News:
    """Delivered rows beside what is known of their keys (`received` and `journal` of it, null where nothing is) as news.

    changed: does a row say something else than is known? end: of its period. worth: does a row of a new key say anything?
    """
    is_new = pl.col("journal").is_null()
    now = pl.lit(delivery.received, INSTANT)
    first = now if delivery.delay is None else end + delivery.delay
    position = pl.lit(delivery.position, pl.Int64).alias("journal")
    news = merged.filter(is_new)
    new = news.filter(worth).with_columns(position, received=first)
    later = pl.max_horizontal(now, "received")
    corrected = merged.filter(~is_new & changed).with_columns(position, received=later)
    same = merged.height - news.height - corrected.height
    return News(new.select(columns), corrected.select(columns), same, news.height - new.height)


@dataclass
class Change:
    """Parts that are written and wait for the commit."""

    actions: list[AddAction | RemoveAction] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


class Storing:
    """The writing side of a table of versions. The caller holds the archive's writer lock."""

    def __init__(self, versions: Versions, compare: Compare) -> None:
        self.versions, self.compare = versions, compare
        self.parts = versions.parts

    def add_month(self, change: Change, month: str, rows: pl.DataFrame, delivery: Delivery) -> None:
        """Compare the rows of one month (each key once) with what is known and write what they change."""
        if rows.is_empty():
            return
        low, after = _span(rows)
        known = self.versions.read(Wanted({"site": rows["site"].unique().to_list()}, low, after)).collect()
        news = self.compare(rows, known, delivery)
        for kind, part in (("base", news.new), ("tail", news.corrected)):
            if part.height:
                change.actions.append(self.parts.write(part, kind, month))
        change.counts.new += news.new.height
        change.counts.corrected += news.corrected.height
        change.counts.same += news.same
        change.counts.empty += news.empty

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
        base, several = self.versions.split(parts)
        last = self.versions.last_of_each(several)
        older = several.join(last, on=[*self.versions.key, *ORDER], how="anti").collect()
        current = pl.concat([base, last]).collect()
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
    return low, high + timedelta(microseconds=1)
