"""Where along lines a place lies: how far off, and how far from the first end."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from bihuan.domain.places.coordinates import Place
from bihuan.domain.places.shapes import METRES_PER_DEGREE, as_shape

Geometry = Mapping[str, Any]


@dataclass(frozen=True)
class Along:
    """On which line (its key) a place lies, how far from it [m], and at which share of its length from the first end."""

    line: str
    metres: float
    share: float


def nearest_line(place: Place, lines: Mapping[str, Geometry], within: float) -> Along | None:
    """The line that is nearest to a place (lon, lat), of those within some metres; None where none is. Lines of several parts count where they
    join into one.

    Reckoned on a plane that touches at the place: better than 0.1 % within some kilometres.
    """
    lon, lat = place
    scale = (METRES_PER_DEGREE * cos(radians(lat)), METRES_PER_DEGREE)
    origin, found = shapely.Point(0, 0), list[Along]()
    for key, geometry in lines.items():
        line = _on_plane(as_shape(geometry), (lon, lat), scale)
        if isinstance(line, LineString) and (metres := line.distance(origin)) <= within:
            found.append(Along(key, metres, line.project(origin, normalized=True)))
    return min(found, key=lambda along: (along.metres, along.line), default=None)


def _on_plane(line: BaseGeometry, place: Place, scale: tuple[float, float]) -> BaseGeometry:
    whole = shapely.line_merge(line)
    moved: BaseGeometry = shapely.transform(whole, lambda points: (points - place) * scale)
    return moved
