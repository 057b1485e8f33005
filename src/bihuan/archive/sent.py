"""What senders push day and night, in a journal and a table of its own: imports of files should not read past all that.

A later, different row of the same key is a further version; the one received last counts. A row lies at a `site` and a `start`;
`received` and `journal` say when it came and with which entry of the journal.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import polars as pl
from deltalake.transaction import AddAction, RemoveAction

from bihuan.archive.journal import Journal
from bihuan.archive.parts import ROW_GROUP, Part, Parts
from bihuan.archive.storing import Counts, Delivery
from bihuan.domain.timeaxis import CST, INSTANT, MONTH

KIND = "base"
CROWDED = 12
MERGED_ROWS = 2_000_000  # of a merged part at most; it bounds the memory


@dataclass(frozen=True)
class Layout:
    """columns: of the table. key: those that versions of one row have in common. said: those in which a later version may differ.

    later: columns that older parts do not have, and what they hold there. row_group: rows that are read together.
    """

    columns: Mapping[str, pl.DataType]
    key: Sequence[str]
    said: Sequence[str]
    later: Mapping[str, object] = field(default_factory=dict)
    row_group: int = ROW_GROUP

    def last_of_each(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Of several versions of a key, the one that came last; in no promised order.

        Few keys have several versions: those are sorted out, all others pass as they are.
        """
        key = list(self.key)
        marked = rows.with_columns(several=pl.struct(key).hash().is_duplicated())
        several = marked.filter("several").sort(*key, "journal").unique(key, keep="last")
        return pl.concat([marked.filter(~pl.col("several")), several]).drop("several")

    def news(self, rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
        """Rows that say something else than the version of their key that came before; a resend says nothing."""
        key = list(self.key)
        both = pl.concat([known.with_columns(old=True), rows.with_columns(old=False)])
        both = both.sort(*key, "journal")
        first = pl.struct(key).ne_missing(pl.struct(key).shift(1))
        other = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift(1)) for c in self.said)
        return both.filter((first | other) & ~pl.col("old")).drop("old")

    def scan(self, paths: list[str]) -> pl.LazyFrame:
        """The rows of parts, older ones with all columns too."""
        rows = pl.scan_parquet(
            paths, schema=dict(self.columns), hive_partitioning=False, glob=False, missing_columns="insert"
        )
        return rows.with_columns(pl.col(name).fill_null(value) for name, value in self.later.items())


def stamped(rows: pl.DataFrame, end: str, delivery: Delivery) -> pl.DataFrame:
    """With `received` and `journal`. History counts as received its delay after `end` (a column of instants, null: not known), but never later than it came."""
    now = pl.lit(delivery.received, INSTANT)
    late = now if delivery.delay is None else pl.col(end) + delivery.delay
    return rows.with_columns(
        received=pl.min_horizontal(now, late), journal=pl.lit(delivery.position, pl.Int64)
    )


def day_of(part: Part) -> date | None:
    """The local day that a part lies in; None when it lies in several."""
    first, last = (t.astimezone(CST).date() for t in (part.first, part.last))
    return first if first == last else None


