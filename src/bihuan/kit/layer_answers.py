"""What the map element gets of a layer: GeoJSON with signs, cards and clusters (RFC 7946)."""

from dataclasses import asdict
from math import cos, radians
from typing import Any

from django.utils.translation import gettext as _

from bihuan.domain.places.shapes import coarser
from bihuan.kit.clusters import TILE, Cluster, gathered
from bihuan.kit.layers import WORLD, Box, Layer, Mark, View

PLAIN = {"url": "", "tone": "", "text": "", "stale": "", "simulated": False}
"""What a card leaves out, because the map takes it for granted."""


def answer(layer: Layer[Any], view: View) -> dict[str, Any]:
    """The layer in a view: `count` objects in its box, each alone or `gathered` in a cluster; `note` on the whole."""
    spots = layer.rows(view)
    single, clusters = gathered(spots, view.zoom)
    marks = layer.marks(view, single) if single else ()
    return {
        "type": "FeatureCollection",
        "count": len(spots),
        "note": layer.note(view),
        "open": str(layer.opens) or _("打开"),
        "sign": layer.sign,
        "box": _corners(view.box or WORLD),
        "gathered": bool(clusters),
        "features": [*map(_cluster, clusters), *(_object(mark, view.zoom) for mark in marks)],
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    place = [round(cluster.lon, 6), round(cluster.lat, 6)]
    properties = {"count": cluster.count, "tone": cluster.tone, "at": place, "box": _corners(cluster.box)}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}


def _corners(box: Box) -> list[list[float]]:
    return [[box.west, box.south], [box.east, box.north]]


def _object(mark: Mark, zoom: float | None) -> dict[str, Any]:
    place = [mark.lon, mark.lat]
    told = asdict(mark)
    for name in ("lon", "lat", "shape"):
        del told[name]
    properties = {k: v for k, v in told.items() if PLAIN.get(k, ...) != v}
    shape = mark.shape or {"type": "Point", "coordinates": place}
    if mark.shape and zoom is not None:
        shape = coarser(mark.shape, pixel(mark.lat, zoom))
    return {"type": "Feature", "geometry": shape, "properties": properties | {"at": place}}


def pixel(lat: float, zoom: float) -> float:
    """How many degrees of latitude one pixel of a web map covers."""
    size: float = TILE * 2.0**zoom
    return 360 / size * cos(radians(lat))
