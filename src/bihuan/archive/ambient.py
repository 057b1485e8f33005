"""Ambient hours, read: as they are now, as they were known at a moment, and every version of them.

Wide rows: site, start (UTC), the six items and weather, received (UTC), journal (position), source.
Time bounds are start instants, `start` <= row < `end`. Reading takes no lock and never waits for a writer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import polars as pl

from bihuan.archive.parts import Parts
from bihuan.archive.storing import Delivery, News, sorted_out
from bihuan.archive.versions import ORDER, STAMP, Versions, Wanted
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.timeaxis import HOUR, MONTH
from bihuan.feeds.gather import said
from bihuan.feeds.reading import SCHEMA

KEY = ["site", "start"]
COLUMNS: dict[str, pl.DataType] = {**SCHEMA, **STAMP, "source": pl.String()}
TWO_DAYS = timedelta(hours=48)


def _merged(name: str, mentioned: bool) -> pl.Expr:
    """Delivered value; the known one where the delivery does not mention it (no column, or NaN)."""
    known = pl.col(f"{name}_known")
    return (
        pl.when(pl.col(name).is_nan()).then(known).otherwise(pl.col(name)).alias(name)
        if mentioned
        else known.alias(name)
    )


def compare(rows: pl.DataFrame, known: pl.DataFrame, delivery: Delivery) -> News:
    """What a delivery of ambient hours changes."""
    names = [n for n in BY_NAME if n in rows.columns]
    rows = said(rows).select(*KEY, *names)
    both = rows.join(known, on=KEY, how="left", suffix="_known")
    both = both.rename({n: f"{n}_known" for n in BY_NAME if n not in names})
    merged = both.with_columns(*[_merged(n, n in names) for n in BY_NAME])
    merged = merged.with_columns(source=pl.lit(delivery.source))
    changed = pl.any_horizontal(pl.col(n).ne_missing(pl.col(f"{n}_known")) for n in names)
    return sorted_out(merged, delivery, changed=changed, end=pl.col("start") + HOUR, columns=list(COLUMNS))


def _wanted(
    sites: Collection[str] | None, start: datetime | None, end: datetime | None, moment: datetime | None
) -> Wanted:
    return Wanted({"site": sites}, start, end, moment)


class Ambient(Versions):
    """The table of ambient hours in a folder."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, KEY)
        self._newest: tuple[int, pl.DataFrame] | None = None
        self._recent: tuple[tuple[int, datetime, datetime], pl.DataFrame] | None = None

    def current(
        self,
        sites: Collection[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.LazyFrame:
        """One row per site and hour: the version received last. In no promised order."""
        return self.read(_wanted(sites, start, end, None), columns)

    def as_of(
        self,
        moment: datetime,
        sites: Collection[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.LazyFrame:
        """One row per site and hour: the version received last among those received up to `moment`."""
        return self.read(_wanted(sites, start, end, moment), columns)

    def seen(
        self,
        as_of: datetime | None,
        sites: Collection[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.LazyFrame:
        """`as_of` when a moment is given, else `current`."""
        return self.read(_wanted(sites, start, end, as_of), columns)

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
        known = _wanted(sites, until - within, until, as_of)
        versions = self._versions(until - within, until).filter(*known.all())
        return versions.unique("site", keep="last", maintain_order=True).sort("site")

    def _versions(self, start: datetime, end: datetime) -> pl.DataFrame:
        """Every version in the days around a span, by time; kept until the table or the days change, for pages that ask often."""
        first = start.replace(hour=0, minute=0, second=0, microsecond=0)
        last = end.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        key = (self.parts.version(), first, last)
        kept = self._recent
        if kept is None or kept[0] != key:
            rows = self.every(Wanted(start=first, end=last))
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
        return self.every(_wanted([site], start, end, None)).collect().sort(*KEY, *ORDER)

    def newest(self) -> pl.DataFrame:
        """Per source: newest `start`, newest `received` and how many rows; by source."""
        version = self.parts.version()
        if self._newest is None or self._newest[0] != version:
            rows = self.scan(self.pick(Wanted()))
            ends = pl.col("start").max(), pl.col("received").max(), pl.len().alias("rows")
            self._newest = (version, rows.group_by("source").agg(*ends).sort("source").collect())
        return self._newest[1]
