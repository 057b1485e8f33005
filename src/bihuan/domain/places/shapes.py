"""Geometry as plain GeoJSON: is it sound, where does its sign stand, does it lie in a region, simpler for a map."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import cos, radians
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from bihuan.domain.places.coordinates import Place, System, to_wgs84
from bihuan.domain.places.faults import BadPlace, Why
from bihuan.domain.places.geodesy import Geometry

DIGITS = 7
"""Decimals of a degree that are kept, about 1 cm."""
METRES_PER_DEGREE = 111_320.0
"""Of latitude, and of longitude at the equator; good enough to say how far outside something lies."""
FEW = 30
"""Up to so many corners nothing is gained by leaving some out."""
KINDS = {"Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line",
         "Polygon": "area", "MultiPolygon": "area"}  # fmt: skip
"""What a type of GeoJSON is to people."""


def kind_of(geometry: Geometry) -> str:
    """`point`, `line` or `area`. Raises BadPlace for a collection and for what is no geometry."""
    kind = KINDS.get(str(geometry.get("type")))
    if kind is None:
        raise BadPlace(Why.KIND_NOT_WANTED, kind=str(geometry.get("type"))[:40], wanted="point, line, area")
    return kind


def sound(geometry: Geometry) -> tuple[dict[str, Any], str]:
    """(the geometry in two dimensions and valid, why it had to be mended or empty). Raises BadPlace beyond mending."""
    kind = kind_of(geometry)
    found = shapely.force_2d(as_shape(geometry))
    if found.is_empty:
        raise BadPlace(Why.EMPTY_GEOMETRY)
    fault = "" if found.is_valid else str(shapely.is_valid_reason(found))
    if fault:
        found = _mended(found, kind, fault)
    return plain(found), fault


def _mended(found: BaseGeometry, kind: str, fault: str) -> BaseGeometry:
    """The valid geometry of the same kind; what has no area falls away from an area."""
    whole = shapely.make_valid(found, method="structure", keep_collapsed=False)
    kept = [
        part for part in shapely.get_parts(whole) if KINDS.get(part.geom_type) == kind and not part.is_empty
    ]
    if not kept:
        raise BadPlace(Why.BEYOND_MENDING, detail=fault[:120])
    return kept[0] if len(kept) == 1 else shapely.union_all(kept)


def as_shape(geometry: Geometry) -> BaseGeometry:
    """A GeoJSON geometry to reckon with. Raises BadPlace for coordinates that make none, or that are no numbers."""
    try:
        found = shape(geometry)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as error:
        raise BadPlace(Why.BEYOND_MENDING, detail=str(error)[:120]) from error
    if not shapely.is_empty(found) and not all(_finite(found)):
        raise BadPlace(Why.NOT_FINITE)
    return found


def _finite(found: BaseGeometry) -> list[bool]:
    return [bool(abs(value) < 1e9) for pair in shapely.get_coordinates(found) for value in pair]


def plain(found: BaseGeometry, digits: int = DIGITS) -> dict[str, Any]:
    """As a GeoJSON mapping of lists, rounded."""

    def rounded(value: Any) -> Any:
        return [rounded(v) for v in value] if isinstance(value, list | tuple) else round(float(value), digits)

    made = mapping(found)
    return {"type": made["type"], "coordinates": rounded(made["coordinates"])}


def moved(geometry: Geometry, forward: Callable[[float, float], Place]) -> dict[str, Any]:
    """Every position through a function of longitude and latitude."""

    def through(value: Sequence[Any]) -> list[Any]:
        if value and not isinstance(value[0], list | tuple):
            return [round(v, DIGITS) for v in forward(float(value[0]), float(value[1]))]
        return [through(part) for part in value]

    return {"type": geometry["type"], "coordinates": through(geometry["coordinates"])}


def in_wgs84(geometry: Geometry, system: System) -> dict[str, Any]:
    """A geometry given in a system that somebody named, as WGS-84."""
    return moved(geometry, lambda lon, lat: to_wgs84(lon, lat, system))


def sign_place(geometry: Geometry) -> Place:
    """Where the sign of an object stands: the point, the middle of a line's longest part, a point inside an area."""
    found = as_shape(geometry)
    if found.is_empty:
        raise BadPlace(Why.EMPTY_GEOMETRY)
    kind = kind_of(geometry)
    if kind == "line":
        longest = max(shapely.get_parts(found), key=lambda part: part.length)
        point = longest.interpolate(0.5, normalized=True)
    elif kind == "area":
        point = max(shapely.get_parts(found), key=lambda part: part.area).representative_point()
    else:
        point = shapely.get_parts(found)[0]
    return round(float(point.x), DIGITS), round(float(point.y), DIGITS)


def extent(geometries: Iterable[Geometry]) -> tuple[Place, Place] | None:
    """The south-west and north-east corners of the box that holds all of them; None for none."""
    shapes = [as_shape(geometry) for geometry in geometries]
    if all(found.is_empty for found in shapes):
        return None
    west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
    return (west, south), (east, north)


class Outline:
    """The boundary of a region, made ready to be asked of many objects."""

    def __init__(self, boundary: Geometry) -> None:
        found = as_shape(boundary)
        self._narrow = cos(radians(found.centroid.y))
        self._region = self._metric(found)
        self._ready = prep(self._region)

    def _metric(self, found: BaseGeometry) -> BaseGeometry:
        """In metres east and north, true near the region."""
        scale = (METRES_PER_DEGREE * self._narrow, METRES_PER_DEGREE)
        return shapely.transform(found, lambda pairs: pairs * scale)

    def metres_outside(self, geometry: Geometry) -> float:
        """How far the farthest part of a geometry lies outside the region [m]; 0 when all of it is inside."""
        asked = self._metric(as_shape(geometry))
        if self._ready.covers(asked):
            return 0.0
        corners = shapely.points(shapely.get_coordinates(asked.difference(self._region)))
        return float(max(shapely.distance(corners, self._region), default=0.0))


def coarser(geometry: Geometry, degrees: float) -> Geometry:
    """The same geometry without detail smaller than so many degrees (Douglas-Peucker); small ones stay as they are."""
    found = as_shape(geometry)
    if shapely.get_num_coordinates(found) <= FEW:
        return geometry
    return plain(shapely.simplify(found, degrees), digits=6)


def simpler(boundaries: Mapping[str, Geometry], metres: float) -> dict[str, dict[str, Any]]:
    """Sound areas with less detail, by their keys; what two of them share stays one line.

    Corners go whose triangle with their neighbours is smaller than `metres` squared: Visvalingam-Whyatt over the whole
    coverage (GEOS). Areas that overlap are simplified too, but may part by `metres`.
    """
    keys = list(boundaries)
    shapes = [as_shape(boundaries[key]) for key in keys]
    found = shapely.coverage_simplify(shapes, metres / METRES_PER_DEGREE)
    digits = 5 if metres >= 1 else DIGITS
    return {key: plain(small, digits) for key, small in zip(keys, found, strict=True)}
