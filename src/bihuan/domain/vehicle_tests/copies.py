"""Curves that were copied from another test: as they are, with noise, shifted in time, scaled or lifted; among a million tests without comparing pairs.

Own method. A car never drives two tests alike: the small ups and downs of its exhaust are its own. Of each test these ups and downs (value minus the
mean of five seconds) are cut out around the highest one of each quantity, so that a shift in time does not matter, each quantity to its own length 1, so
that scale and level do not. This signature is cut by random planes into keys (locality-sensitive hashing); only tests with a key in common are compared,
each with a few neighbours, and count as copies where their signatures agree. So time and memory grow with the number of tests, not with its square.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from bihuan.domain.vehicle_tests.curves import Block, Table

FAMILIES: Mapping[str, tuple[tuple[str, ...], int, int]] = {
    "gas": (("hc", "no", "co"), 8, 40),
    "load": (("k", "no", "power"), 8, 40),
    "smoke": (("k",), 48, 96),
}
"""Quantities of a signature, and how many seconds before and from the anchor on it takes of each."""
SIZE = 144
SHORTEST = 40
"""Tests shorter than this [s] have no signature."""
MOVING = 16
"""A quantity counts where it moves in so many seconds of the cut at least; else it says too little to be anyone's own."""
TABLES, BITS = (
    10,
    20,
)  # keys of each signature, and the longest key; few tests have shorter keys, so that more of them meet
NEIGHBOURS = 4
THREADS = 2
SCALE = 127.0

COPIES = pl.Schema({"test": pl.String(), "other": pl.String(), "likeness": pl.Float64(), "shift": pl.Int64()})
"""Pairs of tests that are alike: correlation of their ups and downs, and by how many seconds the second is later."""


@dataclass(frozen=True)
class Signatures:
    """Of tests of one family: `cuts` (anchors x tests x SIZE, whole numbers of 1/127), `anchors` (anchors x tests, second), `moving`: how many quantities count."""

    family: str
    tests: pl.Series
    cuts: npt.NDArray[np.int8]
    anchors: npt.NDArray[np.int16]
    moving: npt.NDArray[np.int8]


def family_of(block: Block) -> str | None:
    """Which signature the tests of a block have, None for none."""
    there = set(block.tables)
    if {"hc", "no", "co"} <= there:
        return "gas"
    if {"k", "power"} <= there:
        return "load"
    return "smoke" if "k" in there else None


def signatures(block: Block) -> Signatures | None:
    """The signatures of the tests of a block that are long enough."""
    family = family_of(block)
    long = block.seconds >= SHORTEST
    if family is None or not long.any():
        return None
    names, before, after = FAMILIES[family]
    seconds = block.seconds[long]
    tables = {c: block.tables[c][long] for c in names if c in block.tables}
    wavy = {c: _ups_and_downs(t, seconds) for c, t in tables.items()}
    there = [c if c in tables else names[0] for c in names]
    anchors = np.stack([_anchor(wavy[c], seconds, before, after, family) for c in there])
    cut = [_cut(tables, wavy, names, at, before, after) for at in anchors]
    return Signatures(
        family,
        block.tests.filter(pl.Series(long)),
        np.stack([c for c, _ in cut]),
        anchors.astype(np.int16),
        np.stack([m for _, m in cut]),
    )


def _ups_and_downs(table: Table, seconds: npt.NDArray[np.int64]) -> Table:
    """Value minus the mean of the five seconds around it; 0 at both ends."""
    found = np.zeros_like(table)
    around = table[:, :-4] + table[:, 4:]
    around += table[:, 1:-3]
    around += table[:, 3:-1]
    around *= -0.2
    around += table[:, 2:-2] * np.float32(0.8)
    found[:, 2:-2] = around
    found[np.arange(table.shape[1])[None, :] >= (seconds - 2)[:, None]] = 0
    return found


def _anchor(
    wavy: Table, seconds: npt.NDArray[np.int64], before: int, after: int, family: str
) -> npt.NDArray[np.int64]:
    """The second of the highest rise; where the whole cut fits in, if the family's is short."""
    at = np.arange(wavy.shape[1])[None, :]
    end = seconds if family == "smoke" else np.maximum(seconds - after, before + 1)
    first = 0 if family == "smoke" else before
    allowed = (at >= first) & (at < end[:, None])
    highest: npt.NDArray[np.int64] = np.where(allowed, wavy, -np.inf).argmax(axis=1)
    return highest


