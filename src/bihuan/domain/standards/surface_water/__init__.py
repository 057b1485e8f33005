"""地表水 by GB 3838-2002 and its rules of evaluation (环办〔2011〕22号): classes, main pollutants, means, states, trends, targets."""

from bihuan.domain.standards.surface_water.classes import (
    COLOURS,
    NAMES,
    NUMBERS,
    ROMAN,
    WORSE,
    roman,
    with_classes,
)
from bihuan.domain.standards.surface_water.items import LAKE, RELEASE, RIVER, Item, items
from bihuan.domain.standards.surface_water.main_pollutants import ranks, with_main

__all__ = [
    "COLOURS",
    "LAKE",
    "NAMES",
    "NUMBERS",
    "RELEASE",
    "RIVER",
    "ROMAN",
    "WORSE",
    "Item",
    "items",
    "ranks",
    "roman",
    "with_classes",
    "with_main",
]
