"""目标: does a section keep its class so far this year, and what may the rest of the year average?"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from bihuan.domain.standards.surface_water.classes import with_classes
from bihuan.domain.standards.surface_water.items import LAKE, RIVER, Item, items

MONTHS = 12


@dataclass(frozen=True)
class Room:
    """What one item may be on average in the months that are left. `bound` in its unit; None where any value would do.

    reachable: can the target still be reached? For `least` items `bound` is the least, else the most.
    """

    item: Item
    mean: float
    bound: float | None
    reachable: bool


def room(
    means: Mapping[str, float | None], months: Mapping[str, int], target: int, kind: str = RIVER
) -> tuple[Room, ...]:
    """For each item that counts: its mean so far over `months` of the year, and what the others may average to keep `target`.

    The year's mean is that of its months. pH has no mean that could be mended and is left out.
    """
    found = []
    for item in items().values():
        mean, known = means.get(item.name), months.get(item.name, 0)
        limits = item.limits(kind)
        if mean is None or not known or not item.judged or limits is None or item.rule == "range":
            continue
        limit, left = limits[min(target, 5) - 1], MONTHS - known
        if not left:
            kept = mean >= limit if item.rule == "least" else mean <= limit
            found.append(Room(item, mean, None, kept))
            continue
        bound = (limit * MONTHS - mean * known) / left
        found.append(Room(item, mean, max(bound, 0.0), item.rule == "least" or bound > 0))
    return tuple(found)


def class_so_far(means: Mapping[str, float | None], kind: str = RIVER) -> int | None:
    """The class of cumulative means that are rounded already."""
    there = {n: [v] for n, v in means.items() if n in items() and v is not None}
    if not there:
        return None
    frame = pl.DataFrame({**there, "kind": [kind if kind == LAKE else RIVER]})
    found = with_classes(frame)["class"][0]
    return None if found is None else int(found)