def _cut(
    tables: Mapping[str, Table], wavy: Mapping[str, Table], names: tuple[str, ...], at: npt.NDArray[np.int64],
    before: int, after: int,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:  # fmt: skip
    """The quantities around the anchors, each of length 1, all together of length 1; and how many of them count."""
    length = before + after
    whole = np.zeros((len(at), len(names) * length), np.float32)
    moving = np.zeros(len(at), np.int8)
    rows, where = np.arange(len(at))[:, None], at[:, None] + np.arange(-before, after)[None, :]
    width = next(iter(tables.values())).shape[1]
    outside = (where < 0) | (where >= width)
    where = np.clip(where, 0, width - 1)
    for n, name in enumerate(names):
        if name not in tables:
            continue
        piece, seen = wavy[name][rows, where], tables[name][rows, where]
        piece[outside] = 0
        counts = np.count_nonzero(seen[:, 1:] != seen[:, :-1], axis=1) >= MOVING
        norm = np.sqrt(np.einsum("ij,ij->i", piece, piece))
        piece *= (counts / np.where(norm > 0, norm, 1)).astype(np.float32)[:, None]
        whole[:, n * length : (n + 1) * length] = piece
        moving += counts & (norm > 0)
    whole /= np.sqrt(np.maximum(moving, 1)).astype(np.float32)[:, None]
    return np.rint(whole * SCALE).astype(np.int8), moving


def joined(parts: list[Signatures]) -> list[Signatures]:
    """The signatures of many blocks, by family."""
    found = []
    for family in FAMILIES:
        mine = [p for p in parts if p.family == family]
        if mine:
            found.append(
                Signatures(
                    family,
                    pl.concat([p.tests for p in mine]),
                    np.concatenate([p.cuts for p in mine], axis=1),
                    np.concatenate([p.anchors for p in mine], axis=1),
                    np.concatenate([p.moving for p in mine], axis=1),
                )
            )
    return found


def copies(of: Signatures, *, likeness: float = 0.85, alone: float = 0.995, seed: int = 1) -> pl.DataFrame:
    """COPIES among the tests of a family: pairs that are alike by `likeness` or more (with one quantity only: `alone`). seed: of the random planes."""
    with ThreadPoolExecutor(THREADS) as pool:
        anchors = range(of.cuts.shape[0])
        parts = pool.map(lambda anchor: _of_anchor(of, anchor, likeness, alone, seed + anchor), anchors)
        found = [pairs for pairs in parts if len(pairs)]
    if not found:
        return pl.DataFrame(schema=COPIES)
    pairs = pl.DataFrame(np.concatenate(found), schema=["first", "second", "likeness", "shift"], orient="row")
    pairs = pairs.sort("likeness", descending=True).unique(
        ["first", "second"], keep="first", maintain_order=True
    )
    one, two = (of.tests.gather(pairs[c].cast(pl.UInt32)) for c in ("first", "second"))
    return pairs.select(test=one, other=two, likeness="likeness", shift=pl.col("shift").cast(pl.Int64))


def _of_anchor(of: Signatures, anchor: int, likeness: float, alone: float, seed: int) -> npt.NDArray[Any]:
    """Rows of first, second, likeness, shift: pairs that are alike by their cuts at one anchor."""
    pick = np.flatnonzero(of.moving[anchor] > 0)
    found = [np.empty((0, 4))]
    if len(pick) > 1:
        moving, at = of.moving[anchor][pick], of.anchors[anchor][pick].astype(int)
        for first, second, like in _candidates(of.cuts[anchor][pick], seed):
            good = like >= np.where(np.minimum(moving[first], moving[second]) > 1, likeness, alone)
            first, second, like = first[good], second[good], like[good]
            found.append(np.stack([pick[first], pick[second], like, at[second] - at[first]], axis=1))
    return np.concatenate(found)


def _candidates(cuts: npt.NDArray[np.int8], seed: int) -> Iterator[tuple[Any, Any, Any]]:
    """Pairs with a key in common: places of the first and second, and how alike they are."""
    for keys in _keys(cuts, seed):
        order = np.argsort(keys, kind="stable")
        sorted_keys = keys[order]
        for step in range(1, NEIGHBOURS + 1):
            same = np.flatnonzero(sorted_keys[step:] == sorted_keys[:-step])
            if not same.size:
                break
            a, b = order[same], order[same + step]
            first, second = np.minimum(a, b), np.maximum(a, b)
            yield first, second, _alike(cuts, first, second)


def _alike(cuts: npt.NDArray[np.int8], first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Correlation of pairs, a block at a time."""
    found = np.empty(len(first), np.float32)
    for at in range(0, len(first), 65536):
        a, b = (cuts[rows[at : at + 65536]].astype(np.float32) for rows in (first, second))
        norm = np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b))
        found[at : at + 65536] = np.einsum("ij,ij->i", a, b) / np.maximum(norm, 1)
    return found


def _keys(cuts: npt.NDArray[np.int8], seed: int) -> npt.NDArray[np.uint32]:
    """TABLES keys for each signature: on which side of random planes through the middle of all it lies; about as many keys as there are tests."""
    length = min(BITS, max(8, len(cuts).bit_length() - 1))
    planes = np.random.default_rng(seed).standard_normal((cuts.shape[1], TABLES * length)).astype(np.float32)
    middle = cuts[:: max(1, len(cuts) // 20000)].astype(np.float32).mean(axis=0) @ planes
    weights = (1 << np.arange(length, dtype=np.uint32)).astype(np.float32)
    keys = np.empty((TABLES, len(cuts)), np.uint32)
    for at in range(0, len(cuts), 65536):
        sides = (cuts[at : at + 65536].astype(np.float32) @ planes) > middle
        for table in range(TABLES):
            bits = sides[:, table * length : (table + 1) * length].astype(np.float32)
            keys[table, at : at + 65536] = (bits @ weights).astype(np.uint32)
    return keys
