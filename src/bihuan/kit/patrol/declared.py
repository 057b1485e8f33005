"""What a line of business says of what it wants to be patrolled (see docs/how-to-add-a-scenario.md)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.declared import Register
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on


@dataclass(frozen=True)
class Place:
    """One thing to visit: where it stands (WGS 84, degrees), and its GeoJSON geometry where it is a line or an area."""

    code: str
    name: str
    region: str
    lon: float
    lat: float
    shape: Mapping[str, Any] | None = None

    @property
    def geometry(self) -> Mapping[str, Any]:
        """Its shape, or the point."""
        return self.shape or {"type": "Point", "coordinates": [self.lon, self.lat]}


@dataclass(frozen=True)
class PatrolObjects:
    """巡查对象: things of one kind that are patrolled. places: those that a person may see, as of the clock.

    key: unique, in addresses and plans. target: the kind of target of findings that are made at one (cases.targets).
    """

    key: str
    title: str
    places: Callable[[Person], Iterable[Place]]
    target: str


def of_register(register: Register) -> PatrolObjects:
    """The objects of a register of Subjects that are in use, each with its point, line or area."""

    def places(person: Person) -> Iterator[Place]:
        day = clock.now().astimezone(CST).date()
        begun = Q(since=None) | Q(since__lte=day)
        rows: Iterable[Any] = visible(register.model._default_manager.filter(begun, there_on(day)), person)
        for row in rows:
            yield Place(row.pk, row.name, row.region_id, row.lon, row.lat, row.geometry)

    return PatrolObjects(register.kind, register.title, places, register.target)
