"""How quick is the observation store? `python benchmarks/store.py [--stations 1500] [--months 24]`.

Builds a store of made-up hours in a temporary folder and times what pages and checks ask of it, each beside
a named reference in the same run: a plain Polars scan of the same Parquet files, or DuckDB on them.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from bihuan.archive import Archive
from bihuan.archive.ambient import MONTH
from bihuan.archive.storing import Delivery
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import day_start, local_date

DELAY = timedelta(minutes=35)


def month_starts(months: int) -> list[datetime]:
    """Starts of the months before 2020, and of 2020 itself."""
    number = [2020 * 12 - months + i for i in range(months + 1)]
    return [day_start(date(n // 12, n % 12 + 1, 1)) for n in number]


def made_up(stations: int, start: datetime, end: datetime, chance: np.random.Generator) -> pl.DataFrame:
    """Hours of all stations with values that compress like published ones (whole numbers)."""
    hours = pl.datetime_range(start, end, "1h", closed="left", eager=True, time_unit="us")
    sites = pl.DataFrame({"site": [f"{1000 + i}A" for i in range(stations)]})
    rows = sites.join(pl.DataFrame({"start": hours}), how="cross")
    values = {name: np.round(chance.gamma(2, 20, rows.height)) for name in ITEM_NAMES}
    return rows.with_columns(**{name: pl.Series(v) for name, v in values.items()})


def deliver(archive: Archive, rows: pl.DataFrame) -> None:
    """Journal and store one delivery, as the pipeline does."""
    with archive.writing():
        now = datetime.now(UTC)
        position = archive.journal.append("benchmark", b"", now)
        parts = rows.with_columns(MONTH.alias("m")).partition_by("m", as_dict=True, include_key=False)
        months = [(str(m), part) for (m,), part in parts.items()]
        archive.storing.store(months, Delivery(position, "benchmark", now, DELAY))


def median_ms(work: Callable[[], object], times: int = 7) -> float:
    """Median of several runs, the first one (cold) left out."""
    work()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return sorted(took)[times // 2] * 1000


def daily(rows: pl.LazyFrame) -> pl.DataFrame:
    """Daily means of all stations."""
    return rows.group_by("site", local_date().alias("day")).agg(pl.col(ITEM_NAMES).mean()).collect()


def line(name: str, ours: float, reference: str, theirs: float) -> None:
    """One line of the table."""
    sys.stdout.write(
        f"{name:<44} {ours:9.1f} ms   {reference:<34} {theirs:9.1f} ms   ratio {ours / theirs:5.2f}\n"
    )
    sys.stdout.flush()


def measure(archive: Archive, stations: int) -> None:
    """All the measures, on the newest year."""
    ambient, end = archive.ambient, day_start(date(2020, 1, 1))
    start = day_start(date(2019, 1, 1))
    paths = [p.path for p in ambient.parts.listed() if p.last >= start]
    plain = pl.scan_parquet(paths, hive_partitioning=False)
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    files = "read_parquet([" + ", ".join(f"'{p}'" for p in paths) + "], hive_partitioning=false)"
    newest = f"SELECT * FROM {files} WHERE start >= ? QUALIFY row_number() OVER (PARTITION BY site ORDER BY start DESC) = 1"
    theirs = median_ms(lambda: duck.execute(newest, [end - timedelta(hours=48)]).fetchnumpy())
    line(f"latest of {stations} stations", median_ms(ambient.latest), "DuckDB, same files", theirs)

    def first_question() -> pl.DataFrame:
        return Archive(archive.root).ambient.latest()

    line(
        "latest, first question of a new process",
        median_ms(first_question),
        "DuckDB, same files",
        theirs,
    )
    line(
        "latest as of a moment",
        median_ms(lambda: ambient.latest(as_of=end - timedelta(days=9))),
        "DuckDB, same files",
        theirs,
    )
    one = f"SELECT * FROM {files} WHERE site = '1738A'"
    line(
        "a station's year, all columns",
        median_ms(lambda: ambient.current(["1738A"], start, end).collect()),
        "DuckDB, same files",
        median_ms(lambda: duck.execute(one).fetchnumpy()),
    )
    theirs = median_ms(lambda: daily(plain), 3)
    line(
        "daily values of a year",
        median_ms(lambda: daily(ambient.current(start=start, end=end)), 3),
        "plain scan",
        theirs,
    )
    deliver(archive, made_up(stations, end - timedelta(hours=1), end, np.random.default_rng(9)))
    line(
        "the same with a tail",
        median_ms(lambda: daily(ambient.current(start=start, end=end)), 3),
        "plain scan",
        theirs,
    )
    line(
        "the same as of a moment",
        median_ms(lambda: daily(ambient.as_of(end, start=start, end=end)), 3),
        "plain scan",
        theirs,
    )
    hours = iter(range(100))

    def one_hour() -> None:
        at = end + timedelta(hours=next(hours))
        deliver(archive, made_up(stations, at, at + timedelta(hours=1), np.random.default_rng(1)))
        ambient.current(start=at, end=at + timedelta(hours=1)).collect()

    folder = Path(paths[0]).parent
    rows = made_up(stations, start, start + timedelta(hours=1), np.random.default_rng(1))
    write = median_ms(lambda: rows.write_parquet(folder / "reference.tmp"))
    line("an hour stored and readable", median_ms(one_hour), "one Parquet file written", write)


def main() -> None:
    """Build, measure, clean up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=1500)
    parser.add_argument("--months", type=int, default=24)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan-store-") as folder:
        archive = Archive(Path(folder))
        starts = month_starts(args.months)
        began = time.perf_counter()
        for start, end in pairwise(starts):
            deliver(archive, made_up(args.stations, start, end, np.random.default_rng(start.month)))
        rows = sum(p.rows for p in archive.ambient.parts.listed())
        sys.stdout.write(
            f"{rows} rows of {args.months} months stored in {time.perf_counter() - began:.1f} s\n"
        )
        measure(archive, args.stations)


if __name__ == "__main__":
    main()
