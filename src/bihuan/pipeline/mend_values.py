"""Refused records, settled by people: mended (and taken in by the same reader) or dismissed with a reason."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bihuan.archive import Archive
from bihuan.archive.quarantine import DISMISSED, MENDED, OPEN, NotMended, NotOpen, Refused
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.records import Correction, Record
from bihuan.pipeline.files import import_file
from bihuan.pipeline.kinds import kind_of
from bihuan.pipeline.orders import Order
from bihuan.pipeline.reports import FileReport
from bihuan.reasons import Reason


def _order(archive: Archive, refused: Refused) -> Order:
    return Order.from_bytes(archive.journal.read(refused.journal).data)


def _raw_file(archive: Archive, order: Order, refused: Refused) -> Path:
    path = archive.blobs.path(order.blob)
    if not path.exists():
        raise NotMended(Reason("raw_gone_of_record", file=refused.file))
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
    return path.exists() and kind_of(order.format, order.mapping).mendable(path, order, refused)


def record(archive: Archive, refused: Refused) -> Record:
    """The record as it came: (column, cell). Raises BihuanError when the raw input is not kept any more."""
    order = _order(archive, refused)
    path = _raw_file(archive, order, refused)
    return kind_of(order.format, order.mapping).record(path, order, refused)


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
        raise NotOpen(Reason("record_settled", number=number, state=refused.state))
    if value is None and line is None:
        raise NotMended(Reason("give_value"))
    correction = Correction(refused.row, refused.column, value or "", line)
    try:
        report = _taken(archive, refused, correction, received)
    except Unreadable as error:
        raise NotMended(error.why) from error
    note = line if line is not None else f"{refused.value} -> {value}"
    archive.quarantine.settle(number, MENDED, who=who, note=note, at=received)
    return report


def _taken(archive: Archive, refused: Refused, correction: Correction, received: datetime) -> FileReport:
    """The corrected record, taken in as a small file of its own."""
    order = _order(archive, refused)
    path = _raw_file(archive, order, refused)
    found = kind_of(order.format, order.mapping).corrected(archive, path, order, refused, correction)
    with tempfile.TemporaryDirectory(prefix="bihuan-mend-") as folder:
        small = Path(folder) / f"mended-{refused.id}.csv"
        small.write_text(found.text, encoding="utf-8")
        name = None if found.mapping else found.format
        return import_file(
            archive, small, received=received, format_name=name, mapping=found.mapping, delay=None
        )


def dismiss(archive: Archive, number: int, *, reason: str, who: str, at: datetime) -> None:
    """Set a refused record aside for good. Raises NotMended without a reason, NotOpen when it is settled."""
    if not reason.strip():
        raise NotMended(Reason("say_why_record"))
    archive.quarantine.settle(number, DISMISSED, who=who, note=reason.strip(), at=at)
