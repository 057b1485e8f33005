"""What every map lies on: the boundaries of the installation's regions, simple enough to be sent, and the box around them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from bihuan.domain.places.coordinates import CHINA, Place
from bihuan.domain.places.faults import BadPlace
from bihuan.domain.places.geodesy import Geometry
from bihuan.domain.places.shapes import extent, kind_of, sign_place, simpler, sound
from bihuan.registry.city import own_city
from bihuan.registry.models import Region, Site

DETAIL = 60.0
"""Corners that matter less than this [m] are left out: a pixel of the map at which a city fills a screen."""
ROOM = 0.3
"""Around stations, where no boundary is known [degrees]."""
COUNTY = r"^\d{4}(0[1-9]|[1-9]\d)$"
"""Codes of counties and districts."""
Box = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Ground:
    """The boundaries as GeoJSON text, with the name of each and where it stands; the box that holds them, if any."""

    text: str
    box: Box | None


def ground() -> Ground:
    """Boundaries of the counties inside the own city; of all regions inside that have one where no county has."""
    rows = _own(Region.objects.exclude(geometry=None))
    return _ground(tuple(rows.values_list("code", "name", Cast("geometry", TextField()))))


def bounds() -> Box:
    """The box that a map shows at first: the boundaries, else the evaluation stations, else all of China."""
    known = ground().box
    if known:
        return known
    sites = list(Site.objects.filter(evaluated=True).values_list("lon", "lat"))
    if not sites:
        return CHINA[:2], CHINA[2:]
    lons, lats = zip(*sites, strict=True)
    return (min(lons) - ROOM, min(lats) - ROOM), (max(lons) + ROOM, max(lats) + ROOM)


def around(place: Place, region: str) -> Box:
    """The box around a place that shows where it lies: the region's boundary, of a township without one the county's."""
    shapes = dict(Region.objects.filter(pk__in=(region, region[:6])).values_list("pk", "geometry"))
    shape = shapes.get(region) or shapes.get(region[:6])
    known = [] if shape is None else [shape]
    (west, south), (east, north) = extent([*known, {"type": "Point", "coordinates": list(place)}]) or (
        place,
        place,
    )
    room = 0.0 if known else ROOM
    return (west - room, south - room), (east + room, north + room)


def _own(rows: QuerySet[Region]) -> QuerySet[Region]:
    city = own_city()
    inside = rows.filter(code__startswith=city.prefix) if city else rows
    kept = inside if inside.exists() else rows
    counties = kept.filter(code__regex=COUNTY)
    return counties if counties.exists() else kept


@lru_cache(4)
def _ground(regions: tuple[tuple[str, str, str], ...]) -> Ground:
    """By what is in the register, so that a boundary that changes is drawn anew; one that is damaged is left out."""
    shapes: dict[str, Geometry] = {}
    signs: dict[str, Place] = {}
    for code, _name, drawn in regions:
        try:
            shape, _why = sound(json.loads(drawn))
        except BadPlace:
            continue
        if kind_of(shape) == "area":
            shapes[code], signs[code] = shape, sign_place(shape)
    simple = simpler(shapes, DETAIL) if shapes else {}
    features = [
        {"type": "Feature", "geometry": simple[code], "properties": {"code": code, "name": name, "centre": signs[code]}}
        for code, name, _drawn in regions
        if code in simple
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))  # fmt: skip
    return Ground(text, extent(simple.values()))
