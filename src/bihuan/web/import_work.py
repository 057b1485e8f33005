"""Works that people started on a page: each runs beside the request, so that the page can say how far it is.

What is known of them is kept in memory only. A file itself is kept before it is read: where the server stopped in between,
the next import of observations takes it in, and one of a register is shown and applied again.
"""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import connections
from django.utils import translation

from bihuan.pipeline.reports import FileReport, Progress

PATIENCE = 2.0
"""Seconds that the form waits for the result itself before it shows the progress."""
KEPT = 50
T = TypeVar("T")


@dataclass
class Work(Generic[T]):
    """One work: on which file, by whom, since when (seconds of the monotonic clock), `done` of `total` read."""

    person: int
    file: str
    began: float = field(default_factory=time.monotonic)
    number: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    done: int = 0
    total: int = 0
    future: Future[T] = field(default_factory=Future)

    @property
    def seconds(self) -> int:
        """How long it has been going on."""
        return int(time.monotonic() - self.began)

    @property
    def share(self) -> int | None:
        """Percent of the file that was read; None when that cannot be counted."""
        return 100 * self.done // self.total if self.total else None

    def progress(self, text: str, done: int, total: int) -> None:
        """Called by the work; `text` is for the command line."""
        self.done, self.total = done, total

    def result(self) -> T | None:
        """What came of it, once it is there. Raises what the work raised."""
        return self.future.result() if self.future.done() else None


class Works(Generic[T]):
    """Works of one kind, done one after another."""

    def __init__(self, kind: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=kind)
        self._known: dict[str, Work[T]] = {}

    def start(self, person: int, file: str, take: Callable[[Progress], T]) -> Work[T]:
        """Begin a work, after those begun before it, and wait a little for its end."""
        work = Work[T](person, file)
        while len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[work.number] = work
        work.future = self._pool.submit(take, work.progress)
        wait([work.future], PATIENCE)
        return work

    def beside(self, person: int, file: str, take: Callable[[Progress], T]) -> T | Work[T]:
        """What comes of a work if it comes soon, else the work. It may use the database, and speaks the language of the request."""
        language = translation.get_language()

        def run(progress: Progress) -> T:
            try:
                with translation.override(language):
                    return take(progress)
            finally:
                connections.close_all()

        begun = self.start(person, file, run)
        return begun if (done := begun.result()) is None else done

    def forget(self, number: str) -> None:
        """What came of a work was told, and is not told again."""
        self._known.pop(number, None)

    def find(self, number: str, person: int) -> Work[T] | None:
        """A work of this person; None when it is not known here (any more)."""
        work = self._known.get(number)
        return work if work and work.person == person else None


IMPORTS = Works[FileReport]("import")
"""Files with observations on their way into the archive."""
