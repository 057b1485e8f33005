"""The work of a backtest in units that can be done in any order, by several processes, and are kept as they end.

A unit is one item of one segment (one fit and its origins), or one item of the sample for the slow peers at one origin. What a unit says
depends on nothing but the plan and the tables, so the numbers are the same whoever does it, and when.
"""

import contextlib
import hashlib
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

from bihuan import __version__
from bihuan.archive.lock import only_one
from bihuan.atomic import beginning, beside
from bihuan.domain.forecast import peers, rolling, statistical
from bihuan.domain.forecast.rolling import Plan
from bihuan.domain.forecast.statistical import Sample

CODE = Path(rolling.__file__).parents[1]
HISTORY = "history.parquet"
Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Work:
    """What is to be done: the plan, areas (place key -> stations), whether also the peers, and for the slow ones the sample."""

    plan: Plan
    areas: dict[str, tuple[str, ...]]
    peers: bool
    sample: Sample | None

    def units(self) -> list["Unit"]:
        """All units, the longest first."""
        found = [
            Unit(item, number) for number in range(len(self.plan.segments())) for item in self.plan.items
        ]
        slow = self.sample.origins if self.sample else ()
        return [*found, *(Unit(item, None, origin) for origin in slow for item in self.plan.items)]


@dataclass(frozen=True)
class Unit:
    """One item of a segment, or (`number` None) of the sample at one origin."""

    item: str
    number: int | None
    origin: datetime | None = None

    @property
    def name(self) -> str:
        """Of its file."""
        return (
            f"{self.item}-{self.number:04d}"
            if self.number is not None
            else f"{self.item}-{self.origin:%Y%m%dT%H}"
        )


def do(unit: Unit, work: Work, history: pl.DataFrame) -> pl.DataFrame:
    """Rows as in the backtest file, with `of`: `model`, `peer` or `sample`. Raises NoHistory."""
    if unit.number is None and work.sample is not None and unit.origin is not None:
        return statistical.rows(history, unit.item, unit.origin, work.plan.leads, work.sample).with_columns(
            of=pl.lit("sample")
        )
    plan = replace(work.plan, items=(unit.item,))
    segment = rolling.one(history, plan, unit.number or 0, areas=work.areas)
    said = [segment.rows.with_columns(of=pl.lit("model"))]
    if work.peers and segment.model.items:
        said.append(peers.rows(segment, history, plan.leads).with_columns(of=pl.lit("peer")))
    return pl.concat(said)


def key(work: Work, inputs: Sequence[Path]) -> str:
    """Hash of everything that the numbers depend on: plan, contents of the inputs in their order, and this software."""
    whole = hashlib.sha256(repr(work).encode())
    whole.update(" ".join([__version__, *(version(n) for n in ("numpy", "polars", "lightgbm"))]).encode())
    for path in (*inputs, *sorted(CODE.rglob("*.py"))):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


class Parts:
    """Finished units beside the output, in a folder that is named by the key; deleted once the output is written."""

    def __init__(self, out: Path, key: str) -> None:
        self.folder = out.with_name(f".{beginning(out.name)}.{key}.parts")

    def path(self, unit: Unit) -> Path:
        """Where a unit's rows are kept."""
        return self.folder / f"{unit.name}.parquet"

    def has(self, unit: Unit) -> bool:
        """Whether a unit was finished; a file that cannot be read (a power cut) counts as none."""
        path = self.path(unit)
        with contextlib.suppress(pl.exceptions.ComputeError):
            return path.is_file() and "of" in pl.read_parquet_schema(path)
        return False

    def keep(self, unit: Unit, rows: pl.DataFrame) -> None:
        """A killed process leaves no half unit."""
        with beside(self.path(unit)) as written:
            rows.write_parquet(written)


def finish(
    work: Work, history: pl.DataFrame, parts: Parts, processes: int, say: Say
) -> tuple[list[Path], int]:
    """Do what is left; gives the files of all units in their order, and how many units had been found finished.

    Raises NoHistory, and NothingDone when the same backtest is running already. `forget` deletes the files.
    """
    parts.folder.mkdir(exist_ok=True)
    busy = "the same backtest is running already"
    with only_one(parts.folder / ".lock", wait=0, busy=busy):
        units = work.units()
        left = [u for u in units if not parts.has(u)]
        found = len(units) - len(left)
        if found:
            say("finished before", found, len(units))
        for done, _ in enumerate(_done(work, left, history, parts, processes), found + 1):
            say("fits and their origins", done, len(units))
        return [parts.path(u) for u in units], found


def forecasts_in(paths: Sequence[Path]) -> pl.DataFrame:
    """The model's own rows of all units, in their order."""
    return pl.concat([pl.scan_parquet(p).filter(pl.col("of") == "model").drop("of").collect() for p in paths])


def forget(parts: Parts) -> None:
    """Delete the parts: the output is written, or nothing was worth keeping."""
    shutil.rmtree(parts.folder, ignore_errors=True)


def _done(
    work: Work, left: list[Unit], history: pl.DataFrame, parts: Parts, processes: int
) -> Iterator[Unit]:
    if min(processes, len(left)) <= 1:
        for unit in left:
            parts.keep(unit, do(unit, work, history))
            yield unit
        return
    table = parts.folder / HISTORY
    history.write_parquet(table)
    with ProcessPoolExecutor(
        min(processes, len(left)),
        mp_context=multiprocessing.get_context("spawn"),  # a fork would copy locks of Polars' threads
        initializer=_begin,
        initargs=(work, table, parts),
    ) as pool:
        waiting = {pool.submit(_one, unit) for unit in left}
        try:
            while waiting:
                ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ended)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_given: tuple[Work, pl.DataFrame, Parts] | None = None


def _begin(work: Work, table: Path, parts: Parts) -> None:
    """A working process reads the tables once, and ends when its parent is gone, however that ended."""
    global _given  # noqa: PLW0603 - what a pool's initialiser leaves for its units
    _given = (work, pl.read_parquet(table), parts)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _one(unit: Unit) -> Unit:
    assert _given is not None
    work, history, parts = _given
    parts.keep(unit, do(unit, work, history))
    return unit
