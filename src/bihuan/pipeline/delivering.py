"""One file on its way: read by a process of its own, named in the journal, stored; or marked as failed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import apart
from bihuan.archive.journal import Entry
from bihuan.archive.store import FILE_SOURCE, Archive
from bihuan.archive.storing import Delivery
from bihuan.domain.timeaxis import HOUR, label_of_start
from bihuan.feeds.known_sites import UNKNOWN
from bihuan.feeds.names import linked
from bihuan.feeds.reading import Refusal, Unreadable
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline.kind import Kind, Taken
from bihuan.pipeline.kinds import kind_of
from bihuan.pipeline.orders import Order
from bihuan.pipeline.reading_process import Go, Refuse, Wanted, refusals, take
from bihuan.pipeline.reports import FileReport, Progress
from bihuan.reasons import Reason

KnownSites = Mapping[str, Mapping[str, str]]
"""By format, the only names of sites that may stand in its files, each with the site that it means; any may in those of other formats."""
Places = Sequence[Point] | Callable[[], Sequence[Point]] | None
"""For which places forecast weather is wanted, or how to ask for them once such a file comes; None = no file is taken for such."""


def read_apart(
    path: Path,
    wanted: Wanted,
    folder: Path,
    report: FileReport,
    begin: Callable[[str], Go],
    refuse: Refuse,
    progress: Progress | None = None,
) -> Taken:
    """The rows of a kept file, read by a process of its own; `begin` is told its format. Raises Unreadable."""

    def hear(kind: str, value: Any) -> Go | None:
        if kind == "format":
            report.format = value
            return begin(value)
        if kind == "refused":
            refuse(refusals(wanted.file, value))
        elif progress:
            progress(*value)
        return None

    taken = Taken(
        folder,
        **apart.run(take, linked(path, wanted.file, folder), wanted, folder, file=wanted.file, hear=hear),
    )
    report.rows, report.same = taken.rows, taken.same
    report.sites = taken.sites
    report.ignored_columns, report.notes = taken.ignored, [*report.notes, *map(Reason.of, taken.notes)]
    return taken


def taken_before(archive: Archive, order: Order) -> Entry | None:
    """The entry by which the same content, read the same way, came before and was stored."""
    for entry in archive.journal.entries(source=FILE_SOURCE + order.source):
        earlier = Order.from_bytes(entry.data)
        same = replace(earlier, file=order.file, delay=order.delay, sites=order.sites) == order
        if same and not archive.deliveries.given_up(entry.position):
            return entry
    return None


class Taking:
    """One file on its way from its kept copy into the tables. Needs the writer lock.

    order: with an empty format where that is to be found out. entry: where it stands in the journal already.
    """

    def __init__(
        self,
        archive: Archive,
        order: Order,
        received: datetime,
        *,
        entry: Entry | None = None,
        places: Places = None,
        sites: KnownSites | None = None,
        known: bool = False,
    ) -> None:
        self.archive, self.order, self.received = archive, order, received
        self.entry, self.places, self.sites, self.known = entry, places, sites, known
        self.wanted = Wanted(order.file, order.format or None, order.mapping, places is not None)
        self.report = FileReport(order.file)
        self.earlier: Entry | None = None
        self.kind: Kind

    def run(self, progress: Progress | None = None) -> FileReport:
        """Read and store it. Raises Unreadable when it cannot be; it is marked as failed then."""
        path = self.archive.blobs.path(self.order.blob)
        with self.archive.workplace() as folder:
            try:
                taken = read_apart(
                    path, self.wanted, folder, self.report, self._begin, self._refuse, progress
                )
            except Unreadable as error:
                if not self.earlier:
                    self._failed(error)
                raise
            if self.earlier:
                self._repeated(taken)
            else:
                self._store(taken)
        return self.report

    def _begin(self, form: str) -> Go:
        """The format is known: name the file in the journal, or find that it came before."""
        self.kind = kind_of(form, self.order.mapping)
        if self.entry is None:
            known = self.sites.get(form, {}) if self.sites is not None else dict(self.order.sites)
            sites = tuple(sorted(known.items()))
            self.order = self.kind.ordered(replace(self.order, format=form, sites=sites), self._points)
            self.earlier = self._before() if self.known else None
        received = self.earlier.received if self.earlier else self.received
        if not self.earlier:
            self._named()
        return Go(self.kind.read, received, self.order.points, self.order.sites)

    def _before(self) -> Entry | None:
        """The entry by which the file came before; none where names were refused of it that may be known now."""
        earlier = taken_before(self.archive, self.order)
        if earlier and self.archive.quarantine.waits(earlier.position, UNKNOWN):
            self.archive.quarantine.forget(earlier.position)
            return None
        return earlier

    def _points(self) -> tuple[Point, ...]:
        places = self.places() if callable(self.places) else self.places
        return self.order.points if places is None else tuple(places)

    def _named(self) -> Entry:
        """Its entry in the journal; from now on it is known to be on its way."""
        data = self.order.to_bytes()
        if self.entry is None:
            source = FILE_SOURCE + self.order.source
            position = self.archive.journal.append(source, data, self.received)
            self.entry = Entry(position, source, self.received, data)
        _listed(self.archive, self.entry, self.order)
        self.archive.quarantine.forget(self.entry.position)
        return self.entry

    def _refuse(self, refused: Sequence[Refusal]) -> None:
        self.report.take(refused)
        if self.entry and not self.earlier:
            self.archive.quarantine.put(
                self.entry.position, self.order.source, self.received, refused, self.order.blob
            )

    def _failed(self, error: Unreadable) -> None:
        entry = self.entry or self._named()
        detail = error.detail if isinstance(error, apart.Stopped) else ""
        self.archive.quarantine.forget(entry.position)
        give_up(self.archive, entry, self.order, error.why, detail)

    def _store(self, taken: Taken) -> None:
        assert self.entry is not None
        delay = self.order.delay
        late = timedelta(seconds=delay) if delay is not None else None
        delivery = Delivery(self.entry.position, self.order.source, self.received, late)
        counts = self.kind.store(self.archive, taken, delivery)
        self.archive.settled(self.entry.position)
        self.report.new, self.report.corrected = counts.new, counts.corrected
        self.report.same += counts.same
        self.report.empty = counts.empty
        self.archive.deliveries.stored(self.order.blob)

    def _repeated(self, taken: Taken) -> None:
        """The file came before: all of it is known, and corrections that came since stay."""
        assert self.earlier is not None
        came = label_of_start(self.earlier.received - HOUR).strftime("%Y-%m-%d %H:%M")
        self.report.notes.insert(0, Reason("taken_before", came=came))
        known = self.kind.known(taken)
        self.report.same += known.same
        self.report.empty = known.empty


def _listed(archive: Archive, entry: Entry, order: Order) -> None:
    archive.deliveries.begin(order.blob, entry.position, order.file, entry.data, entry.received)


def give_up(archive: Archive, entry: Entry, order: Order, why: Reason, detail: str = "") -> None:
    """Mark a delivery as failed and pass over it: it waits for a person, later ones go on."""
    if archive.deliveries.at(entry.position) is None:  # everything stopped before it was listed
        _listed(archive, entry, order)
    archive.deliveries.failed(order.blob, entry.position, why, detail)
    archive.settled(entry.position)
