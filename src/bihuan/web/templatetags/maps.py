"""The map of a page: which layers it has, and what it shows at first."""

import json
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from bihuan.web.map_ground import bounds
from bihuan.web.map_layers import every_layer, layer_called

register = template.Library()


@register.inclusion_tag("web/_map.html", takes_context=True)
def layered_map(
    context: dict[str, Any], name: str, *keys: str, fit: bool = False, pick: bool = False, only: str = ""
) -> dict[str, Any]:
    """A map element with the layers of these keys, all of them shown; without keys with every layer, each as it declares.

    name: under which the browser remembers what is switched on. fit: it shows all objects at first, filtered as the page
    is. pick: a click on it says where it was. only: the key of the one object of a register that it shows.
    """
    request = context["request"]
    filters = f"?{request.GET.urlencode()}" if fit and request.GET else ""
    if only:
        filters = f"?{urlencode({'key': only, 'state': 'all'})}"
    chosen = [layer for key in keys if (layer := layer_called(key))] if keys else every_layer().values()
    layers = [
        {
            "key": layer.key,
            "title": str(layer.title),
            "src": reverse("map_layer", args=[layer.key]) + filters,
            "shown": bool(keys) or layer.shown,
            "timed": layer.timed,
        }
        for layer in chosen
    ]
    return {
        "name": name,
        "person": request.user.pk,
        "layers": json.dumps(layers, ensure_ascii=False),
        "bounds": json.dumps(bounds()),
        "fit": fit,
        "pick": pick,
    }
