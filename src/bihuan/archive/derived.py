"""Tables that were made from others, kept as files as long as nothing they were made of changes. They lie below `derived` and may be deleted."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.archive.parts import Part
from bihuan.atomic import beside

DERIVED = Path("derived")


def touching(parts: Iterable[Part], begin: datetime, end: datetime) -> list[Part]:
    """Parts that may hold rows of [begin, end)."""
    return [p for p in parts if p.last >= begin and p.first < end]


def names(parts: Iterable[Part]) -> list[str]:
    """What parts are known by: a part never changes, so that what was made of it is named by them."""
    return sorted(Path(p.path).name for p in parts)


def all_known(parts: Iterable[Part], known: datetime) -> bool:
    """Had all that the parts hold been received by a moment? Else what is made of them as of that moment is not kept."""
    return not any(p.received_last > known for p in parts)


def kept_at(folder: Path, name: str, made_of: object) -> Path:
    """Where a table lies or would lie, by all that it is made of (as `repr` says it)."""
    return folder / f"{name}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:20]}.parquet"


def keep(path: Path, made: pl.DataFrame) -> None:
    """Write it, and take away what was made under its name before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.stem.rpartition("-")[0]
    for old in path.parent.glob(f"{name}-*.parquet"):
        if old.stem.rpartition("-")[0] == name:
            old.unlink(missing_ok=True)
    with beside(path) as written:
        made.write_parquet(written)


def kept(folder: Path, name: str, made_of: object, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """The table of a name, made where there is none of just this."""
    path = kept_at(folder, name, made_of)
    with suppress(FileNotFoundError):  # never made, or just now replaced by a newer one
        return pl.read_parquet(path)
    made = make()
    keep(path, made)
    return made
