"""Distances, lengths and areas on the ellipsoid of WGS-84, without a projection.

Short lines are measured by the radii of curvature at their middle (Bowring's mid-latitude formula: better than 1 mm at 1 km,
1 m at 100 km in China's latitudes); areas on the sphere of equal area (authalic; Snyder 1987, Map Projections, 3-11 to 3-18),
where an edge is a straight line in longitude and the sine of the authalic latitude: exact for parallels and meridians, and
better than 0.01 % for the outlines of counties and plots.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import atanh, cos, hypot, pi, radians, sin, sqrt
from typing import Any

A = 6378137.0
"""Semi-major axis [m] (NIMA TR8350.2)."""
E2 = 0.00669437999014
"""First eccentricity, squared (NIMA TR8350.2)."""
E = sqrt(E2)
Position = Sequence[float]
Geometry = Mapping[str, Any]


def distance(one: Position, other: Position) -> float:
    """Metres between two places (lon, lat in degrees) that are not farther apart than some hundred kilometres."""
    middle = radians((one[1] + other[1]) / 2)
    bulge = 1 - E2 * sin(middle) ** 2
    east = radians((other[0] - one[0] + 180) % 360 - 180) * A / sqrt(bulge) * cos(middle)
    north = radians(other[1] - one[1]) * A * (1 - E2) / bulge**1.5
    return hypot(east, north)


def length(geometry: Geometry) -> float:
    """Metres of a line, of all lines of a collection; the outline of an area is none (0)."""
    return sum(distance(one, other) for line in _lines(geometry) for one, other in pairwise(line))


def area(geometry: Geometry) -> float:
    """Square metres of an area, without its holes; 0 for points and lines."""
    return sum(
        abs(_ring(rings[0])) - sum(abs(_ring(hole)) for hole in rings[1:]) for rings in _polygons(geometry)
    )


def parts(geometry: Geometry) -> Iterable[Geometry]:
    """The geometries of a collection, else the geometry itself."""
    if geometry["type"] != "GeometryCollection":
        return [geometry]
    return [part for each in geometry["geometries"] for part in parts(each)]


def _lines(geometry: Geometry) -> list[Sequence[Position]]:
    found: list[Sequence[Position]] = []
    for part in parts(geometry):
        if part["type"] == "LineString":
            found.append(part["coordinates"])
        elif part["type"] == "MultiLineString":
            found += part["coordinates"]
    return found


def _polygons(geometry: Geometry) -> list[Sequence[Sequence[Position]]]:
    found: list[Sequence[Sequence[Position]]] = []
    for part in parts(geometry):
        if part["type"] == "Polygon" and part["coordinates"]:
            found.append(part["coordinates"])
        elif part["type"] == "MultiPolygon":
            found += part["coordinates"]
    return found


def _q(latitude: float) -> float:
    """Snyder (3-12): the sine of the authalic latitude, times q at the pole."""
    s = sin(radians(latitude))
    return (1 - E2) * (s / (1 - E2 * s * s) + atanh(E * s) / E)


def _ring(ring: Sequence[Position]) -> float:
    """Signed area of a closed ring [m²]: R² ∮ sin(β) dλ by trapezoids, with R² sin(β) = a²/2 q."""
    heights = [_q(position[1]) for position in ring]
    total = 0.0
    for i in range(len(ring) - 1):
        step = (ring[i + 1][0] - ring[i][0] + 180) % 360 - 180
        total += step * pi / 180 * (heights[i] + heights[i + 1]) / 2
    return total * A * A / 2
