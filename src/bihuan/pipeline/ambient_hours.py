"""Ambient hours: wide rows, in the archive's own table. A refused value is mended by the record that it stands in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bihuan.archive import Archive
from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.storing import Counts, Delivery
from bihuan.feeds import ambient_table, china_sites, cnemc_hour
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.records import Correction, Record, one_record_table, with_line
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import previews
from bihuan.pipeline.kind import Corrected, Taken, still_refused
from bihuan.pipeline.orders import Order
from bihuan.pipeline.readers import read_ambient
from bihuan.reasons import Reason

KEY_COLUMNS = {
    ambient_table.NAME: frozenset({"site", "station", "time"}),
    china_sites.NAME: frozenset(china_sites.HEAD),
    cnemc_hour.NAME: frozenset({"stationcode", "timepoint"}),
}


def _keys(order: Order) -> frozenset[str]:
    mapping = order.mapping
    return frozenset({mapping.site, *mapping.time}) if mapping else KEY_COLUMNS[order.format]


def _whole_column(order: Order, refused: Refused) -> bool:
    """Was a column refused at its head? A single empty cell is only refused where it says whose or when."""
    return refused.row == 1 and not refused.value and refused.column not in _keys(order)


class AmbientHours:
    """Files of hours of ambient air."""

    read = staticmethod(read_ambient)

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """All that is of no other kind."""
        return True

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """Nothing besides."""
        return order

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Into the wide table."""
        return archive.storing.store(taken.months(), delivery)

    def known(self, taken: Taken) -> Counts:
        """Sites times hours."""
        return Counts(same=sum(rows.height for _month, rows in taken.months()))

    def mendable(self, path: Path, order: Order, refused: Refused) -> bool:
        """Is it of one record?"""
        return not _whole_column(order, refused)

    def record(self, path: Path, order: Order, refused: Refused) -> Record:
        """The record as it came."""
        return previews.record(path, order.file, refused.row, order.mapping)

    def corrected(
        self, archive: Archive, path: Path, order: Order, refused: Refused, correction: Correction
    ) -> Corrected:
        """Of the record the new value, and the cells that say whose and when."""
        if _whole_column(order, refused):
            raise NotMended(Reason("whole_column"))
        record = _mended(order, self.record(path, order, refused), correction)
        mapping = _only(order.mapping.plain, record) if order.mapping else None
        text = one_record_table(record)
        _check(text, order.format, mapping)
        return Corrected(text, order.format, mapping)


def _mended(order: Order, found: Record, correction: Correction) -> Record:
    """The record with the new value; of the other cells only those that say whose and when.

    When it is the site or the time itself that was wrong, the whole record goes in.
    """
    column, value = correction.column, correction.value
    if correction.line is not None or column not in dict(found):
        return with_line(found, correction.line or value)
    keys = _keys(order)
    if column in keys:
        return [(name, value if name == column else cell) for name, cell in found]
    return [
        (name, value if name == column else cell) for name, cell in found if name in keys or name == column
    ]


def _only(mapping: ColumnMapping, found: Record) -> ColumnMapping:
    """The mapping without the quantities that this record says nothing about."""
    columns = dict(found)
    return replace(mapping, quantities={c: t for c, t in mapping.quantities.items() if c in columns})


def _check(text: str, form: str, mapping: ColumnMapping | None) -> None:
    with TemporaryDirectory(prefix="bihuan-mend-") as folder:
        path = Path(folder) / "mended.csv"
        path.write_text(text, encoding="utf-8")
        refusals = previews.refused_of(path, form, mapping)
    if refusals:
        raise still_refused(refusals[0])
