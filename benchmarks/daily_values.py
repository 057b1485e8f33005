"""A year of 1,500 stations: daily values and O3 daily maximum 8 h against DuckDB.  python benchmarks/daily_values.py

Targets: daily values as the law has them (24 h means and O3 daily maximum 8 h with counts and validity, what all pages and
papers take) <= 0.8 x DuckDB; O3 daily maximum 8 h with validity and its 90th percentile <= 0.2 x DuckDB's window query. Six plain means with
counts are a part of the first that is not worked out by itself: their ratio stands beside, to see what reading and summing cost. Each < 1 s on two idle cores and < 3 GB. Both read the same Parquet file; DuckDB need not
keep the order of rows, which is its fastest setting. Published values of both are compared, to the last digit.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import half_even
from bihuan.domain.statistics import daily_values, maximum_8h
from bihuan.domain.statistics.axis import over_days
from bihuan.domain.statistics.means import means_of

sys.path.insert(0, str(Path(__file__).parent))
from synthetic import write_year

RUNS = 5
DAY = "(epoch_us(start) + 28800000000) // 86400000000"
HOUR = "epoch_us(start) // 3600000000 + 8"


def means_query(path: Path) -> str:
    """Six means and counts for each site and local day."""
    columns = ", ".join(f"avg({i}) AS {i}, count({i}) AS n_{i}" for i in ITEM_NAMES)
    return f"SELECT site, {DAY} AS day, {columns} FROM '{path}' GROUP BY ALL"


def ozone_days(path: Path) -> str:
    """Windows within the natural day by RANGE (gaps are gaps), 6 of 8 hours: the largest and how many, of each day."""
    return f"""
    WITH h AS (SELECT site, {DAY} AS day, {HOUR} AS hour, o3 FROM '{path}'),
    w AS (SELECT site, day, hour % 24 AS hod, avg(o3) OVER win AS mean, count(o3) OVER win AS n FROM h
          WINDOW win AS (PARTITION BY site, day ORDER BY hour RANGE BETWEEN 7 PRECEDING AND CURRENT ROW)),
    d AS (SELECT site, day, max(mean) FILTER (n >= 6) AS top, count(*) FILTER (n >= 6) AS windows
          FROM w WHERE hod >= 7 GROUP BY ALL)
    SELECT site, day, top, windows, windows >= 14 OR round_even(top, 0) > 160 AS valid FROM d"""


def ozone_query(path: Path) -> str:
    """14 of 17 windows, or an exceedance; P90 per site."""
    return f"""
    SELECT site, quantile_cont(round_even(top, 0), 0.9) AS p90, count(*) AS days FROM ({ozone_days(path)})
    WHERE valid GROUP BY ALL"""


def days_query(path: Path) -> str:
    """Both, day by day."""
    return f"""
    SELECT m.*, top, windows, valid FROM ({means_query(path)}) m JOIN ({ozone_days(path)}) o
    ON m.site = o.site AND m.day = o.day"""


def ours_means(path: Path) -> pl.DataFrame:
    """The same through what daily values are made of."""
    return over_days(pl.scan_parquet(path), partial(means_of, items=ITEM_NAMES))


def ours_days(path: Path) -> pl.DataFrame:
    """Daily values as all pages and papers take them."""
    return daily_values(pl.scan_parquet(path))


def ours_ozone(path: Path) -> pl.DataFrame:
    """The same through the domain function."""
    days = maximum_8h(pl.scan_parquet(path)).lazy().filter("valid_o3_8h")
    p90 = half_even(pl.col("o3_8h")).quantile(0.9, interpolation="linear")
    return days.group_by("site").agg(p90=p90, days=pl.len()).collect()


def differing_means(database: duckdb.DuckDBPyConnection, path: Path) -> int:
    """How many days' published means or numbers of hours are not the same."""
    theirs = database.execute("SELECT * REPLACE (DATE '1970-01-01' + day::INT AS day) FROM means").pl()
    both = ours_means(path).join(
        theirs, left_on=["site", "date"], right_on=["site", "day"], how="full", suffix="_d"
    )
    other = pl.any_horizontal(
        pl.any_horizontal(
            half_even(pl.col(i), decimals).ne_missing(half_even(pl.col(f"{i}_d"), decimals)),
            pl.col(f"n_{i}").cast(pl.Int64).ne_missing(pl.col(f"n_{i}_d")),
        )
        for i, decimals in ((i, int(i == "co")) for i in ITEM_NAMES)
    )
    return both.filter(other).height


def differing_ozone(database: duckdb.DuckDBPyConnection, path: Path) -> int:
    """How many days' published maxima, numbers of windows or validity are not the same."""
    theirs = database.execute(
        "SELECT site, DATE '1970-01-01' + day::INT AS date, top, windows, valid FROM days"
    ).pl()
    both = ours_days(path).join(theirs, on=["site", "date"], how="full", suffix="_d")
    valid = pl.col("valid").fill_null(False)
    other = pl.any_horizontal(
        pl.col("valid_o3_8h").ne_missing(valid),
        half_even(pl.col("o3_8h"), 0).ne_missing(half_even(pl.when(valid).then("top"), 0)),
        pl.col("n_o3_8h").cast(pl.Int64).ne_missing(pl.col("windows")),
    )
    return both.filter(other).height


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds."""
    begin, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - worked


def report(name: str, target: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Alternate RUNS times, print the best of each and the ratio."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(RUNS)]
    wall = min(a[0] for a, _ in pairs), min(b[0] for _, b in pairs)
    work = min(a[1] for a, _ in pairs), min(b[1] for _, b in pairs)
    sys.stdout.write(
        f"{name}: bihuan {wall[0]:.2f} s, DuckDB {wall[1]:.2f} s, ratio {wall[0] / wall[1]:.2f} ({target}); "
        f"processor {work[0]:.2f} s, {work[1]:.2f} s, ratio {work[0] / work[1]:.2f}\n"
    )


def main() -> None:
    """Make the year, run both, compare the results, print ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.parquet"
        sys.stdout.write(f"{write_year(path):,} rows\n")
        ours_means(path), ours_ozone(path)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        sys.stdout.write(f"peak memory of both before DuckDB (making the file included) {peak:.2f} GB\n")
        database = duckdb.connect()
        database.execute("SET preserve_insertion_order = false")
        report(
            "daily values of all six (24 h means, O3 8 h, validity)",
            "target 0.8",
            lambda: ours_days(path),
            lambda: database.execute(f"CREATE OR REPLACE TEMP TABLE days AS {days_query(path)}"),
        )
        report(
            "plain means of all six",
            "a part, no target",
            lambda: ours_means(path),
            lambda: database.execute(f"CREATE OR REPLACE TEMP TABLE means AS {means_query(path)}"),
        )
        report(
            "O3 daily maximum 8 h, validity, P90",
            "target 0.2",
            lambda: ours_ozone(path),
            lambda: database.execute(f"CREATE OR REPLACE TEMP TABLE ozone AS {ozone_query(path)}"),
        )
        sys.stdout.write(f"published means that differ from DuckDB: {differing_means(database, path)}\n")
        sys.stdout.write(
            f"days whose O3 maximum or validity differ from DuckDB: {differing_ozone(database, path)}\n"
        )
        same = {s: (p, d) for s, p, d in database.execute("FROM ozone").fetchall()}
        differ = sum(same[s] != (p, d) for s, p, d in ours_ozone(path).iter_rows())
        sys.stdout.write(
            f"stations whose P90 or number of days differ from DuckDB: {differ} of {len(same)}\n"
        )


if __name__ == "__main__":
    main()
