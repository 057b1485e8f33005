"""What lies too close together on the map to be told apart becomes one sign with a count and the worst tone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from bihuan.kit.layers import TONES, Box, Spot

CELL = 72
"""Side of a cell [pixel]: about the width of two signs."""
APART = 44
"""Two signs are at least this far apart [pixel], else they are one."""
TOGETHER = 200
"""Up to so many objects in view each keeps its own sign; the map moves signs apart that cover each other."""
CLOSEST = 18
"""From this zoom on a sign is a house: nothing is gathered any more."""
TILE = 256
"""Pixels of the world at zoom 0 (web Mercator)."""
FARTHEST = 85.05
"""Where web Mercator ends [degrees]."""
ROWS = 2**32
"""More rows of cells than the world has at any zoom."""
_RANKS = {tone: rank for rank, tone in enumerate(TONES)}
S = TypeVar("S", bound=Spot)


@dataclass(frozen=True)
class Cluster:
    """Several objects as one sign, in their middle; `box` holds them all."""

    lon: float
    lat: float
    count: int
    tone: str
    box: Box


def gathered(spots: Sequence[S], zoom: float | None) -> tuple[list[S], list[Cluster]]:
    """(those shown singly, clusters); together they are all of them. Without a zoom nothing is gathered."""
    if zoom is None or len(spots) <= TOGETHER or zoom >= CLOSEST:
        return list(spots), []
    lon, lat = (np.fromiter((getattr(s, name) for s in spots), float, len(spots)) for name in ("lon", "lat"))
    x, y = pixels(lon, lat, zoom)
    group = _joined(x, y)
    counts = np.bincount(group)
    alone = counts[group] == 1
    ranks = np.fromiter((_RANKS[s.tone] for s in spots), np.int64, len(spots))
    return [spots[i] for i in np.flatnonzero(alone).tolist()], _clusters(group, lon, lat, ranks, counts)


def pixels(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], zoom: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Places [degrees] in pixels of the whole world at a zoom: web Mercator (EPSG:3857)."""
    size = TILE * 2.0**zoom
    north = np.radians(np.clip(lat, -FARTHEST, FARTHEST))
    return (lon + 180) / 360 * size, (1 - np.arcsinh(np.tan(north)) / pi) / 2 * size


def _joined(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The group of each place, 0 and up: cells of a grid, then cells whose middles would still cover each other."""
    column, row = ((values // CELL).astype(np.int64) for values in (x, y))
    numbers, group = np.unique(column * ROWS + row, return_inverse=True)
    names = np.stack([numbers // ROWS, numbers % ROWS], axis=1)
    counts = np.bincount(group)
    middles = np.stack([np.bincount(group, w) / counts for w in (x, y)], axis=1)
    leaders = _leaders(names, middles, counts)
    return np.unique(leaders, return_inverse=True)[1][group]


def _leaders(
    names: npt.NDArray[np.int64], middles: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For each cell the cell that it joins: the fullest of its neighbours that is too close, or itself."""
    known = {(int(cx), int(cy)): i for i, (cx, cy) in enumerate(names)}
    leader = np.full(len(names), -1, np.int64)
    for i in np.argsort(-counts, kind="stable"):
        if leader[i] >= 0:
            continue
        leader[i] = i
        cx, cy = map(int, names[i])
        around = (known.get((cx + dx, cy + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        for j in around:
            if j is not None and leader[j] < 0 and np.hypot(*(middles[j] - middles[i])) < APART:
                leader[j] = i
    return leader


def _clusters(
    group: npt.NDArray[np.int64],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    ranks: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> list[Cluster]:
    order = np.argsort(group, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    low_x, high_x = (f.reduceat(lon[order], starts) for f in (np.minimum, np.maximum))
    low_y, high_y = (f.reduceat(lat[order], starts) for f in (np.minimum, np.maximum))
    worst = np.maximum.reduceat(ranks[order], starts)
    middle_x, middle_y = (np.bincount(group, w) / counts for w in (lon, lat))
    return [
        Cluster(
            float(middle_x[i]),
            float(middle_y[i]),
            int(counts[i]),
            TONES[worst[i]],
            Box(float(low_x[i]), float(low_y[i]), float(high_x[i]), float(high_y[i])),
        )
        for i in np.flatnonzero(counts > 1)
    ]
