"""GeoJSON as it is written: RFC 7946, the older form with a `crs`, a bare geometry, a list of features."""

import json
from pathlib import Path
from typing import Any

from bihuan.feeds.geometry.features import MOST, BadFile, WhyFile

LARGEST = 2**28
"""Bytes."""
NAMES = {"urn:ogc:def:crs:OGC:1.3:CRS84": None, "urn:ogc:def:crs:OGC::CRS84": None, "OGC:CRS84": None}
"""Ways to say longitude and latitude in WGS-84."""
GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def read_geojson(path: Path) -> tuple[list[Any], str | None]:
    """(features, or what stands in their place; the stated system if it is another than WGS-84). Raises BadFile."""
    if path.stat().st_size > LARGEST:
        raise BadFile(WhyFile.TOO_LARGE, most=f"{LARGEST // 2**20} MB")
    try:
        told = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadFile(WhyFile.DAMAGED, detail=str(error)[:120]) from error
    found = _features(told)
    if found is None:
        raise BadFile(WhyFile.NOT_KNOWN, format="JSON")
    if len(found) > MOST:
        raise BadFile(WhyFile.TOO_MANY, count=str(len(found)), most=str(MOST))
    return found, _system(told)


def _features(told: Any) -> list[Any] | None:
    if isinstance(told, list):
        return told if told and all(_is(each, ("Feature",)) for each in told) else None
    if _is(told, ("FeatureCollection",)) and isinstance(told.get("features"), list):
        return list(told["features"])
    if _is(told, ("Feature",)):
        return [told]
    return [{"type": "Feature", "properties": {}, "geometry": told}] if _is(told, GEOMETRIES) else None


def _is(told: Any, types: tuple[str, ...]) -> bool:
    return isinstance(told, dict) and told.get("type") in types


def _system(told: Any) -> str | None:
    """The name in a `crs` of the older form; one that is none is named as it stands and refused later."""
    crs = told.get("crs") if isinstance(told, dict) else None
    if not isinstance(crs, dict):
        return None
    properties = crs.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    return NAMES.get(name, name) if name else None
