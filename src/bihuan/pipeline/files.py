"""Receive -> keep -> read apart -> store: the whole flow of files on one page.

A file is copied into the archive first; a process of its own finds out what it is, it is named in the journal, and is then
read there. Whatever it does to its reader, it is kept and marked as failed, and the next file goes on. A killed import leaves
at most one entry that is kept and not stored: the next import stores it before its own.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from deltalake.exceptions import DeltaError

from bihuan import apart
from bihuan.archive.damage import Damage, damages
from bihuan.archive.deliveries import DISMISSED, FAILED, Delivered
from bihuan.archive.store import FILE_SOURCE, Archive
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.names import shown_name
from bihuan.feeds.reading import Unreadable
from bihuan.pipeline.delivering import KnownSites, Places, Taking, give_up
from bihuan.pipeline.orders import Order
from bihuan.pipeline.reports import FileReport, Progress
from bihuan.reasons import Reason

USUAL_DELAY = timedelta(minutes=35)
"""Our assumption for the national network: an archive of it says that hours appear about 30 minutes late."""
TRIES = 3
"""Of a file during whose reading everything went down: after so many it is marked as failed without another look."""

CROWDED = 24


def catch_up(archive: Archive) -> list[FileReport]:
    """Store kept files that a killed import did not store. Needs the writer lock."""
    reports = []
    for entry in archive.journal.entries(after=archive.ambient.parts.stored(), source=FILE_SOURCE):
        order = Order.from_bytes(entry.data)
        known = archive.deliveries.at(entry.position)
        why = _not_again(known, order)
        if why:
            give_up(archive, entry, order, why, known.detail if known else "")
            reports.append(FileReport(order.file, why=why))
            continue
        try:
            reports.append(Taking(archive, order, entry.received, entry=entry).run())
        except Unreadable as error:
            reports.append(FileReport(order.file, why=error.why))
    return reports


def _not_again(known: Delivered | None, order: Order) -> Reason | None:
    """Why a kept file is not read again by itself."""
    if known and known.state in (FAILED, DISMISSED):
        return known.why
    if not order.format:
        return Reason("not_read_when_it_came", file=order.file)
    if known and known.attempts >= TRIES:
        return Reason("everything_stopped", file=order.file, attempts=known.attempts)
    return None


def import_file(
    archive: Archive,
    path: Path,
    *,
    received: datetime,
    name: str = "",
    format_name: str | None = None,
    mapping: ColumnMapping | None = None,
    delay: timedelta | None = USUAL_DELAY,
    points: Places = None,
    sites: KnownSites | None = None,
    progress: Progress | None = None,
) -> FileReport:
    """Take one file in. Raises Unreadable, NothingDone (lock) and errors of a full disk."""
    order = Order(
        shown_name(name or path.name),
        "",
        "mapped" if mapping else format_name or "",
        delay.total_seconds() if delay is not None else None,
        mapping,
    )
    with archive.writing():
        catch_up(archive)
        blob, known = archive.blobs.keep(path)
        order = replace(order, blob=blob)
        return Taking(archive, order, received, places=points, sites=sites, known=known).run(progress)


def retry(archive: Archive, number: int, *, received: datetime, points: Places = None) -> FileReport:
    """Read a failed delivery once more, as one that comes now. Raises NotFailed, and Unreadable when it fails again."""
    with archive.writing():
        failed = archive.deliveries.get(number)
        order = Order.from_bytes(failed.wanted)
        if not archive.blobs.path(order.blob).exists():
            raise Unreadable(Reason("raw_gone", file=order.file))
        return Taking(archive, order, received, places=points).run()


def import_files(
    archive: Archive,
    paths: Sequence[Path],
    *,
    received: datetime,
    names: Sequence[str] = (),
    format_name: str | None = None,
    mapping: ColumnMapping | None = None,
    delay: timedelta | None = USUAL_DELAY,
    points: Places = None,
    sites: KnownSites | None = None,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Take files in, one after the other; a file that cannot be taken says why in `error`.

    received: when this delivery came. delay: imported history counts as received at its label plus `delay`
    (first value of a key); None = at `received`. points: the places for which forecast weather is wanted; without them no
    file is taken for such. sites: by format, the only names that may stand in its files. names: what the files are called where that is not their name on disk. Several imports at once
    wait for each other, file by file.
    """
    reports = []
    apart.warm()
    for done, path in enumerate(paths):
        name = shown_name(names[done] if names else path.name)
        if progress:
            progress(name, done, len(paths))
        try:
            report = import_file(
                archive,
                path,
                received=received,
                name=name,
                format_name=format_name,
                mapping=mapping,
                delay=delay,
                points=points,
                sites=sites,
                progress=progress,
            )
        except Unreadable as error:
            report = FileReport(name, why=error.why)
        except (OSError, DeltaError, sqlite3.OperationalError, pl.exceptions.ComputeError) as error:
            report = FileReport(name, why=_not_stored(name, error, damages(archive.root)))
        reports.append(report)
    if progress:
        progress("done", len(paths), len(paths))
    if any(report.new or report.corrected for report in reports):
        archive.compact(CROWDED)
    return reports


def _not_stored(name: str, error: Exception, found: list[Damage]) -> Reason:
    if found:
        return Reason("archive_damaged", file=name, cause=found[0].reason)
    said = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return Reason("not_stored", file=name, error=said)
