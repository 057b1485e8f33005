"""Vehicle tests of inspection stations, their curves and daily checks, each in a table of its own."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.sent import stamped
from bihuan.archive.storing import Counts, Delivery
from bihuan.archive.vehicle_tests import DAILY_COLUMNS, TEST_COLUMNS, TRACE_COLUMNS, VehicleTests
from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicle_tests.tables import CHANNELS
from bihuan.feeds.detect import VEHICLE_FORMATS
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.vehicle_tests import daily_table, tests_table, traces_table
from bihuan.pipeline.kind import MendedInFile, Taken
from bihuan.pipeline.read_vehicle_tests import parts_in, read_vehicle_tests


class VehicleTestFiles(MendedInFile):
    """Tables and JSON of vehicle tests. What was refused of them is mended in the file, which is sent again: only what changed is added."""

    read = staticmethod(read_vehicle_tests)
    needed = tests_table.HEADS.needed | daily_table.HEADS.needed | traces_table.HEADS.needed

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Its formats."""
        return mapping is None and form in VEHICLE_FORMATS

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Tests first, then daily checks, then curves, which lie by the begin of their tests."""
        counts, tables = Counts(), archive.vehicle_tests
        for table, frames in (
            (tables.tests, _tests(taken.folder, delivery)), (tables.daily, _daily(taken.folder, delivery)),
            (tables.traces, _curves(taken.folder, delivery, tables)),
        ):  # fmt: skip
            done = table.deliver(frames, delivery)
            counts.new += done.new
            counts.corrected += done.corrected
            counts.same += done.same
        return counts

    def known(self, taken: Taken) -> Counts:
        """Tests, checks and curves that came before."""
        paths = [
            *taken.folder.glob("tests.parquet"),
            *taken.folder.glob("daily.parquet"),
            *parts_in(taken.folder),
        ]
        return Counts(
            same=sum(pl.scan_parquet(p, glob=False).select(pl.len()).collect().item() for p in paths)
        )


def _tests(folder: Path, delivery: Delivery) -> Iterator[pl.DataFrame]:
    for path in folder.glob("tests.parquet"):
        yield stamped(pl.read_parquet(path, glob=False), "until", delivery).select(list(TEST_COLUMNS))


def _daily(folder: Path, delivery: Delivery) -> Iterator[pl.DataFrame]:
    for path in folder.glob("daily.parquet"):
        yield stamped(pl.read_parquet(path, glob=False), "start", delivery).select(list(DAILY_COLUMNS))


def _curves(folder: Path, delivery: Delivery, tables: VehicleTests) -> Iterator[pl.DataFrame]:
    for path in parts_in(folder):
        rows = pl.read_parquet(path, glob=False)
        known = tables.begins(rows["test"].to_list())
        begin = pl.col("test").replace_strict(known, default=None, return_dtype=INSTANT)
        rows = rows.with_columns(begin=begin, digest=pl.struct(CHANNELS).hash(11).reinterpret(signed=True))
        rows = stamped(rows, "begin", delivery)
        start = pl.coalesce("begin", pl.lit(delivery.received, INSTANT))
        yield rows.with_columns(site=pl.col("test"), start=start).select(list(TRACE_COLUMNS))
