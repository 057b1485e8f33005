"""Everything that is not ambient hours: long rows, in the archive's table of observations."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.storing import Counts, Delivery
from bihuan.feeds.detect import BOOKS, LONG_FORMATS
from bihuan.feeds.long import plain
from bihuan.feeds.long.rows import as_table
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.records import Correction, Record
from bihuan.feeds.values import MISSING
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import previews
from bihuan.pipeline.kind import Corrected, Taken, still_refused
from bihuan.pipeline.orders import Order
from bihuan.pipeline.readers import read_long
from bihuan.reasons import Reason

HEADS = ("unit_of_field", "no_unit_of_column")
"""Of a column that was refused at its head."""


class LongObservations:
    """Files of water sections, dust, noise, drinking water, stacks."""

    read = staticmethod(read_long)

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Long formats, and mappings that name other quantities or periods than ambient hours."""
        return mapping.long if mapping else form in LONG_FORMATS

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """Nothing besides."""
        return order

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Into the long table."""
        return archive.observations.storing.store(taken.months(), delivery)

    def known(self, taken: Taken) -> Counts:
        """Values, and those that are not there."""
        counts = Counts()
        for _month, rows in taken.months():
            said = rows.select(pl.any_horizontal(pl.col("^(value|flag)$").is_not_null()))
            counts.same += int(said.to_series().sum())
            counts.empty += rows.height
        counts.empty -= counts.same
        return counts

    def mendable(self, path: Path, order: Order, refused: Refused) -> bool:
        """Not a column that was refused at its head, where no record stands; nor a cell of a report, which is corrected and sent again."""
        if order.format in {book.NAME for book in BOOKS}:
            return False
        return bool(refused.value) or refused.why.code not in HEADS

    def record(self, path: Path, order: Order, refused: Refused) -> Record:
        """The record as it came."""
        return previews.long_record(path, order.file, refused.row, order.mapping)

    def corrected(
        self, archive: Archive, path: Path, order: Order, refused: Refused, correction: Correction
    ) -> Corrected:
        """What the correction adds to, or changes of, what the file gave, as a plain long table."""
        if (correction.line or correction.value).strip() in MISSING:
            raise NotMended(Reason("nothing_to_take"))
        changes = previews.long_changes(path, order.file, order.format, order.mapping, correction)
        for r in changes.refused:
            if not refused.column or r.column == refused.column:
                raise still_refused(r)
        changed = changes.after.join(changes.before, on=changes.after.columns, how="anti", nulls_equal=True)
        if changed.is_empty():
            raise NotMended(Reason("nothing_new"))
        table = as_table(changed).with_columns(pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S%.f"))
        return Corrected(table.write_csv(), plain.NAME)
