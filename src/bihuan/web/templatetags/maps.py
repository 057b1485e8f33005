"""The map of a page: which layers it has, and what it shows at first."""

import json
from typing import Any

from django import template
from django.urls import reverse

from bihuan.registry.subjects import Subject
from bihuan.web.map_ground import around, bounds
from bihuan.web.map_layers import every_layer, layer_called

register = template.Library()


@register.inclusion_tag("web/_map.html", takes_context=True)
def layered_map(
    context: dict[str, Any],
    name: str,
    *keys: str,
    fit: bool = False,
    pick: bool = False,
    of: Subject | None = None,
    about: str = "",
) -> dict[str, Any]:
    """A map element with the layers of these keys, all of them shown; without keys with every layer, each as it declares.

    name: under which the browser remembers what is switched on. fit: it shows all objects at first, filtered as the page
    is. pick: a click on it says where it was. about: what its layers are asked besides, as in an address. of: the object of a register that is marked, among its neighbours in its region.
    """
    request = context["request"]
    asked = "&".join(filter(None, (request.GET.urlencode() if fit else "", about)))
    chosen = [layer for key in keys if (layer := layer_called(key))] if keys else every_layer().values()
    layers = [
        {
            "key": layer.key,
            "title": str(layer.title),
            "src": reverse("map_layer", args=[layer.key]) + (f"?{asked}" if asked else ""),
            "shown": bool(keys) or layer.shown,
            "timed": layer.timed,
        }
        for layer in chosen
    ]
    return {
        "name": name,
        "person": request.user.pk,
        "layers": json.dumps(layers, ensure_ascii=False),
        "bounds": json.dumps(around((of.lon, of.lat), of.region_id) if of else bounds()),
        "marked": json.dumps([of.lon, of.lat]) if of else "",
        "fit": fit,
        "pick": pick,
    }
