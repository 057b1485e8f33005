"""Vehicle tests, their curves and the daily checks of lines: three tables of versions beside the devices'.

A curve is one row with a list for each quantity: a million tests of 180 s are a million rows. Its `site` is the test's number, by which a page finds it without
reading others; its `start` is the test's begin where that is known when it comes, else when it came. `digest` tells versions apart.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.archive.sent import Layout, Sent
from bihuan.archive.versions import STAMP
from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicle_tests.tables import CHANNELS, CHECKED, CURVE, TESTS, TRACES

TRACE_GROUP = 512
PART_TESTS = 20_000
"""Curves in one part at most; it bounds the memory of who looks at all of them."""
TEST_COLUMNS = {"site": TESTS["site"], "start": TESTS["start"], **STAMP, **TESTS}
TRACE_COLUMNS: dict[str, pl.DataType] = {
    "site": pl.String(),
    "start": INSTANT,
    **STAMP,
    "digest": pl.Int64(),
    **dict.fromkeys(CHANNELS, CURVE),
}
DAILY_COLUMNS = {"site": CHECKED["site"], "start": CHECKED["start"], **STAMP, **CHECKED}
TEST_LAYOUT = Layout(TEST_COLUMNS, ("test",), [c for c in TESTS if c != "test"])
TRACE_LAYOUT = Layout(TRACE_COLUMNS, ("site",), ("digest",), row_group=TRACE_GROUP)
DAILY_LAYOUT = Layout(DAILY_COLUMNS, ("site", "line", "start", "kind"), ("result",))


class _Table(Sent):
    """A later version of a row may lie at another time: what is known of a key is looked for in all of the table."""

    def known(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The versions that count now of the keys of some rows, wherever in time they lie."""
        keys = rows.select(self.layout.key).unique().lazy()
        every = self.versions(sites=rows["site"].unique().to_list() if "site" in self.layout.key else None)
        return self.layout.last_of_each(every.join(keys, on=list(self.layout.key), how="semi")).collect()


class VehicleTests:
    """The three tables below a folder's root."""

    NAMES = ("vehicle_tests", "vehicle_traces", "vehicle_daily")

    def __init__(self, root: Path) -> None:
        """Open, and make what is missing."""
        self.tests, self.traces, self.daily = (
            _Table(root / name, layout)
            for name, layout in zip(self.NAMES, (TEST_LAYOUT, TRACE_LAYOUT, DAILY_LAYOUT), strict=True)
        )

    def every(self) -> list[Sent]:
        """The tables."""
        return [self.tests, self.traces, self.daily]

    def begins(self, tests: list[str]) -> dict[str, datetime]:
        """When tests began, of those that are known."""
        rows = self.tests.versions().filter(pl.col("test").is_in(tests)).select("test", "start").collect()
        return dict(rows.iter_rows())

    def trace(self, test: str, as_of: datetime | None = None) -> pl.DataFrame:
        """TRACES of one test, no row where none came."""
        return as_traces(self.traces.current(sites=test, as_of=as_of)).collect()

    def parts_of_traces(self, since: datetime, as_of: datetime) -> Iterable[pl.DataFrame]:
        """TRACES of tests that began (or whose curves came) since then, part by part. A later version of a curve lies in a later part: it is given alone."""
        listed = [p for p in self.traces.parts.listed() if p.last >= since]
        whole = self.traces.versions(since, None, as_of=as_of).select("site", "journal").collect()
        newest = whole.group_by("site").agg(pl.col("journal").max())
        for part in sorted(listed, key=lambda p: p.first):
            rows = self.traces.layout.scan([part.path]).filter(
                pl.col("start") >= since, pl.col("received") <= as_of
            )
            yield as_traces(rows.join(newest.lazy(), on=["site", "journal"], how="semi")).collect()


def as_traces(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Stored curves as TRACES."""
    return rows.select(pl.col("site").alias("test"), *CHANNELS).cast(TRACES)
