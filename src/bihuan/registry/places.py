"""The places of the register for which forecast weather is wanted."""

from bihuan.feeds.weather.rows import Point
from bihuan.registry.models import Site


def points() -> list[Point]:
    """Every station with its place, by code."""
    return [Point(*row) for row in Site.objects.order_by("code").values_list("code", "lon", "lat")]