class Sent:
    """A journal and a table in a folder."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        """Open, and make what is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.layout = folder, layout
        self.journal = Journal(folder / "journal")
        self.parts = Parts(folder / "table", dict(layout.columns), row_group=layout.row_group)
        self.parts.create()

    def versions(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        sites: str | Collection[str] | None = None,
        as_of: datetime | None = None,
    ) -> pl.LazyFrame:
        """Every version with `start` <= start <= `end` of some sites (None: all), received up to `as_of`, in no order."""
        picked = [
            p.path
            for p in self.parts.listed()
            if (start is None or p.last >= start) and (end is None or p.first <= end)
        ]
        if not picked:
            return pl.LazyFrame(schema=dict(self.layout.columns))
        rows = self.layout.scan(picked)
        conditions = [] if start is None else [pl.col("start") >= start]
        conditions += [] if end is None else [pl.col("start") <= end]
        conditions += [] if as_of is None else [pl.col("received") <= as_of]
        if sites is not None:
            conditions.append(pl.col("site").is_in([sites] if isinstance(sites, str) else list(sites)))
        return rows.filter(*conditions)

    def current(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        sites: str | Collection[str] | None = None,
        as_of: datetime | None = None,
    ) -> pl.LazyFrame:
        """One row per key, the version that came last (up to `as_of`), by key; both ends are included."""
        return self.layout.last_of_each(self.versions(start, end, sites, as_of)).sort(self.layout.key)

    def history(self) -> pl.LazyFrame:
        """Every version of every row, by key and arrival."""
        return self.versions().sort(*self.layout.key, "journal")

    def store(self, rows: pl.DataFrame, position: int) -> int:
        """Add what is new in rows of journal entries up to `position`, in one commit, exactly once.

        The caller holds the archive's writer lock and has seen that `position` is beyond `parts.stored()`.
        Returns how many rows were added.
        """
        fresh = self.layout.news(rows, self.known(rows))
        self._put([fresh], position)
        return fresh.height

    def deliver(self, frames: Iterable[pl.DataFrame], delivery: Delivery) -> Counts:
        """Add what is new in the frames of an imported file (`stamped`), each a part, in one commit, exactly once; what became of their rows.

        A later version counts as received when it came, whatever its row says. The caller holds the archive's writer lock.
        """
        counts = Counts()
        if self.parts.stored() < delivery.position:
            self._put(self._news(frames, delivery, counts), delivery.position)
        return counts

    def _news(
        self, frames: Iterable[pl.DataFrame], delivery: Delivery, counts: Counts
    ) -> Iterator[pl.DataFrame]:
        key = list(self.layout.key)
        for frame in frames:
            known = self.known(frame)
            news = self.layout.news(frame, known)
            later = news.join(known, on=key, how="semi")
            counts.new += news.height - later.height
            counts.corrected += later.height
            counts.same += frame.height - news.height
            later = later.with_columns(received=pl.lit(delivery.received, INSTANT))
            yield pl.concat([news.join(known, on=key, how="anti"), later])

    def _put(self, frames: Iterable[pl.DataFrame], position: int) -> None:
        actions: list[AddAction | RemoveAction] = []
        try:
            for frame in frames:
                for (month,), part in frame.with_columns(month=MONTH).group_by("month"):
                    actions.append(self.parts.write(part, KIND, str(month)))
            self.parts.commit(actions, position)
        except BaseException:
            if self.parts.stored() < position:
                self.parts.discard(actions)
            raise

    def known(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The versions that count now of the keys of some rows."""
        low, high = rows["start"].min(), rows["start"].max()
        if not isinstance(low, datetime) or not isinstance(high, datetime):
            return pl.DataFrame(schema=dict(self.layout.columns))
        same = rows.select(self.layout.key).unique().lazy()
        of_sites = self.versions(low, high, rows["site"].unique().to_list())
        return self.layout.last_of_each(of_sites.join(same, on=list(self.layout.key), how="semi")).collect()

    def compact(self, files: int = CROWDED) -> list[str]:
        """Merge small parts of a local day where there are `files` of them or more; returns the months it touched.

        Parts of one day stay apart from those of another (of several days: by themselves), so that what comes today
        leaves the files alone from which earlier days were worked out. Needs the writer lock.
        """
        groups: dict[tuple[str, date | None], list[Part]] = {}
        for part in sorted(self.parts.listed(), key=lambda p: p.rows):
            groups.setdefault((part.month, day_of(part)), []).append(part)
        done = set()
        for (month, _), parts in groups.items():
            sums = accumulate(p.rows for p in parts)
            small = [p for p, rows in zip(parts, sums, strict=True) if rows <= MERGED_ROWS]
            if len(small) >= files:
                self._merge(month, small)
                done.add(month)
        return sorted(done)

    def _merge(self, month: str, parts: list[Part]) -> None:
        whole = self.parts.write(
            self.layout.scan([p.path for p in parts]).collect(), KIND, month, data_change=False
        )
        self.parts.commit([whole, *[self.parts.removal(p) for p in parts]])

    def vacuum(self, unused_for: timedelta) -> int:
        """Delete files that no version of the last `unused_for` needs. Needs the writer lock."""
        return self.parts.vacuum(unused_for)

    def files(self) -> list[Path]:
        """All files that make up table and journal now. Needs the writer lock."""
        return [*self.parts.files(), *self.journal.segments()]
