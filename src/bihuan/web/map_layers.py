"""All layers of the map: those of the core, which every city has, of lines of business, and of registers."""

from typing import Any

from bihuan.kit.layers import Layer
from bihuan.scenarios.resolved import every_scenario
from bihuan.web import core_layers
from bihuan.web.patrol.layers import PATROL_LAYERS
from bihuan.web.registers.layers import register_layers


class TwoLayers(ValueError):
    """Two layers have the same key; says which."""


def every_layer() -> dict[str, Layer[Any]]:
    """Layers of the city's map by key, in the order in which it names them. Raises TwoLayers."""
    found: dict[str, Layer[Any]] = {}
    declared = [layer for scenario in every_scenario().values() for layer in scenario.layers]
    every = (*core_layers.LAYERS, *declared, *register_layers(of_the_city=True))
    for layer in sorted(every, key=lambda one: one.place):
        if layer.key in found:
            raise TwoLayers(f"two layers are called {layer.key}: choose another key for one of them")
        found[layer.key] = layer
    return found


def layer_called(key: str) -> Layer[Any] | None:
    """A layer of the city's map, or one that only the pages of a register or of patrols show."""
    others = (*PATROL_LAYERS, *register_layers())
    return every_layer().get(key) or next((one for one in others if one.key == key), None)
