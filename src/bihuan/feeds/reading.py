"""What every file reader gives: rows in the inside shape, and what it refused and why."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES, WEATHER_NAMES
from bihuan.domain.timeaxis import INSTANT
from bihuan.errors import BihuanError
from bihuan.reasons import ENGLISH, Reason, Words, in_words

SCHEMA: dict[str, pl.DataType] = {
    "site": pl.String(),
    "start": INSTANT,
    **{name: pl.Float64() for name in (*ITEM_NAMES, *WEATHER_NAMES)},
}


class Unreadable(BihuanError):
    """The file as a whole cannot be read as what it should be; says why and what to do."""


def open_plain(path: Path) -> BinaryIO:
    """A plain file, open for reading. Raises Unreadable for a folder, a pipe, a device and what cannot be opened."""
    try:
        # A pipe must not keep who opens it waiting for a writer.
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise Unreadable(Reason("cannot_open", path=str(path), error=str(error.strerror))) from error
    except ValueError as error:
        raise Unreadable(Reason("cannot_open_name", error=str(error))) from error
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise Unreadable(Reason("no_plain_file", path=str(path)))


@dataclass(frozen=True)
class Refusal:
    """One record (or one value) that was not taken in, and why."""

    file: str
    row: int
    column: str
    value: str
    why: Reason

    @property
    def words(self) -> Words:
        """Reason and remedy in the English of the command line."""
        return in_words(self.why, ENGLISH)

    @property
    def reason(self) -> str:
        """Why, in English."""
        return self.words.why

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return self.words.remedy

    def as_dict(self) -> dict[str, object]:
        """As the reports of commands list it."""
        words = self.words
        place = {"file": self.file, "row": self.row, "column": self.column, "value": self.value}
        return {**place, "reason": words.why, "remedy": words.remedy}


@dataclass(frozen=True)
class Reading:
    """What a reader gives of a file or of a piece of it.

    rows: wide, for hours of ambient air (site, start and those quantity columns that the delivery mentions, in inside units),
    or long, for everything else (`feeds.long.rows.SCHEMA`). place: what the column of the sites is called, where a name may be refused.
    """

    rows: pl.DataFrame
    refused: tuple[Refusal, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = field(default=())
    rows_in_file: int = 0
    place: str = ""
