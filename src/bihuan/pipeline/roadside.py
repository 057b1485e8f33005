"""Remote sensing records and rows of terminals, each in a table of its own."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.roadside import added, stamped
from bihuan.archive.storing import Counts, Delivery
from bihuan.domain.vehicles.roadside.tables import MINUTES
from bihuan.feeds.detect import ROADSIDE_FORMATS
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.records import Correction, Record
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import previews
from bihuan.pipeline.kind import Corrected, Taken
from bihuan.pipeline.orders import Order
from bihuan.pipeline.read_roadside import read_roadside
from bihuan.reasons import Reason


class RoadsideFiles:
    """Tables of the road. What was refused of them is mended in the file, which is sent again: only what changed is added."""

    read = staticmethod(read_roadside)

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Its formats."""
        return mapping is None and form in ROADSIDE_FORMATS

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """Nothing besides."""
        return order

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Into the table that its columns are of."""
        rows = _rows(taken)
        late = None if delivery.delay is None else pl.col("start") + delivery.delay
        table = archive.roadside.terminals if set(MINUTES) <= set(rows.columns) else archive.roadside.sensed
        given = stamped(rows, delivery.position, delivery.received, late).select(list(table.layout.columns))
        new = added(table, given, delivery.position, delivery.received)
        return Counts(new=new, same=given.height - new)

    def known(self, taken: Taken) -> Counts:
        """All that came before."""
        return Counts(same=_rows(taken).height)

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


def _rows(taken: Taken) -> pl.DataFrame:
    return pl.read_parquet(taken.folder / "rows.parquet", glob=False)
