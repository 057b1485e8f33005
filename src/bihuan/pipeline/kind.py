"""What a kind of delivery is: how its files are read, stored and mended. The flow of files knows none of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.quarantine import NotMended, Refused
from bihuan.archive.storing import Counts, Delivery
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.reading import Refusal
from bihuan.feeds.records import Correction, Record
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import previews
from bihuan.pipeline.orders import Order
from bihuan.pipeline.reading_process import Read
from bihuan.reasons import Reason


@dataclass(frozen=True)
class Taken:
    """What the reading process gave of one file; its rows lie in `folder`."""

    folder: Path
    rows: int
    same: int
    ignored: list[str]
    notes: list[Sequence[Any]]
    sites: list[str]

    def months(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Each month's rows, each key once, oldest month first."""
        for path in sorted((self.folder / "months").glob("*.parquet")):
            yield path.stem, pl.read_parquet(path, glob=False)

    def weather(self) -> pl.DataFrame:
        """The rows of forecast weather."""
        return pl.read_parquet(self.folder / "weather.parquet", glob=False)


@dataclass(frozen=True)
class Corrected:
    """A record put right, as a small table of its own, and how that is read."""

    text: str
    format: str
    mapping: ColumnMapping | None = None


class Kind(Protocol):
    """One kind of delivery."""

    @property
    def read(self) -> Read:
        """How its files are read. It runs apart, so it stands in a module that imports feeds alone."""
        ...

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Whether files of this format are of this kind."""
        ...

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """The order with what this kind of file needs besides; `points` asks for which places weather is wanted."""
        ...

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Put the rows into their table. Storing an entry again changes nothing. Needs the writer lock."""
        ...

    def known(self, taken: Taken) -> Counts:
        """What is told of a file all of which came before."""
        ...

    def mendable(self, path: Path, order: Order, refused: Refused) -> bool:
        """Whether `corrected` could mend this one."""
        ...

    def record(self, path: Path, order: Order, refused: Refused) -> Record:
        """The record as it came. Raises Unreadable."""
        ...

    def corrected(
        self, archive: Archive, path: Path, order: Order, refused: Refused, correction: Correction
    ) -> Corrected:
        """The record put right. Raises NotMended when it would be refused again, Unreadable."""
        ...


class MendedInFile:
    """A kind whose refused records are put right in their file, which is sent again: only what changed is added then.

    needed: names by which the header of a sheet is known.
    """

    needed: frozenset[str]

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """Nothing besides."""
        return order

    def mendable(self, path: Path, order: Order, refused: Refused) -> bool:
        """Never here."""
        return False

    def record(self, path: Path, order: Order, refused: Refused) -> Record:
        """The row as it came. Raises Unreadable."""
        return previews.record(path, order.file, refused.row, None, self.needed)

    def corrected(
        self, archive: Archive, path: Path, order: Order, refused: Refused, correction: Correction
    ) -> Corrected:
        """Raises NotMended: see `mendable`."""
        raise NotMended(Reason("mended_in_file"))


def still_refused(refusal: Refusal) -> NotMended:
    """The corrected record would be refused again."""
    return NotMended(Reason("still_refused", value=refusal.value, cause=refusal.why))
