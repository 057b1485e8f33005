"""Receive -> keep -> parse -> store: the whole flow of files on one page.

A file is copied into the archive and named in the journal first; then it is read from there. A killed import
leaves at most one entry that is kept and not stored: the next import stores it before its own.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from deltalake.exceptions import DeltaError

from bihuan.archive.journal import Entry
from bihuan.archive.store import FILE_SOURCE, Archive
from bihuan.archive.storing import Delivery, said
from bihuan.archive.weather import WeatherStore
from bihuan.domain.timeaxis import HOUR, label_of_start
from bihuan.feeds.gather import settle
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.reading import Refusal, Unreadable
from bihuan.feeds.weather.rows import Point
from bihuan.orders import WEATHER, Order, order_for

USUAL_DELAY = timedelta(minutes=35)
"""Our assumption for the national network: an archive of it says that hours appear about 30 minutes late."""

LISTED = 1000
CROWDED = 24
Progress = Callable[[str, int, int], None]
Refuse = Callable[[Sequence[Refusal]], None]
Months = tuple[str, pl.DataFrame]


@dataclass
class FileReport:
    """What became of one file; `refused` lists the first 1000 of the `quarantined` records."""

    file: str
    format: str = ""
    rows: int = 0
    new: int = 0
    same: int = 0
    corrected: int = 0
    quarantined: int = 0
    refused: list[Refusal] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)

    def take(self, refused: Sequence[Refusal]) -> None:
        """Count refusals and list the first ones."""
        self.quarantined += len(refused)
        self.refused += refused[: LISTED - len(self.refused)]


def taken_before(archive: Archive, order: Order) -> Entry | None:
    """The entry by which the same content, read the same way, came before."""
    for entry in archive.journal.entries(source=FILE_SOURCE + order.source):
        earlier = Order.from_bytes(entry.data)
        if replace(earlier, file=order.file, delay=order.delay) == order:
            return entry
    return None


def read_settled(archive: Archive, order: Order, report: FileReport, refuse: Refuse) -> Iterator[Months]:
    """The file's rows month by month, each key once; memory is bounded by a piece and a month."""
    with archive.spool() as spool:
        for reading in order.batches(archive.blobs.path(order.blob)):
            report.rows += reading.rows_in_file
            report.ignored_columns = list(reading.ignored_columns)
            report.notes += [n for n in reading.notes if n not in report.notes]
            refuse(reading.refused)
            spool.add(said(reading.rows) if reading.rows.width else reading.rows)
        for month, rows in spool.months():
            once, clashes, repeated = settle(rows, order.file)
            refuse(clashes)
            report.same += repeated
            yield month, once


