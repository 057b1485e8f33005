"""What the curves of many tests show, whole blocks at once: lengths, thin exhaust, frozen values, smoke, the power sweep.

Curves come as lists (`TRACES`); a block of tests of one family becomes a padded table tests x seconds for each quantity, so that memory is bounded by
the block and no test is looked at by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Table = npt.NDArray[np.float32]
BLOCK = 8192
"""Tests that are looked at together: 180 s of a quantity are 6 MB."""
FROZEN = 0.02
"""A quantity whose value moves in fewer of the seconds than this share stands still."""

FEATURES = pl.Schema(
    {
        "test": pl.String(),
        "seconds": pl.Int64(),
        "exhaust": pl.Float64(),  # mean CO + CO2 of the last 60 % of the test [%]
        "frozen": pl.Int64(),  # how many of CO, HC, NO, k stand still at a value above what an analyser gives of clean air
        "k_highest": pl.Float64(),
        "power_highest": pl.Float64(),
        "speed_at_power": pl.Float64(),  # where the power was highest [km/h]
        "speed_lowest": pl.Float64(),  # of the seconds from the highest power on [km/h]
    }
)
CLEAN = {"co": 0.02, "hc": 10.0, "no": 20.0, "k": 0.05}
"""Below these means an analyser may well show one value all the time."""


@dataclass(frozen=True)
class Block:
    """Tests with the same quantities. seconds: how long each is; tables: tests x seconds, 0 where a second is missing or beyond the end."""

    tests: pl.Series
    seconds: npt.NDArray[np.int64]
    tables: dict[str, Table]

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which cells are seconds of the test."""
        width = next(iter(self.tables.values())).shape[1]
        return np.arange(width)[None, :] < self.seconds[:, None]


def blocks(traces: pl.DataFrame, channels: tuple[str, ...]) -> Iterator[Block]:
    """Tests by which of the channels they have, sorted by length, `BLOCK` at a time; one without any is left out."""
    has = sum((pl.col(c).is_not_null().cast(pl.Int32) * 2**n for n, c in enumerate(channels)), pl.lit(0))
    longest = pl.max_horizontal(pl.col(c).list.len() for c in channels)
    marked = traces.with_columns(has=has, seconds=longest.fill_null(0)).filter(pl.col("seconds") > 0)
    for (mask,), rows in marked.sort("has", "seconds").group_by("has", maintain_order=True):
        there = [c for n, c in enumerate(channels) if int(str(mask)) >> n & 1]
        for first in range(0, rows.height, BLOCK):
            part = rows.slice(first, BLOCK)
            seconds = part["seconds"].cast(pl.Int64).to_numpy()
            tables = {c: _padded(part[c], int(seconds.max())) for c in there}
            yield Block(part["test"], seconds, tables)


def _padded(lists: pl.Series, width: int) -> Table:
    """Lists as the rows of a table of `width` columns, 0 behind their ends and for nulls."""
    lengths = lists.list.len().to_numpy()
    flat = lists.explode(empty_as_null=False).cast(pl.Float32).fill_null(0).to_numpy()
    if (lengths == width).all():
        return flat.reshape(-1, width)
    table = np.zeros((len(lengths), width), np.float32)
    table[np.arange(width)[None, :] < lengths[:, None]] = flat
    return table


def features(block: Block) -> pl.DataFrame:
    """FEATURES of the tests of a block."""
    given: dict[str, object] = {"test": block.tests, "seconds": block.seconds}
    if "co" in block.tables and "co2" in block.tables:
        given["exhaust"] = _late_mean(block, block.tables["co"] + block.tables["co2"])
    given["frozen"] = _frozen(block)
    if "k" in block.tables:
        given["k_highest"] = block.tables["k"].max(axis=1)
    if "power" in block.tables and "speed" in block.tables:
        given |= _sweep(block)
    found = pl.DataFrame(given)
    lacking = [pl.lit(None, dtype).alias(c) for c, dtype in FEATURES.items() if c not in given]
    return found.with_columns(lacking).select(list(FEATURES)).cast(FEATURES)


def _late(block: Block) -> npt.NDArray[np.bool_]:
    """Which cells are of the last 60 % of each test."""
    at = np.arange(next(iter(block.tables.values())).shape[1])[None, :]
    late: npt.NDArray[np.bool_] = (at >= (block.seconds * 2 // 5)[:, None]) & (at < block.seconds[:, None])
    return late


def _late_mean(block: Block, table: Table) -> npt.NDArray[np.float64]:
    """The mean of the last 60 % of each test."""
    late = _late(block)
    total: npt.NDArray[np.float64] = np.einsum("ij,ij->i", table, late.astype(np.float32), dtype=np.float64)
    mean: npt.NDArray[np.float64] = total / late.sum(axis=1)
    return mean


def _frozen(block: Block) -> npt.NDArray[np.int64]:
    """Quantities that move in no more than `FROZEN` of the last 60 % of the seconds."""
    found = np.zeros(len(block.seconds), np.int64)
    late = _late(block)
    several = late.sum(axis=1)
    for name, clean in CLEAN.items():
        if (table := block.tables.get(name)) is not None:
            moved = np.count_nonzero((table[:, 1:] != table[:, :-1]) & late[:, 1:], axis=1)
            found += (moved <= FROZEN * several) & (_late_mean(block, table) > clean)
    return found


def _sweep(block: Block) -> dict[str, object]:
    """Where the power was highest, and how far down the speed went from there."""
    speed, power = block.tables["speed"], block.tables["power"]
    top = power.argmax(axis=1)
    rows = np.arange(len(top))
    behind = block.inside & (np.arange(speed.shape[1])[None, :] >= top[:, None])
    lowest = np.where(behind, speed, np.inf).min(axis=1)
    return {"power_highest": power[rows, top], "speed_at_power": speed[rows, top], "speed_lowest": lowest}
