"""The places of the register for which forecast weather is wanted."""

from collections.abc import Iterable

from bihuan.feeds.weather.rows import Point
from bihuan.reasons import Reason
from bihuan.registry.models import Site

SHOWN = 10


def points() -> list[Point]:
    """Every station with its place, by code."""
    return [Point(*row) for row in Site.objects.order_by("code").values_list("code", "lon", "lat")]


def unregistered(codes: Iterable[str]) -> list[Reason]:
    """A note on stations that delivered and that the register does not know; none when it knows all."""
    known = set(Site.objects.values_list("code", flat=True))
    unknown = sorted(set(codes) - known)
    if not unknown:
        return []
    some, more = ", ".join(unknown[:SHOWN]), len(unknown) - SHOWN
    if more > 0:
        return [Reason("many_unregistered", count=len(unknown), stations=some, more=more)]
    return [Reason("unregistered", count=len(unknown), stations=some)]
