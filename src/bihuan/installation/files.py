"""Writing result files: beside, then renamed, so that a killed command leaves nothing half written."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.atomic import beside
from bihuan.errors import NothingDone
from bihuan.installation.marker import is_installation
from bihuan.installation.private import hand_out


def write_beside(path: Path, write: Callable[[Path], object], *, private: bool = False) -> None:
    """Call `write` with a temporary neighbour of `path`, then rename it onto `path`.

    The file has the mode of the caller's umask; one that is `private`, or lies in an installation, is the account's own.
    """
    if not path.parent.is_dir():
        raise NothingDone(f"the folder {path.parent} does not exist; make it first or choose another --out")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise NothingDone(f"{path} is a device or a pipe, which no file may replace; choose another name")
        with beside(path) as written:
            write(written)
            if not private and not any(is_installation(p) for p in path.resolve().parents):
                hand_out(written)
    except OSError as error:
        raise NothingDone(f"cannot write {path}: {error.strerror or error}") from error


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
        ".csv": lambda p: frame.with_columns(defused_texts()).write_csv(p, datetime_format=_clock(frame)),
        ".xlsx": lambda p: _write_excel(frame, p),
    }
    if path.suffix.lower() not in writers:
        raise NothingDone(f"{path.name}: the output must end in .parquet, .csv or .xlsx")
    write_beside(path, writers[path.suffix.lower()])


def _clock(frame: pl.DataFrame) -> str:
    """Times to the minute, or to the second where any is not on the minute."""
    times = [pl.col(name) for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    exact = (
        bool(times)
        and frame.select(pl.any_horizontal((t.dt.truncate("1m") != t).any() for t in times)).item()
    )
    return "%Y-%m-%dT%H:%M:%S%.f" if exact else "%Y-%m-%dT%H:%M"


def _write_excel(frame: pl.DataFrame, path: Path) -> None:
    """Into an open file: by name, Polars would add an ending to it."""
    with path.open("wb") as file:
        frame.write_excel(file)
