"""Writing result files: beside, then renamed, so that a killed command leaves nothing half written."""

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.errors import NothingDone
from bihuan.installation.marker import is_installation
from bihuan.installation.private import hand_out

NEIGHBOUR = 60
"""Bytes of a file's name that its neighbour has too: the neighbour's must not be too long where the file's is not."""


def beginning(name: str) -> str:
    """What of a file's name its neighbours are called by."""
    return name.encode(errors="surrogateescape")[:NEIGHBOUR].decode(errors="ignore")


def write_beside(path: Path, write: Callable[[Path], object], *, private: bool = False) -> None:
    """Call `write` with a temporary neighbour of `path`, then rename it onto `path`.

    The file has the mode of the caller's umask; one that is `private`, or lies in an installation, is the account's own.
    """
    if not path.parent.is_dir():
        raise NothingDone(f"the folder {path.parent} does not exist; make it first or choose another --out")
    beside = path.with_name(f".{beginning(path.stem)}.{os.getpid()}{path.suffix}")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise NothingDone(f"{path} is a device or a pipe, which no file may replace; choose another name")
        write(beside)
        if not private and not any(is_installation(p) for p in path.resolve().parents):
            hand_out(beside)
        beside.replace(path)
    except OSError as error:
        raise NothingDone(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):  # a name that no disk holds, or a disk that is gone
            beside.unlink()


def write_private(path: Path, text: str) -> None:
    """Write a small file that only its owner may read, on disk before it has its name. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        with open(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


RUNS = ("=", "+", "-", "@", "\t", "\r")
"""With one of these a spreadsheet begins a formula."""
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def defused(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, behind an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(RUNS) and not re.match(NUMBER, value):
        return f"'{value}"
    return value


def defused_texts() -> pl.Expr:
    """The same for all columns of text of a table."""
    text = pl.col(pl.String)
    first = text.str.slice(0, 1).is_in(RUNS) & ~text.str.contains(NUMBER)
    return pl.when(first).then("'" + text).otherwise(text).name.keep()


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table as its name ends: .parquet, .csv or .xlsx. Raises NothingDone for another ending."""
    writers: dict[str, Callable[[Path], object]] = {
        ".parquet": lambda p: frame.write_parquet(p, compression="zstd"),
        ".csv": lambda p: frame.with_columns(defused_texts()).write_csv(p, datetime_format="%Y-%m-%dT%H:%M"),
        ".xlsx": frame.write_excel,
    }
    if path.suffix.lower() not in writers:
        raise NothingDone(f"{path.name}: the output must end in .parquet, .csv or .xlsx")
    write_beside(path, writers[path.suffix.lower()])
