"""A file of 2 GB through the importer: time and peak memory, against reading the same file with Polars.

    python benchmarks/big_import.py [--gigabytes 2]

The importer keeps the raw bytes, parses, refuses, finds what is new and commits; Polars only parses. Goal: below 1.2 GB of
memory whatever the size of the file.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

SITES = 1_500
CHILD = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
report, = import_files(Archive(Path(sys.argv[1])), [Path(sys.argv[2])], received=datetime(2022, 1, 1, tzinfo=UTC))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.stdout.write(f"{report.new} {report.quarantined} {peak}")
"""


def write_table(path: Path, size: int) -> int:
    """Hours of 1,500 sites as the ambient table until the file has `size` bytes; returns the rows."""
    rows, label = 0, datetime(2019, 1, 1, 1)  # noqa: DTZ001 - labels of the table have no zone
    with path.open("w") as file:
        file.write("site,time,PM2.5,PM10,SO2,NO2,CO,O3\n")
        while file.tell() < size:
            n = rows // SITES
            end = f",{label:%Y-%m-%dT%H:%M},{n % 90},{n % 150},8,31,0.7,{n % 120}\n"
            file.write("".join(f"{1000 + s}A{end}" for s in range(SITES)))
            rows, label = rows + SITES, label + timedelta(hours=1)
    return rows


def main() -> None:
    """Write, read with the reference, import, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=2.0)
    size = int(parser.parse_args().gigabytes * 1e9)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "big.csv"
        rows = write_table(table, size)
        begin = time.perf_counter()
        pl.scan_csv(table, try_parse_dates=True).select(pl.all().count()).collect(engine="streaming")
        reference = time.perf_counter() - begin
        begin = time.perf_counter()
        command = [sys.executable, "-c", CHILD, str(Path(folder) / "archive"), str(table)]
        done = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        took = time.perf_counter() - begin
        new, refused, peak = map(int, done.split())
        if (new, refused) != (rows, 0):
            raise SystemExit(f"{rows} rows written, {new} stored, {refused} refused")
        sys.stdout.write(
            f"{size / 1e9:g} GB, {rows:,} rows: {took:.0f} s, {rows / took:,.0f} rows/s, peak memory "
            f"{peak / 1e6:.2f} GB (goal 1.2); Polars parses it in {reference:.1f} s, ratio {took / reference:.1f}\n"
        )


if __name__ == "__main__":
    main()
