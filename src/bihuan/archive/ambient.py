"""Ambient hours, read: as they are now, as they were known at a moment, and every version of them.

Wide rows: site, start (UTC), the six items and weather, received (UTC), journal (position), source.
Time bounds are start instants, `start` <= row < `end`. Reading takes no lock and never waits for a writer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from bihuan.archive.parts import Part, Parts
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import INSTANT, MONTH
from bihuan.feeds.reading import SCHEMA

KEY = ["site", "start"]
ORDER = ["received", "journal"]
COLUMNS: dict[str, pl.DataType] = {
    **SCHEMA,
    "received": INSTANT,
    "journal": pl.Int64(),
    "source": pl.String(),
}
TWO_DAYS = timedelta(hours=48)


def _scan(parts: Sequence[Part]) -> pl.LazyFrame:
    if not parts:
        return pl.LazyFrame(schema=COLUMNS)
    return pl.scan_parquet([p.path for p in parts], schema=COLUMNS, hive_partitioning=False, glob=False)


def last_of_each(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of several versions of a key, the one received last."""
    return rows.sort(*KEY, *ORDER).unique(KEY, keep="last", maintain_order=True)


@dataclass(frozen=True)
class Wanted:
    """Which rows are asked for; None = no bound."""

    sites: Collection[str] | None = None
    start: datetime | None = None
    end: datetime | None = None
    moment: datetime | None = None

    def all(self) -> list[pl.Expr]:
        """All conditions."""
        return [*self.of_sites(), *self.of_times()]

    def of_sites(self) -> list[pl.Expr]:
        """The condition on the site."""
        if self.sites is None:
            return []
        names = sorted(self.sites)
        return [pl.col("site") == names[0] if len(names) == 1 else pl.col("site").is_in(names)]

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

    def has_all_times_of(self, part: Part) -> bool:
        """Whether no row of the part fails the conditions on times; then they need not be looked at."""
        return (
            (self.start is None or part.first >= self.start)
            and (self.end is None or part.last < self.end)
            and (self.moment is None or part.received_last <= self.moment)
        )


def _resolve(
    parts: Sequence[Part], touched: Collection[str], wanted: Wanted, columns: Sequence[str] | None
) -> pl.LazyFrame:
    """Only keys that have several versions are sorted out; all others pass as they are."""
    plain = [p for p in parts if p.month not in touched]
    inside = [p for p in plain if wanted.has_all_times_of(p)]
    border = [p for p in plain if not wanted.has_all_times_of(p)]
    pieces = [_scan(inside).filter(*wanted.of_sites()), _scan(border).filter(*wanted.all())]
    if touched:
        base = _scan([p for p in parts if p.month in touched and p.kind == "base"]).filter(*wanted.all())
        others = _scan([p for p in parts if p.month in touched and p.kind != "base"]).filter(*wanted.all())
        keys = others.select(KEY).unique().collect().lazy()
        several = pl.concat([base.join(keys, on=KEY, how="semi"), others])
        pieces += [base.join(keys, on=KEY, how="anti"), last_of_each(several)]
    whole = pl.concat(pieces)
    return whole.select(columns) if columns is not None else whole


class Ambient:
    """The table of ambient hours in a folder."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._newest: tuple[int, pl.DataFrame] | None = None
        self._recent: tuple[tuple[int, datetime, datetime], pl.DataFrame] | None = None

    def _pick(self, start: datetime | None, end: datetime | None) -> list[Part]:
        return [
            p
            for p in self.parts.listed()
            if (start is None or p.last >= start) and (end is None or p.first < end)
        ]

    def current(
        self,
        sites: Collection[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.LazyFrame:
        """One row per site and hour: the version received last. In no promised order."""
        parts = [p for p in self._pick(start, end) if p.kind != "superseded"]
        touched = {p.month for p in parts if p.kind == "tail"}
        return _resolve(parts, touched, Wanted(sites, start, end), columns)

    def as_of(
        self,
        moment: datetime,
        sites: Collection[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.LazyFrame:
        """One row per site and hour: the version received last among those received up to `moment`."""
        parts = [p for p in self._pick(start, end) if p.received_first <= moment]
        touched = {p.month for p in parts if p.kind != "base"}
        return _resolve(parts, touched, Wanted(sites, start, end, moment), columns)

    def seen(
        self,
        as_of: datetime | None,
        sites: Collection[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.LazyFrame:
        """`as_of` when a moment is given, else `current`."""
        if as_of is None:
            return self.current(sites, start, end, columns)
        return self.as_of(as_of, sites, start, end, columns)

    def latest(
        self,
        as_of: datetime | None = None,
        within: timedelta = TWO_DAYS,
        sites: Collection[str] | None = None,
    ) -> pl.DataFrame:
        """The newest row of each site, looking back `within` from `as_of` (or from the newest hour); by site."""
        listed = self.parts.listed()
        if not listed:
            return pl.DataFrame(schema=COLUMNS)
        until = as_of or max(p.last for p in listed) + timedelta(hours=1)
        known = Wanted(sites, until - within, until, as_of)
        versions = self._versions(until - within, until).filter(*known.all())
        return versions.unique("site", keep="last", maintain_order=True).sort("site")

    def _versions(self, start: datetime, end: datetime) -> pl.DataFrame:
        """Every version in the days around a span, by time; kept until the table or the days change, for pages that ask often."""
        first = start.replace(hour=0, minute=0, second=0, microsecond=0)
        last = end.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        key = (self.parts.version(), first, last)
        kept = self._recent
        if kept is None or kept[0] != key:
            rows = _scan(self._pick(first, last)).filter(*Wanted(None, first, last).all())
            kept = self._recent = (key, rows.sort("start", *ORDER).collect())
        return kept[1]

    def coverage(self, start: datetime, end: datetime, as_of: datetime | None = None) -> pl.DataFrame:
        """Per site and month (local): hours with any of the six items, hours expected, share; by site, month."""
        rows = self.seen(as_of, None, start, end, [*KEY, *ITEM_NAMES])
        any_item = pl.any_horizontal(pl.col(c).is_not_null() for c in ITEM_NAMES)
        have = rows.group_by("site", MONTH.alias("month")).agg(hours=any_item.sum().cast(pl.Int64)).collect()
        hours = pl.datetime_range(start, end, "1h", closed="left", time_zone="UTC", eager=True)
        expected = (
            pl.DataFrame({"start": hours})
            .group_by(MONTH.alias("month"))
            .agg(expected=pl.len().cast(pl.Int64))
        )
        all_cells = have.select("site").unique().join(expected, how="cross")
        return (
            all_cells.join(have, on=["site", "month"], how="left")
            .with_columns(pl.col("hours").fill_null(0))
            .select("site", "month", "hours", "expected", share=pl.col("hours") / pl.col("expected"))
            .sort("site", "month")
        )

    def history(self, site: str, start: datetime, end: datetime) -> pl.DataFrame:
        """Every version of every hour of a site, by start and receipt."""
        rows = _scan(self._pick(start, end)).filter(*Wanted([site], start, end).all())
        return rows.collect().sort(*KEY, *ORDER)

    def newest(self) -> pl.DataFrame:
        """Per source: newest `start`, newest `received` and how many rows; by source."""
        version = self.parts.version()
        if self._newest is None or self._newest[0] != version:
            rows = _scan([p for p in self.parts.listed() if p.kind != "superseded"])
            ends = pl.col("start").max(), pl.col("received").max(), pl.len().alias("rows")
            self._newest = (version, rows.group_by("source").agg(*ends).sort("source").collect())
        return self._newest[1]
