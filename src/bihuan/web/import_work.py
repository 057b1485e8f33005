"""Imports that people started on the page: each runs beside the request, so that the page can say how far it is.

What is known of them is kept in memory only. The file itself is kept and named in the journal before it is read: where the
server stopped in between, the next import takes it in.
"""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from bihuan.pipeline.reports import FileReport, Progress

PATIENCE = 2.0
"""Seconds that the form waits for the report itself before it shows the progress."""
KEPT = 50

_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
_works: dict[str, "Work"] = {}


@dataclass
class Work:
    """One import: of which file, by whom, since when (seconds of the monotonic clock), `done` of `total` read."""

    person: int
    file: str
    began: float = field(default_factory=time.monotonic)
    number: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    done: int = 0
    total: int = 0
    future: Future[FileReport] = field(default_factory=Future)

    @property
    def seconds(self) -> int:
        """How long it has been going on."""
        return int(time.monotonic() - self.began)

    @property
    def share(self) -> int | None:
        """Percent of the file that was read; None when that cannot be counted."""
        return 100 * self.done // self.total if self.total else None

    def progress(self, text: str, done: int, total: int) -> None:
        """Called by the import; `text` is for the command line."""
        self.done, self.total = done, total

    def report(self) -> FileReport | None:
        """The report once it is there. Raises what the import raised."""
        return self.future.result() if self.future.done() else None


def start(person: int, file: str, take: Callable[[Progress], FileReport]) -> Work:
    """Begin an import, after those begun before it, and wait a little for its end."""
    work = Work(person, file)
    while len(_works) >= KEPT:
        del _works[next(iter(_works))]
    _works[work.number] = work
    work.future = _pool.submit(take, work.progress)
    wait([work.future], PATIENCE)
    return work


def find(number: str, person: int) -> Work | None:
    """An import of this person; None when it is not known here (any more)."""
    work = _works.get(number)
    return work if work and work.person == person else None
