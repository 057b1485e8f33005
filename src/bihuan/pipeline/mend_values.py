"""Refused records, settled by people: mended (and taken in by the same reader) or dismissed with a reason."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bihuan.archive import Archive
from bihuan.archive.quarantine import DISMISSED, MENDED, OPEN, NotMended, NotOpen, Refused
from bihuan.archive.weather import WeatherStore
from bihuan.feeds import ambient_table, china_sites, cnemc_hour
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.records import Record, one_record_table, with_line
from bihuan.feeds.weather.mended import Correction
from bihuan.pipeline import mend_weather, previews
from bihuan.pipeline.files import import_file
from bihuan.pipeline.orders import WEATHER, Order
from bihuan.pipeline.reports import FileReport

KEY_COLUMNS = {
    ambient_table.NAME: frozenset({"site", "station", "time"}),
    china_sites.NAME: frozenset(china_sites.HEAD),
    cnemc_hour.NAME: frozenset({"stationcode", "timepoint"}),
}


def _order(archive: Archive, refused: Refused) -> Order:
    return Order.from_bytes(archive.journal.read(refused.journal).data)


def _keys(order: Order) -> frozenset[str]:
    mapping = order.mapping
    return frozenset({mapping.site, *mapping.time}) if mapping else KEY_COLUMNS[order.format]


def _raw_file(archive: Archive, order: Order, refused: Refused) -> Path:
    path = archive.blobs.path(order.blob)
    if not path.exists():
        raise NotMended(f"the raw file of {refused.file} is no longer kept; import the corrected file")
    return path


def mendable(archive: Archive, records: Sequence[Refused]) -> set[int]:
    """Ids of those that `mend` could take: of one record, not a whole column, of a file that is still kept."""
    orders = {
        position: Order.from_bytes(archive.journal.read(position).data)
        for position in {r.journal for r in records}
    }
    return {r.id for r in records if _mendable(archive, orders[r.journal], r)}


def _mendable(archive: Archive, order: Order, refused: Refused) -> bool:
    path = archive.blobs.path(order.blob)
    if not path.exists():
        return False
    if order.format == WEATHER:
        return mend_weather.mendable(path, refused)
    return not _whole_column(order, refused)


def _whole_column(order: Order, refused: Refused) -> bool:
    """Was a column refused at its head? A single empty cell is only refused where it says whose or when."""
    return refused.row == 1 and not refused.value and refused.column not in _keys(order)


def record(archive: Archive, refused: Refused) -> Record:
    """The record as it came: (column, cell). Raises BihuanError when the raw input is not kept any more."""
    order = _order(archive, refused)
    path = _raw_file(archive, order, refused)
    if order.format == WEATHER:
        return previews.weather_record(path, order.file, refused.row)
    return previews.record(path, order.file, refused.row, order.mapping)


def _with_value(order: Order, found: Record, column: str, value: str) -> Record:
    """The record with the new value; of the other cells only those that say whose and when.

    When it is the site or the time itself that was wrong, the whole record goes in.
    """
    keys = _keys(order)
    if column in keys:
        return [(name, value if name == column else cell) for name, cell in found]
    return [
        (name, value if name == column else cell) for name, cell in found if name in keys or name == column
    ]


def _mended_record(archive: Archive, refused: Refused, value: str | None, line: str | None) -> Record:
    order, found = _order(archive, refused), record(archive, refused)
    if line is not None or refused.column not in dict(found):
        return with_line(found, line or value or "")
    if value is None:
        raise NotMended("give the corrected value")
    if _whole_column(order, refused):
        raise NotMended(
            "the whole column was refused; import the file again with a mapping that has the right unit"
        )
    return _with_value(order, found, refused.column, value)


def mend(
    archive: Archive,
    number: int,
    *,
    who: str,
    received: datetime,
    value: str | None = None,
    line: str | None = None,
) -> FileReport:
    """Put a corrected value (or the whole CSV line) through the same reader and store it, received now.

    Where it is not one cell that was refused (a broken line, a doubled hour), `value` is the whole line too.

    Raises NotOpen when somebody settled it already, NotMended when the new value is refused too.
    """
    refused = archive.quarantine.get(number)
    if refused.state != OPEN:
        raise NotOpen(f"the refused record {number} is {refused.state} already")
    order = _order(archive, refused)
    try:
        report = _taken(archive, order, refused, received, value, line)
    except Unreadable as error:
        raise NotMended(str(error)) from error
    note = line if line is not None else f"{refused.value} -> {value}"
    archive.quarantine.settle(number, MENDED, who=who, note=note, at=received)
    return report


def _taken(
    archive: Archive, order: Order, refused: Refused, received: datetime, value: str | None, line: str | None
) -> FileReport:
    """The corrected record, taken in as a small file of its own."""
    mapping = None
    if order.format == WEATHER:
        text = _mended_weather(archive, order, refused, value, line)
    else:
        corrected = _mended_record(archive, refused, value, line)
        mapping = _only(order.mapping.plain, corrected) if order.mapping else None
        text = one_record_table(corrected)
    with tempfile.TemporaryDirectory(prefix="bihuan-mend-") as folder:
        path = Path(folder) / f"mended-{refused.id}.csv"
        path.write_text(text, encoding="utf-8")
        _check(replace(order, file=path.name, mapping=mapping), path)
        name = None if mapping else order.format
        return import_file(archive, path, received=received, format_name=name, mapping=mapping, delay=None)


def _mended_weather(
    archive: Archive, order: Order, refused: Refused, value: str | None, line: str | None
) -> str:
    came = archive.journal.read(refused.journal).received
    path, store = _raw_file(archive, order, refused), WeatherStore(archive.root.parent)
    correction = Correction(refused.row, refused.column, value or "", line)
    return mend_weather.table(path, order.points, came, refused, correction, store)


def _only(mapping: ColumnMapping, found: Record) -> ColumnMapping:
    """The mapping without the quantities that this record says nothing about."""
    columns = dict(found)
    return replace(mapping, quantities={c: t for c, t in mapping.quantities.items() if c in columns})


def _check(order: Order, path: Path) -> None:
    if order.format == WEATHER:
        return  # its table was made of what was read and checked
    refusals = previews.refused_of(path, order.format, order.mapping)
    if refusals:
        raise NotMended(f"still refused: {refusals[0].value!r}: {refusals[0].reason}; {refusals[0].remedy}")


def dismiss(archive: Archive, number: int, *, reason: str, who: str, at: datetime) -> None:
    """Set a refused record aside for good. Raises NotMended without a reason, NotOpen when it is settled."""
    if not reason.strip():
        raise NotMended("say why the record is dismissed")
    archive.quarantine.settle(number, DISMISSED, who=who, note=reason.strip(), at=at)
