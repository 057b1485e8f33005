"""Vehicle tests of inspection stations, their curves and daily checks, each in a table of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.storing import Counts, Delivery
from bihuan.archive.vehicle_tests import DAILY_COLUMNS, TEST_COLUMNS, TRACE_COLUMNS, VehicleTests
from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicle_tests.tables import CHANNELS
from bihuan.feeds.detect import VEHICLE_FORMATS
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.records import Correction, Record
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import previews
from bihuan.pipeline.kind import Corrected, Taken
from bihuan.pipeline.orders import Order
from bihuan.pipeline.read_vehicle_tests import parts_in, read_vehicle_tests
from bihuan.reasons import Reason


class VehicleTestFiles:
    """Tables and JSON of vehicle tests. What was refused of them is mended in the file, which is sent again: only what changed is added."""

    read = staticmethod(read_vehicle_tests)

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Its formats."""
        return mapping is None and form in VEHICLE_FORMATS

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """Nothing besides."""
        return order

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Tests first, then daily checks, then curves, which lie by the begin of their tests."""
        counts, tables, now = Counts(), archive.vehicle_tests, delivery.received
        rows = 0
        for table, frames in (
            (tables.tests, _tests(taken.folder, delivery)), (tables.daily, _daily(taken.folder, delivery)),
            (tables.traces, _curves(taken.folder, delivery, tables)),
        ):  # fmt: skip
            given = _Counted(frames)
            new, corrected = table.add(given, delivery.position, now)
            rows += given.rows
            counts.new, counts.corrected = counts.new + new, counts.corrected + corrected
        counts.same = max(0, rows - counts.new - counts.corrected)
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

    def mendable(self, path: Path, order: Order, refused: Refused) -> bool:
        """Never here: the file is put right by who sent it."""
        return False

    def record(self, path: Path, order: Order, refused: Refused) -> Record:
        """The row as it came. Raises Unreadable."""
        return previews.record(path, order.file, refused.row, None)

    def corrected(
        self, archive: Archive, path: Path, order: Order, refused: Refused, correction: Correction
    ) -> Corrected:
        """Raises NotMended: the file is sent again."""
        raise NotMended(Reason("nothing_to_take"))


class _Counted:
    """Frames on their way, and how many rows went by."""

    def __init__(self, frames: Iterator[pl.DataFrame]) -> None:
        self.frames, self.rows = frames, 0

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for frame in self.frames:
            self.rows += frame.height
            yield frame


def _stamped(rows: pl.DataFrame, end: str, delivery: Delivery) -> pl.DataFrame:
    """When each row counts as received: history at its end and the delay, but never later than it came."""
    now = pl.lit(delivery.received, INSTANT)
    late = None if delivery.delay is None else pl.col(end) + delivery.delay
    received = now if late is None else pl.coalesce(pl.min_horizontal(now, late), now)
    return rows.with_columns(received=received, journal=pl.lit(delivery.position, pl.Int64))


def _tests(folder: Path, delivery: Delivery) -> Iterator[pl.DataFrame]:
    for path in folder.glob("tests.parquet"):
        yield _stamped(pl.read_parquet(path, glob=False), "until", delivery).select(list(TEST_COLUMNS))


def _daily(folder: Path, delivery: Delivery) -> Iterator[pl.DataFrame]:
    for path in folder.glob("daily.parquet"):
        yield _stamped(pl.read_parquet(path, glob=False), "start", delivery).select(list(DAILY_COLUMNS))


def _curves(folder: Path, delivery: Delivery, tables: VehicleTests) -> Iterator[pl.DataFrame]:
    for path in parts_in(folder):
        rows = pl.read_parquet(path, glob=False)
        known = tables.begins(rows["test"].to_list())
        begin = pl.col("test").replace_strict(known, default=None, return_dtype=INSTANT)
        rows = rows.with_columns(begin=begin, digest=pl.struct(CHANNELS).hash(11).reinterpret(signed=True))
        rows = _stamped(rows, "begin", delivery)
        start = pl.coalesce("begin", pl.lit(delivery.received, INSTANT))
        yield rows.with_columns(site=pl.col("test"), start=start).select(list(TRACE_COLUMNS))
