"""The boundaries of regions, to hold places against."""

from bihuan.domain.places.shapes import Outline
from bihuan.registry.models import Region, prefix_of

TOLERANCE = 1000.0
"""So far [m] a place may lie outside the boundary of its region: boundaries at hand are drawn coarsely."""


class Outlines:
    """The boundaries of regions, each made ready once; a township without one has its county's."""

    def __init__(self) -> None:
        self._shapes = dict(Region.objects.exclude(geometry=None).values_list("pk", "geometry"))
        self._ready: dict[str, Outline | None] = {}

    def of(self, code: str | None) -> Outline | None:
        """The boundary of the smallest region around that has one."""
        if not code:
            return None
        if code not in self._ready:
            around = [key for key in self._shapes if code.startswith(prefix_of(key))]
            best = max(around, key=lambda key: len(prefix_of(key)), default="")
            shape = self._shapes.get(best)
            self._ready[code] = None if shape is None else Outline(shape) if best == code else self.of(best)
        return self._ready[code]
