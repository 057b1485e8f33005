"""All layers of the map: those of the core, which every city has, of lines of business, and of registers."""

from typing import Any

from bihuan.kit.layers import Layer
from bihuan.kit.registers.map_layer import layer_of
from bihuan.scenarios.resolved import every_register, every_scenario
from bihuan.web import core_layers


class TwoLayers(ValueError):
    """Two layers have the same key; says which."""


def every_layer() -> dict[str, Layer[Any]]:
    """Layers by key, in the order in which the map names them. Raises TwoLayers."""
    found: dict[str, Layer[Any]] = {}
    declared = [layer for scenario in every_scenario().values() for layer in scenario.layers]
    registers = [layer_of(register) for register in every_register().values() if register.layer]
    for layer in (*core_layers.LAYERS, *declared, *registers):
        if layer.key in found:
            raise TwoLayers(f"two layers are called {layer.key}: choose another key for one of them")
        found[layer.key] = layer
    return found