def read_weather(
    archive: Archive,
    order: Order,
    received: datetime,
    report: FileReport,
    refuse: Refuse,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """The rows of a kept file of forecast weather."""

    def told(done: int, total: int) -> None:
        if progress:
            progress(f"{order.file}: kB read", done // 1024, total // 1024)

    reading = order.weather(archive.blobs.path(order.blob), received, told)
    report.rows = reading.rows_in_file
    report.ignored_columns, report.notes = list(reading.ignored_columns), [*report.notes, *reading.notes]
    refuse(reading.refused)
    return reading.rows


def store(archive: Archive, entry: Entry, progress: Progress | None = None) -> FileReport:
    """Read a kept file and store its rows, all at once and once only. Needs the writer lock."""
    order = Order.from_bytes(entry.data)
    delay = timedelta(seconds=order.delay) if order.delay is not None else None
    delivery = Delivery(entry.position, order.source, entry.received, delay)
    report = FileReport(order.file, order.format)

    def refuse(refused: Sequence[Refusal]) -> None:
        report.take(refused)
        archive.quarantine.put(entry.position, order.source, entry.received, refused, order.blob)

    archive.quarantine.forget(entry.position)
    if order.format == WEATHER:
        rows = read_weather(archive, order, entry.received, report, refuse, progress)
        kept = WeatherStore(archive.root.parent).keep(rows, entry.received, delay=delay)
        report.new, report.same, report.corrected = kept
        archive.ambient.parts.commit([], entry.position)
        return report
    counts = archive.storing.store(read_settled(archive, order, report, refuse), delivery)
    report.new, report.corrected = counts.new, counts.corrected
    report.same += counts.same
    return report


def replay(archive: Archive, order: Order, earlier: Entry) -> FileReport:
    """The report of a file that came before: all of it is known, and corrections that came since stay."""
    report = FileReport(order.file, order.format)
    came = label_of_start(earlier.received - HOUR).strftime("%Y-%m-%d %H:%M")
    report.notes.append(
        f"the same file was taken in before ({came}): nothing changed, later corrections stay"
    )
    if order.format == WEATHER:
        report.same = read_weather(archive, order, earlier.received, report, report.take).height
        return report
    report.same += sum(rows.height for _, rows in read_settled(archive, order, report, report.take))
    return report


def catch_up(archive: Archive) -> list[FileReport]:
    """Store kept files that a killed import did not store. Needs the writer lock."""
    reports = []
    for entry in archive.journal.entries(after=archive.ambient.parts.stored(), source=FILE_SOURCE):
        try:
            reports.append(store(archive, entry))
        except Unreadable as error:
            archive.ambient.parts.commit([], entry.position)
            reports.append(FileReport(Order.from_bytes(entry.data).file, error=str(error)))
    return reports


def import_file(
    archive: Archive,
    path: Path,
    *,
    received: datetime,
    format_name: str | None = None,
    mapping: ColumnMapping | None = None,
    delay: timedelta | None = USUAL_DELAY,
    points: Sequence[Point] | None = None,
    progress: Progress | None = None,
) -> FileReport:
    """Take one file in. Raises Unreadable, NothingDone (lock) and errors of a full disk."""
    order = order_for(path, format_name, mapping, delay, points)
    with archive.writing():
        catch_up(archive)
        blob, known = archive.blobs.keep(path)
        order = replace(order, blob=blob)
        earlier = taken_before(archive, order) if known else None
        if earlier:
            return replay(archive, order, earlier)
        source = FILE_SOURCE + order.source
        position = archive.journal.append(source, order.to_bytes(), received)
        try:
            return store(archive, Entry(position, source, received, order.to_bytes()), progress)
        except Unreadable:
            archive.ambient.parts.commit([], position)
            raise


def import_files(
    archive: Archive,
    paths: Sequence[Path],
    *,
    received: datetime,
    format_name: str | None = None,
    mapping: ColumnMapping | None = None,
    delay: timedelta | None = USUAL_DELAY,
    points: Sequence[Point] | None = None,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Take files in, one after the other; a file that cannot be taken says why in `error`.

    received: when this delivery came. delay: imported history counts as received at its label plus `delay`
    (first value of a key); None = at `received`. points: the places for which forecast weather is wanted; without them no
    file is taken for such. Several imports at once wait for each other, file by file.
    """
    reports = []
    for done, path in enumerate(paths):
        if progress:
            progress(path.name, done, len(paths))
        try:
            report = import_file(
                archive,
                path,
                received=received,
                format_name=format_name,
                mapping=mapping,
                delay=delay,
                points=points,
                progress=progress,
            )
        except Unreadable as error:
            report = FileReport(path.name, error=str(error))
        except (OSError, DeltaError, sqlite3.OperationalError, pl.exceptions.ComputeError) as error:
            report = FileReport(path.name, error=_not_stored(path, error))
        reports.append(report)
    if progress:
        progress("done", len(paths), len(paths))
    if any(report.new or report.corrected for report in reports):
        archive.compact(CROWDED)
    return reports


def _not_stored(path: Path, error: Exception) -> str:
    why = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return f"{path.name} could not be stored ({why}); nothing of it is visible; free disk space and import it again"
