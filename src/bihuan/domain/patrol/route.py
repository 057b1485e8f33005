"""The order of the stops of a day: nearest neighbour, then 2-opt (Croes 1958), over straight lines. It knows no roads."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.patrol.plane import Plane
from bihuan.domain.places.coordinates import Place

MOST = 80
"""Stops of a day: 2-opt looks at each pair of legs."""
BETTER = 1e-6


@dataclass(frozen=True)
class Route:
    """The numbers of the stops in their order; legs: metres to each of them as the crow flies, the first from the start."""

    order: tuple[int, ...]
    legs: tuple[float, ...]

    @property
    def metres(self) -> float:
        """All of it, as the crow flies."""
        return sum(self.legs)


def route(start: Place, stops: Sequence[Place]) -> Route:
    """A short open way from the start over all stops, at most MOST. Raises ValueError for more."""
    if len(stops) > MOST:
        raise ValueError(f"{len(stops)} stops, at most {MOST}")
    if not stops:
        return Route((), ())
    lon, lat = np.array([start, *stops], dtype=float).T
    xy = Plane(float(lat.mean())).xy(lon, lat)
    far = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    way = _two_opt(_nearest(far), far)
    legs = [float(far[one, other]) for one, other in pairwise(way)]
    return Route(tuple(stop - 1 for stop in way[1:]), tuple(legs))


def _nearest(far: NDArray[np.float64]) -> list[int]:
    way, left = [0], set(range(1, len(far)))
    while left:
        here = way[-1]
        way.append(min(left, key=lambda stop: (far[here, stop], stop)))
        left.remove(way[-1])
    return way


def _two_opt(way: list[int], far: NDArray[np.float64]) -> list[int]:
    """Turn pieces of the way round as long as that makes it shorter; its end is free."""
    shorter = True
    while shorter:
        shorter = False
        for i in range(1, len(way)):
            for j in range(i + 1, len(way)):
                if _gain(way, far, i, j) > BETTER:
                    way[i : j + 1] = way[i : j + 1][::-1]
                    shorter = True
    return way


def _gain(way: list[int], far: NDArray[np.float64], i: int, j: int) -> float:
    """Metres that are saved when the piece from i to j is walked the other way round."""
    saved = far[way[i - 1], way[i]] - far[way[i - 1], way[j]]
    if j + 1 < len(way):
        saved += far[way[j], way[j + 1]] - far[way[i], way[j + 1]]
    return float(saved)
