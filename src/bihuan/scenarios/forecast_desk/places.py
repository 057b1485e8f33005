"""The places of a forecast: the cities of the register and the evaluation stations that a person may see."""

from dataclasses import dataclass

from django.db.models import QuerySet

from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region, Site


@dataclass(frozen=True)
class Place:
    """`key` as in forecasts: `city:<region code>` or a station's code."""

    key: str
    name: str
    region: Region


def _cities() -> QuerySet[Region]:
    return Region.objects.filter(city_sites__evaluated=True).distinct()


def _stations() -> QuerySet[Site]:
    return Site.objects.filter(evaluated=True).select_related("region").order_by("code")


def every_place() -> list[Place]:
    """All places, cities first."""
    return [Place(f"city:{r.code}", r.name, r) for r in _cities()] + [
        Place(s.code, s.name, s.region) for s in _stations()
    ]


def places_of(person: Person) -> list[Place]:
    """The places whose desk a person may open, cities first: the city's is common to all who hold a post there."""
    towns = _cities() if person.posts.exists() else _cities().none()
    found = [Place(f"city:{r.code}", r.name, r) for r in towns]
    return found + [Place(s.code, s.name, s.region) for s in visible(_stations(), person)]
