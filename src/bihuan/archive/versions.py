"""A table of versions: one row per key as it is now, or as it was known at a moment.

Reading takes no lock and never waits for a writer. Time bounds are start instants, `start` <= row < `end`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from bihuan.archive.parts import Part, Parts
from bihuan.domain.timeaxis import INSTANT

ORDER = ["received", "journal"]
STAMP: dict[str, pl.DataType] = {"received": INSTANT, "journal": pl.Int64()}
"""When a version was received, and with which journal entry."""


@dataclass(frozen=True)
class Wanted:
    """Which rows are asked for; None = no bound. keys: values of key columns; moment: received up to then."""

    keys: Mapping[str, Collection[str] | None] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
    moment: datetime | None = None

    def all(self) -> list[pl.Expr]:
        """All conditions."""
        return [*self.of_keys(), *self.of_times()]

    def of_keys(self) -> list[pl.Expr]:
        """The conditions on site and the like."""
        given = {column: sorted(values) for column, values in self.keys.items() if values is not None}
        return [
            pl.col(column) == values[0] if len(values) == 1 else pl.col(column).is_in(values)
            for column, values in given.items()
        ]

    def of_times(self) -> list[pl.Expr]:
        """The conditions on start and receipt."""
        conditions = []
        if self.start is not None:
            conditions.append(pl.col("start") >= self.start)
        if self.end is not None:
            conditions.append(pl.col("start") < self.end)
        if self.moment is not None:
            conditions.append(pl.col("received") <= self.moment)
        return conditions

    def may_lie_in(self, part: Part) -> bool:
        """Whether the part's starts and the span asked for have any in common."""
        return (self.start is None or part.last >= self.start) and (self.end is None or part.first < self.end)

    def has_all_times_of(self, part: Part) -> bool:
        """Whether no row of the part fails the conditions on times; then they need not be looked at."""
        return (
            (self.start is None or part.first >= self.start)
            and (self.end is None or part.last < self.end)
            and (self.moment is None or part.received_last <= self.moment)
        )


ANYTHING = Wanted()


class Versions:
    """The table in `parts`; key: the columns that versions of one row have in common, `site` and `start` among them."""

    def __init__(self, parts: Parts, key: Sequence[str]) -> None:
        self.parts = parts
        self.key = list(key)

    def scan(self, parts: Sequence[Part]) -> pl.LazyFrame:
        """All rows of some parts."""
        if not parts:
            return pl.LazyFrame(schema=self.parts.schema)
        paths = [p.path for p in parts]
        return pl.scan_parquet(paths, schema=self.parts.schema, hive_partitioning=False, glob=False)

    def pick(self, wanted: Wanted) -> list[Part]:
        """The parts that may hold such rows."""
        moment = wanted.moment
        return [
            p
            for p in self.parts.listed()
            if wanted.may_lie_in(p)
            and (p.kind != "superseded" if moment is None else p.received_first <= moment)
        ]

    def last_of_each(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Of several versions of a key, the one received last."""
        return rows.sort(*self.key, *ORDER).unique(self.key, keep="last", maintain_order=True)

    def read(self, wanted: Wanted, columns: Sequence[str] | None = None) -> pl.LazyFrame:
        """One row per key, the version received last (up to `wanted.moment`). In no promised order.

        Only keys that have several versions are sorted out; all others pass as they are.
        """
        parts = self.pick(wanted)
        touched = {p.month for p in parts if p.kind != "base"}
        plain = [p for p in parts if p.month not in touched]
        inside = [p for p in plain if wanted.has_all_times_of(p)]
        border = [p for p in plain if not wanted.has_all_times_of(p)]
        pieces = [self.scan(inside).filter(*wanted.of_keys()), self.scan(border).filter(*wanted.all())]
        if touched:
            single, several = self.split([p for p in parts if p.month in touched], wanted)
            pieces += [single, self.last_of_each(several)]
        whole = pl.concat(pieces)
        return whole.select(columns) if columns is not None else whole

    def split(self, parts: Sequence[Part], wanted: Wanted = ANYTHING) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Rows whose key has one version, and all versions of the keys that have several: base parts hold each key once."""
        base = self.scan([p for p in parts if p.kind == "base"]).filter(*wanted.all())
        others = self.scan([p for p in parts if p.kind != "base"]).filter(*wanted.all())
        keys = others.select(self.key).unique().collect().lazy()
        several = pl.concat([base.join(keys, on=self.key, how="semi"), others])
        return base.join(keys, on=self.key, how="anti"), several

    def every(self, wanted: Wanted) -> pl.LazyFrame:
        """Every version of the rows asked for, whenever it was received."""
        return self.scan([p for p in self.parts.listed() if wanted.may_lie_in(p)]).filter(*wanted.all())
