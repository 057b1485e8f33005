"""The places of a forecast: cities, counties and stations, which of them a person may see, what they are called, where weather is wanted."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.feeds.weather.rows import Point
from bihuan.reasons import Reason
from bihuan.registry.access import scope_of, visible
from bihuan.registry.city import evaluated_cities, evaluated_city
from bihuan.registry.forecasting import counties
from bihuan.registry.models import Person, Region, Site
from bihuan.registry.subjects import Subject, there_on

SHOWN = 10


@dataclass(frozen=True)
class Place:
    """`key` as in forecasts: `city:<region code>`, `county:<region code>` or a station's code."""

    key: str
    name: str
    region: Region


def _counties() -> QuerySet[Region]:
    return Region.objects.filter(pk__in=counties()).order_by("code")


def _stations() -> QuerySet[Site]:
    there = there_on(clock.now().astimezone(CST).date())
    return Site.objects.filter(there, evaluated=True).select_related("region").order_by("code")


def every_place() -> list[Place]:
    """All places, cities first, then counties."""
    return _places(evaluated_cities(), _counties(), _stations())


def places_of(person: Person) -> list[Place]:
    """The places whose desk a person may open, in the same order.

    The city's is common to all who hold a post: its forecast is published to everybody.
    """
    towns = evaluated_cities() if scope_of(person).posts else Region.objects.none()
    return _places(towns, visible(_counties(), person), visible(_stations(), person))


def place_key() -> str:
    """The key of the evaluated city; empty where no station is evaluated."""
    city = evaluated_city()
    return f"city:{city.code}" if city else ""


def names_beside_city(person: Person) -> dict[str, str]:
    """Key -> name of the counties, then of the stations, that the person may see."""
    found = _places(Region.objects.none(), visible(_counties(), person), visible(_stations(), person))
    return {place.key: place.name for place in found}


def _places(towns: QuerySet[Region], counties: QuerySet[Region], stations: QuerySet[Site]) -> list[Place]:
    return [
        *(Place(f"city:{r.code}", r.name, r) for r in towns),
        *(Place(f"county:{r.code}", r.name, r) for r in counties),
        *(Place(s.code, s.name, s.region) for s in stations),
    ]


def points() -> list[Point]:
    """Every station with its place, by code."""
    return [Point(*row) for row in Site.objects.order_by("code").values_list("code", "lon", "lat")]


def unregistered(codes: Iterable[str]) -> list[Reason]:
    """A note on sites that delivered and that no register knows, of stations, sections or sources; none when all are known."""
    registers = (m for m in apps.get_models() if issubclass(m, Subject))
    known = {code for model in registers for code in model._default_manager.values_list("pk", flat=True)}
    unknown = sorted(set(codes) - known)
    if not unknown:
        return []
    some, more = ", ".join(unknown[:SHOWN]), len(unknown) - SHOWN
    if more > 0:
        return [Reason("many_unregistered", count=len(unknown), stations=some, more=more)]
    return [Reason("unregistered", count=len(unknown), stations=some)]
