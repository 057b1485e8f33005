"""Points of mobile runs to the nearest road segment, all at once: a tree of the edges of all lines, asked for a whole column."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from bihuan.domain.places.shapes import METRES_PER_DEGREE, as_shape

Geometry = Mapping[str, Any]
Numbers = NDArray[np.float64]
NONE = -1


@dataclass(frozen=True, eq=False)
class Net:
    """Segments as edges on a plane. keys: of the segments; owners: of each edge the number of its segment; scale: m in a degree of lon and lat."""

    keys: tuple[str, ...]
    owners: NDArray[np.int64]
    tree: shapely.STRtree
    scale: tuple[float, float]


def net_of(lines: Mapping[str, Geometry]) -> Net:
    """The net of lines in GeoJSON (WGS 84). On a plane of their mean latitude: better than 0.5 % of small distances within a city."""
    keys = tuple(sorted(lines))
    shapes = np.array([as_shape(lines[key]) for key in keys], dtype=object)
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    corners, of_corner = shapely.get_coordinates(parts, return_index=True)
    middle = float(corners[:, 1].mean()) if len(corners) else 0.0
    scale = (METRES_PER_DEGREE * cos(radians(middle)), METRES_PER_DEGREE)
    joined = of_corner[:-1] == of_corner[1:]
    plane = corners * scale
    edges = (
        shapely.linestrings(np.stack([plane[:-1][joined], plane[1:][joined]], axis=1)) if joined.any() else []
    )
    owners = of_part[of_corner[:-1][joined]] if joined.any() else np.empty(0, np.int64)
    return Net(keys, np.asarray(owners, np.int64), shapely.STRtree(edges), scale)


def matched(net: Net, lon: Numbers, lat: Numbers, within: float) -> tuple[NDArray[np.int64], Numbers]:
    """Of each point the number of the nearest segment within some metres (NONE where none is) and how far it lies [m]; of two as near the first by key.

    A point without a place (NaN) lies nowhere.
    """
    owner, metres = np.full(len(lon), NONE, np.int64), np.full(len(lon), np.nan)
    there = np.isfinite(lon) & np.isfinite(lat)
    if not len(net.owners) or not there.any():
        return owner, metres
    points = shapely.points(lon[there] * net.scale[0], lat[there] * net.scale[1])
    (asked, edges), far = net.tree.query_nearest(points, max_distance=within, return_distance=True)
    owners = net.owners[edges]
    order = np.lexsort((owners, asked))
    first = order[np.unique(asked[order], return_index=True)[1]]
    at = np.flatnonzero(there)[asked[first]]
    owner[at], metres[at] = owners[first], far[first]
    return owner, metres
