"""Records of field loggers, long: one row per device, command, data time and key of CP.

They have a journal of their own: loggers send day and night, and imports of files should not read past all that.
Inside, `site` is the device (MN) and `start` the DataTime of the packet as an instant: in HJ 212 periods are labelled
by their START, real-time values by their moment. A later, different value is a further row; the one received last counts.

`code` is empty for keys that have none, `subject` is the PolId that speaks of a row. `place` tells rows apart that have all else of
their key in common: the place among them in their packet, of a log the checksum of its text, as every log is kept.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import polars as pl
from deltalake.transaction import AddAction, RemoveAction

from bihuan.archive.journal import Journal
from bihuan.archive.parts import Part, Parts
from bihuan.domain.timeaxis import CST, INSTANT, MONTH

COLUMNS: dict[str, pl.DataType] = {
    "site": pl.String(),
    "start": INSTANT,
    "cn": pl.String(),
    "st": pl.String(),
    "code": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "number": pl.Float64(),
    "flag": pl.String(),
    "edition": pl.Int64(),
    "time_from": pl.String(),
    "received": INSTANT,
    "journal": pl.Int64(),
    "subject": pl.String(),
    "place": pl.Int64(),
}
KEY = ["site", "cn", "start", "code", "field", "subject", "place"]
LATER = {"subject": "", "place": 0}
"""Columns that parts of before 2026-12 do not have, and what they hold there."""
SAID = ["value", "flag"]

KIND = "base"
CROWDED = 12
MERGED_ROWS = 2_000_000  # of a merged part at most; it bounds the memory


def last_of_each(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of several versions of a key, the one that came last; in no promised order.

    Few keys have several versions: those are sorted out, all others pass as they are.
    """
    marked = rows.with_columns(several=pl.struct(KEY).hash().is_duplicated())
    several = marked.filter("several").sort(*KEY, "journal").unique(KEY, keep="last")
    return pl.concat([marked.filter(~pl.col("several")), several]).drop("several")


def news(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows that say something else than the version of their key that came before; a resend says nothing."""
    both = pl.concat([known.with_columns(old=True), rows.with_columns(old=False)])
    both = both.sort(*KEY, "journal")
    first = pl.struct(KEY).ne_missing(pl.struct(KEY).shift(1))
    other = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift(1)) for c in SAID)
    return both.filter((first | other) & ~pl.col("old")).drop("old")


def _scan(paths: list[str]) -> pl.LazyFrame:
    """The rows of parts, older ones with all columns too."""
    rows = pl.scan_parquet(
        paths, schema=COLUMNS, hive_partitioning=False, glob=False, missing_columns="insert"
    )
    return rows.with_columns(pl.col(name).fill_null(value) for name, value in LATER.items())


def _day_of(part: Part) -> date | None:
    """The local day that a part lies in; None when it lies in several."""
    first, last = (t.astimezone(CST).date() for t in (part.first, part.last))
    return first if first == last else None


class Devices:
    """The devices' journal and table in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open, and make what is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.journal = Journal(folder / "journal")
        self.forwarded = folder / "forward"
        self.parts = Parts(folder / "table", COLUMNS)
        self.parts.create()

    def versions(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        sites: str | Collection[str] | None = None,
        as_of: datetime | None = None,
    ) -> pl.LazyFrame:
        """Every version with `start` <= start <= `end` of some devices (None: all), received up to `as_of`, in no order."""
        picked = [
            p.path
            for p in self.parts.listed()
            if (start is None or p.last >= start) and (end is None or p.first <= end)
        ]
        if not picked:
            return pl.LazyFrame(schema=COLUMNS)
        rows = _scan(picked)
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
        return last_of_each(self.versions(start, end, sites, as_of)).sort(KEY)

    def last_of(self, sites: Collection[str], as_of: datetime) -> dict[str, tuple[datetime, datetime]]:
        """Of each of these devices that had sent any by `as_of`: start of its latest record, and when that was received.

        Newest parts first, until none that is left can hold a later one, and ever more at once; parts are sorted by
        device, so that looking for one reads little.
        """
        found: dict[str, tuple[datetime, datetime]] = {}
        left, count = sorted(self.parts.listed(), key=lambda p: p.last, reverse=True), 1
        while left:
            reach = left[0].last
            asked = [site for site in sites if site not in found or found[site][0] <= reach]
            if not asked:
                break
            rows = _scan([p.path for p in left[:count]])
            mine = rows.filter(pl.col("site").is_in(asked) & (pl.col("received") <= as_of))
            latest = mine.group_by("site").agg(
                pl.col("start", "received").sort_by("start", "received").last()
            )
            for site, *times in latest.collect().iter_rows():
                found[site] = max(found.get(site, tuple(times)), tuple(times))
            left, count = left[count:], 2 * count
        return found

    def history(self) -> pl.LazyFrame:
        """Every version of every row, by key and arrival."""
        return self.versions().sort(*KEY, "journal")

    def store(self, rows: pl.DataFrame, position: int) -> int:
        """Add what is new in rows of journal entries up to `position`, in one commit, exactly once.

        The caller holds the archive's writer lock and has seen that `position` is beyond `parts.stored()`.
        Returns how many rows were added.
        """
        fresh = news(rows, self._known(rows))
        actions: list[AddAction | RemoveAction] = []
        try:
            for (month,), part in fresh.with_columns(month=MONTH).group_by("month"):
                actions.append(self.parts.write(part, KIND, str(month)))
            self.parts.commit(actions, position)
        except BaseException:
            if self.parts.stored() < position:
                self.parts.discard(actions)
            raise
        return fresh.height

    def _known(self, rows: pl.DataFrame) -> pl.DataFrame:
        low, high = rows["start"].min(), rows["start"].max()
        if not isinstance(low, datetime) or not isinstance(high, datetime):
            return pl.DataFrame(schema=COLUMNS)
        same = rows.select(KEY).unique().lazy()
        of_sites = self.versions(low, high, rows["site"].unique().to_list())
        return last_of_each(of_sites.join(same, on=KEY, how="semi")).collect()

    def compact(self, files: int = CROWDED) -> list[str]:
        """Merge small parts of a local day where there are `files` of them or more; returns the months it touched.

        Parts of one day stay apart from those of another (of several days: by themselves), so that what comes today
        leaves the files alone from which earlier days were worked out. Needs the writer lock.
        """
        groups: dict[tuple[str, date | None], list[Part]] = {}
        for part in sorted(self.parts.listed(), key=lambda p: p.rows):
            groups.setdefault((part.month, _day_of(part)), []).append(part)
        done = set()
        for (month, _), parts in groups.items():
            sums = accumulate(p.rows for p in parts)
            small = [p for p, rows in zip(parts, sums, strict=True) if rows <= MERGED_ROWS]
            if len(small) >= files:
                self._merge(month, small)
                done.add(month)
        return sorted(done)

    def _merge(self, month: str, parts: list[Part]) -> None:
        whole = self.parts.write(_scan([p.path for p in parts]).collect(), KIND, month, data_change=False)
        self.parts.commit([whole, *[self.parts.removal(p) for p in parts]])

    def vacuum(self, unused_for: timedelta) -> int:
        """Delete files that no version of the last `unused_for` needs. Needs the writer lock."""
        return self.parts.vacuum(unused_for)

    def files(self) -> list[Path]:
        """All files that make up table and journal now, and the ended requests to devices. Needs the writer lock."""
        asked = sorted((self.folder / "commands" / "done").rglob("[0-9]*.json"))
        return [*self.parts.files(), *self.journal.segments(), *asked]
