"""The address of every map layer: only what the person may see, in the box and at the zoom that are asked for."""

import json
from hashlib import sha256
from math import isfinite

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, instant
from bihuan.kit.layer_answers import answer
from bihuan.kit.layers import WORLD, Box, View
from bihuan.registry.access import Asked
from bihuan.web.map_ground import ground
from bihuan.web.map_layers import layer_called

GEOJSON = "application/geo+json"
OUR_OWN = ("bbox", "zoom", "at")
ZOOMS = (0, 24)


def layer(request: Asked, key: str) -> HttpResponse:
    """A layer as GeoJSON: `bbox` is west,south,east,north; `at` (ms, hour label) another hour; the rest are filters."""
    found = layer_called(key)
    if found is None:
        raise Http404(_("没有图层 %(key)s") % {"key": key[:40]})
    box = _box(request.GET.get("bbox", ""))
    view = View(
        person=request.user,
        now=clock.now(),
        at=instant(request, "at", per_second=1000),
        box=box.wider() if box else None,
        zoom=_zoom(request.GET.get("zoom", "")),
        asked={k: str(v) for k, v in request.GET.items() if k not in OUR_OWN},
    )
    return tagged(request, json.dumps(answer(found, view), ensure_ascii=False, separators=(",", ":")))


def boundary(request: Asked) -> HttpResponse:
    """Boundaries of the regions, for orientation; none where none is registered."""
    return tagged(request, ground().text)


def tagged(request: HttpRequest, text: str) -> HttpResponse:
    """GeoJSON with its ETag; 304 without a body for who has it already."""
    body = text.encode()
    made = HttpResponse(body, content_type=GEOJSON)
    made["ETag"] = f'"{sha256(body).hexdigest()[:32]}"'
    told = get_conditional_response(request, etag=made["ETag"], response=made)
    assert isinstance(told, HttpResponse)
    return told


def _box(text: str) -> Box | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad("bbox", text) from error
    if not all(isfinite(side) for side in (west, south, east, north)) or west > east or south > north:
        raise _bad("bbox", text)
    return Box(max(west, WORLD.west), max(south, WORLD.south), min(east, WORLD.east), min(north, WORLD.north))


def _zoom(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        zoom = float(text)
    except ValueError as error:
        raise _bad("zoom", text) from error
    if not ZOOMS[0] <= zoom <= ZOOMS[1]:
        raise _bad("zoom", text)
    return zoom


def _bad(name: str, text: str) -> BadQuestion:
    return BadQuestion(
        _("%(name)s=%(text)s 不是地图的范围或级别，请从页面进入") % {"name": name, "text": text[:40]}
    )
