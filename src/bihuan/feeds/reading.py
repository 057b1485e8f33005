"""What every file reader gives: rows in the inside shape, and what it refused, with reason and remedy."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES, WEATHER_NAMES
from bihuan.domain.timeaxis import INSTANT
from bihuan.errors import BihuanError

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
        raise Unreadable(f"cannot open {path}: {error.strerror}; check the name and the rights") from error
    except ValueError as error:
        raise Unreadable(f"cannot open a file with this name: {error}; check the name") from error
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise Unreadable(f"{path} is not a plain file; give a file")


@dataclass(frozen=True)
class Refusal:
    """One record (or one value) that was not taken in."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Reading:
    """What a reader gives of a file or of a piece of it.

    rows: wide, for hours of ambient air (site, start and those quantity columns that the delivery mentions, in inside units),
    or long, for everything else (`feeds.long.rows.SCHEMA`).
    """

    rows: pl.DataFrame
    refused: tuple[Refusal, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    rows_in_file: int = 0
