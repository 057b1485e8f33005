"""Remote sensing records and rows of terminals, each in a table of its own."""

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.sent import stamped
from bihuan.archive.storing import Counts, Delivery
from bihuan.domain.vehicles.roadside.tables import MINUTES
from bihuan.feeds.detect import ROADSIDE_FORMATS
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.roadside import sensed, terminal
from bihuan.pipeline.kind import MendedInFile, Taken
from bihuan.pipeline.read_roadside import read_roadside


class RoadsideFiles(MendedInFile):
    """Tables of the road. What was refused of them is mended in the file, which is sent again: only what changed is added."""

    read = staticmethod(read_roadside)
    needed = sensed.HEADS.needed | terminal.HEADS.needed

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Its formats."""
        return mapping is None and form in ROADSIDE_FORMATS

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Into the table that its columns are of."""
        rows = _rows(taken)
        table = archive.roadside.terminals if set(MINUTES) <= set(rows.columns) else archive.roadside.sensed
        return table.deliver([stamped(rows, "start", delivery).select(list(table.layout.columns))], delivery)

    def known(self, taken: Taken) -> Counts:
        """All that came before."""
        return Counts(same=_rows(taken).height)


def _rows(taken: Taken) -> pl.DataFrame:
    return pl.read_parquet(taken.folder / "rows.parquet", glob=False)
