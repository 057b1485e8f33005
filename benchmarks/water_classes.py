"""Class and main pollutants of ten years of 3,700 sections every four hours (81 million rows of nine items), against DuckDB.

    python benchmarks/water_classes.py [--years 10]

Both read the same Parquet file, one part after another, give the class of each row and, of rows worse than III, up to three items with their
multiples, and count what they found; the counts must be the same. Goals: below 10 s, and no slower than DuckDB (ratio <= 1.0).
"""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from bihuan.domain.standards.surface_water import RELEASE, items, ranks, with_classes

SECTIONS, A_DAY, GOAL = 3_700, 6, 10.0
MIDDLES = {
    "temp": (15, 0.5), "ph": (7.9, 0.05), "do": (8.4, 0.25), "conductivity": (600, 0.6), "turbidity": (25, 0.9),
    "codmn": (3.3, 0.45), "nh3n": (0.16, 1.0), "tp": (0.07, 0.7), "tn": (2.6, 0.6),
}  # fmt: skip
"""Median and logarithmic spread of each item, about those of the national release of April 2021."""


def write(path: Path, year: int) -> int:
    """One year of invented rows; how many."""
    rng, count = np.random.default_rng(year), SECTIONS * A_DAY * 365
    columns = {
        n: (middle * np.exp(rng.standard_normal(count, np.float32) * spread)).astype(np.float32)
        for n, (middle, spread) in MIDDLES.items()
    }
    frame = pl.DataFrame({"section": np.repeat(np.arange(SECTIONS, dtype=np.int32), A_DAY * 365), **columns})
    frame = frame.with_columns(
        kind=pl.when(pl.col("section") % 20 == 0).then(pl.lit("lake")).otherwise(pl.lit("river"))
    )
    frame.write_parquet(path, compression="lz4")
    return count


def ours(path: Path) -> list[int]:
    """Rows by class, and how often an item is the first main pollutant."""
    frame = with_classes(pl.scan_parquet(path).select(*RELEASE, "kind"), RELEASE)
    classes = frame["class"].value_counts().sort("class")["count"].to_list()
    main = ranks(frame)
    firsts = [int((main["main_1"] == items()[n].short).sum()) for n in RELEASE]
    return [*classes, *firsts, int(main["main_3"].count())]


def case(name: str, column: str, limits: tuple[float, ...], sign: str) -> str:
    """A class as a plain CASE."""
    whens = " ".join(f"WHEN {name} {sign} {limit}::FLOAT THEN {n}" for n, limit in enumerate(limits, 1))
    return f"CASE WHEN {name} IS NULL THEN NULL {whens} ELSE 6 END AS {column}"


def query(path: Path) -> str:
    """The same in SQL."""
    known = items()
    plain = [case(n, f"c_{n}", known[n].limits("river") or (), "<=") for n in ("codmn", "nh3n")]
    tp = [case("tp", f"tp_{k}", known["tp"].limits(k) or (), "<=") for k in ("river", "lake")]
    return f"""
    WITH a AS (SELECT kind, {", ".join(f'"{n}"' for n in RELEASE)}, {", ".join(plain + tp)}, {case('"do"', "c_do", known["do"].limits("river") or (), ">=")},
               CASE WHEN ph IS NULL THEN NULL WHEN ph BETWEEN 6 AND 9 THEN 1 ELSE 6 END AS c_ph FROM '{path}'),
    b AS (SELECT *, CASE WHEN kind = 'lake' THEN tp_lake ELSE tp_river END AS c_tp FROM a),
    c AS (SELECT *, greatest(c_ph, c_do, c_codmn, c_nh3n, c_tp) AS class FROM b),
    m AS (SELECT class, CASE WHEN class > 3 THEN list_slice(list_reverse_sort(list_filter([
            {{'w': CASE WHEN c_ph > 3 THEN c_ph * 10000.0 END, 'n': -1, 'i': 'pH'}}, {{'w': CASE WHEN c_do > 3 THEN c_do * 10000.0 END, 'n': -2, 'i': 'DO'}},
            {{'w': CASE WHEN c_codmn > 3 THEN c_codmn * 10000.0 + least(9999, (codmn::DOUBLE - 6) / 6) END, 'n': -3, 'i': 'CODMn'}},
            {{'w': CASE WHEN c_nh3n > 3 THEN c_nh3n * 10000.0 + least(9999, nh3n::DOUBLE - 1) END, 'n': -4, 'i': 'NH3-N'}},
            {{'w': CASE WHEN c_tp > 3 THEN c_tp * 10000.0 + CASE WHEN kind = 'lake' THEN (tp::DOUBLE - 0.05) / 0.05 ELSE (tp::DOUBLE - 0.2) / 0.2 END END, 'n': -5, 'i': 'TP'}}
          ], x -> x.w IS NOT NULL)), 1, 3) END AS main FROM c)
    SELECT list(n ORDER BY class) FROM (SELECT class, count(*) AS n FROM m GROUP BY class)
    UNION ALL SELECT [{", ".join(f"count(*) FILTER (main[1].i = '{known[n].short}')" for n in RELEASE)}, count(main[3])] FROM m"""


def plain(connection: duckdb.DuckDBPyConnection, path: Path) -> list[int]:
    """What DuckDB counts."""
    return [int(n) for (found,) in connection.execute(query(path)).fetchall() for n in found]


def main() -> None:
    """Year by year: write, ask both, forget."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--years", type=int, default=10)
    args = parser.parse_args()
    connection, took, rows = duckdb.connect(), {"ours": 0.0, "duckdb": 0.0}, 0
    connection.execute("SET preserve_insertion_order = false")
    with tempfile.TemporaryDirectory() as folder:
        for year in range(args.years):
            path = Path(folder) / "year.parquet"
            rows += write(path, year)
            pl.read_parquet(path)  # both find it in the memory of the machine
            counts = {}
            for name, ask in (("ours", ours), ("duckdb", partial(plain, connection))):
                began = time.perf_counter()
                counts[name] = ask(path)
                took[name] += time.perf_counter() - began
            assert counts["ours"] == counts["duckdb"], counts
            sys.stdout.write(
                f"year {year + 1}: {rows:,} rows, ours {took['ours']:.2f} s, DuckDB {took['duckdb']:.2f} s\n"
            )
    ratio = took["ours"] / took["duckdb"]
    marks = [] if took["ours"] * 10 / args.years < GOAL else [f"OVER {GOAL} s for ten years"]
    marks += [] if ratio <= 1 else ["SLOWER than the plain query"]
    sys.stdout.write(
        f"{rows:,} rows in {took['ours']:.2f} s, ratio to DuckDB {ratio:.2f}  {'; '.join(marks)}\n"
    )


if __name__ == "__main__":
    main()
