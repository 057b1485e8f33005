"""How quick is the store of long observations? `python benchmarks/observations.py [--rows 100] [--folder DIR]`.

Builds `--rows` million made-up hours of 1,000 sites and 5 quantities, month by month, with late corrections in the newest
month, and times what pages and checks ask of it beside DuckDB on the same Parquet files, in the same run. With --folder the
store stays there and is used again.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import psutil

from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.archive.storing import Delivery
from bihuan.domain.timeaxis import MONTH

SITES = [f"DM{i:04d}" for i in range(1000)]
CODES = ("w01009", "w01019", "w21001", "w21003", "w21011")
END = datetime(2021, 12, 31, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOALS = {"a site-month": 50.0, "latest of 5,000 series": 100.0}
"""Milliseconds."""


def month_starts(hours: int) -> list[datetime]:
    """Starts of the local months that `hours` before END touch, the first one cut, and END."""
    first = END - timedelta(hours=hours)
    days = pl.datetime_range(first, END, "1d", closed="left", time_zone="UTC", eager=True).alias("start")
    begins = days.to_frame().group_by(MONTH.alias("m")).agg(pl.col("start").min())["start"].sort().to_list()
    local = [b + timedelta(hours=8) for b in begins]
    return [first, *[datetime(d.year, d.month, 1, tzinfo=UTC) - timedelta(hours=8) for d in local[1:]], END]


def made_up(start: datetime, end: datetime, chance: np.random.Generator) -> pl.DataFrame:
    """Hours of all series with values that compress like published ones (three decimals)."""
    starts = pl.datetime_range(start, end, "1h", closed="left", eager=True, time_unit="us", time_zone="UTC")
    series = pl.DataFrame({"site": SITES}).join(pl.DataFrame({"quantity": CODES}), how="cross")
    rows = series.with_columns(period=pl.lit("hour")).join(pl.DataFrame({"start": starts}), how="cross")
    values = np.round(chance.gamma(2, 0.4, rows.height), 3)
    return rows.with_columns(value=pl.Series(values), flag=pl.lit("N"))


def deliver(archive: Archive, rows: pl.DataFrame, month: str) -> None:
    """Journal and store one delivery, as the flow of files does."""
    with archive.writing():
        now = datetime.now(UTC)
        position = archive.journal.append("benchmark", b"", now)
        delivery = Delivery(position, "benchmark", now, timedelta(0))
        archive.observations.storing.store([(month, rows)], delivery)


def build(archive: Archive, millions: int) -> None:
    """All months, then late corrections and the newest hours one by one."""
    chance = np.random.default_rng(7)
    starts = month_starts(millions * 1_000_000 // (len(SITES) * len(CODES)))
    for start, end in pairwise(starts):
        month = f"{start + timedelta(hours=8):%Y-%m}"
        deliver(archive, made_up(start, end, chance), month)
        sys.stderr.write(f"built {month}, memory {memory()} MB\n")
    late = made_up(END - timedelta(hours=48), END - timedelta(hours=47), chance)
    deliver(archive, late, f"{END - HOUR:%Y-%m}")
    for n in range(12):
        deliver(
            archive,
            made_up(END + n * HOUR, END + (n + 1) * HOUR, chance),
            f"{END + timedelta(hours=9):%Y-%m}",
        )
    archive.observations.remember()


def memory() -> int:
    """Highest memory of this process so far, MB."""
    return int(psutil.Process().memory_info().rss / 1e6)


def median_ms(work: Callable[[], object], times: int = 7) -> float:
    """Median of several runs, the first one (cold) left out."""
    work()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return sorted(took)[times // 2] * 1000


def line(name: str, ours: float, theirs: float) -> bool:
    """One line of the table; whether the goal is met."""
    goal = next((g for n, g in GOALS.items() if name.startswith(n)), None)
    met = goal is None or ours < goal
    said = "" if goal is None else f"   goal {goal:.0f} ms {'met' if met else 'MISSED'}"
    sys.stdout.write(
        f"{name:<44} {ours:9.1f} ms   DuckDB {theirs:9.1f} ms   ratio {ours / theirs:5.2f}{said}\n"
    )
    sys.stdout.flush()
    return met


class Reference:
    """DuckDB on the parts that are current."""

    def __init__(self, archive: Archive) -> None:
        self.duck = duckdb.connect()
        self.duck.execute("SET TimeZone = 'UTC'")
        self.parts = [p for p in archive.observations.parts.listed() if p.kind != "superseded"]

    def files(self, since: datetime, until: datetime) -> str:
        """The parts that touch a span: what our own list of parts saves, DuckDB need not open either."""
        paths = [p.path for p in self.parts if p.last >= since and p.first < until]
        return "read_parquet([" + ", ".join(f"'{p}'" for p in paths) + "], hive_partitioning=false)"

    def site_month(self, start: datetime, end: datetime) -> float:
        """Milliseconds for the rows of a site in a span."""
        asked = f"SELECT * FROM {self.files(start, end)} WHERE site = 'DM0500' AND start >= ? AND start < ?"
        return median_ms(lambda: self.duck.execute(asked, [start, end]).fetchnumpy())

    def newest(self, since: datetime) -> float:
        """Milliseconds for the newest row of each series."""
        asked = (
            f"SELECT site, quantity, period, max(start), arg_max(value, (start, received)) FROM "
            f"{self.files(since, END + 99 * HOUR)} GROUP BY ALL"
        )
        return median_ms(lambda: self.duck.execute(asked).fetchnumpy(), 3)


def measure(archive: Archive) -> bool:
    """All the measures; whether every goal is met."""
    observations, reference = archive.observations, Reference(archive)
    spans = {
        "a site-month": (END - timedelta(days=92), END - timedelta(days=61)),
        "a site-month with corrections in it": (END - timedelta(days=31), END),
    }
    met = []
    for name, (start, end) in spans.items():
        asked = Asked(["DM0500"], start=start, end=end)
        rows = observations.read(asked).collect()
        assert rows.height == 31 * 24 * len(CODES), rows.height
        met.append(line(name, median_ms(lambda a=asked: observations.read(a).collect()), reference.site_month(start, end)))  # fmt: skip
    theirs = reference.newest(END - timedelta(days=31))
    assert observations.latest(Asked()).height == len(SITES) * len(CODES)

    def of_a_new_process() -> pl.DataFrame:
        return Archive(archive.root).observations.latest(Asked())

    met.append(line("latest of 5,000 series", median_ms(lambda: observations.latest(Asked())), theirs))
    met.append(line("latest of 5,000 series, first question", median_ms(of_a_new_process), theirs))
    then = Asked(as_of=datetime.now(UTC))
    met.append(line("latest of 5,000 series as of now", median_ms(lambda: observations.latest(then)), theirs))
    past = Asked(as_of=END - timedelta(days=40))
    line("latest as of 40 days ago", median_ms(lambda: observations.latest(past), 3), theirs)
    return all(met)


def run(folder: Path, millions: int) -> bool:
    """Build where nothing stands, then measure."""
    archive = Archive(folder)
    if not archive.observations.parts.listed():
        began = time.perf_counter()
        build(archive, millions)
        sys.stdout.write(f"built in {time.perf_counter() - began:.0f} s\n")
    parts = archive.observations.parts.listed()
    size = sum(p.size for p in parts)
    sys.stdout.write(f"{sum(p.rows for p in parts):,} rows in {len(parts)} parts, {size / 1e6:.0f} MB\n")
    return measure(archive)


def main() -> None:
    """Arguments; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100, help="millions")
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if run(args.folder or Path(folder), args.rows) else 1)


if __name__ == "__main__":
    main()
