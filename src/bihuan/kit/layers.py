"""Layers of the map: a line of business declares one, the address and the map element do the rest.

A layer is asked twice: `rows` gives where everything lies that the person may see (few columns, for all), `marks` gives
the signs and cards of those that are shown singly. So fifty thousand objects cost one light query and a few hundred cards.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from bihuan.registry.models import Person

TONES = ("dim", "good", "", "lv0", "lv1", "lv2", "accent", "lv3", "warn", "lv4", "lv5", "bad", "lv6")
"""How bad a sign looks, from calm to worst; lv1 to lv6 are the levels of air quality and nothing else, lv0 is none."""
Sign = Literal["dot", "triangle", "pin"]
"""How an object without a `text` is drawn; one with a text is a badge that carries it."""
M = TypeVar("M", bound=Model)


class Spot(Protocol):
    """Where an object lies (WGS-84, degrees; of a line or an area: a point of it), and how bad it looks."""

    @property
    def lon(self) -> float: ...

    @property
    def lat(self) -> float: ...

    @property
    def tone(self) -> str: ...


class Keyed(NamedTuple):
    """An object by its key, for `rows` that leave the rest to `marks`."""

    pk: Any
    lon: float
    lat: float
    tone: str = ""


T = TypeVar("T", bound=Spot)


@dataclass(frozen=True)
class Box:
    """What the map shows, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def wider(self, share: float = 0.5) -> "Box":
        """With a rim of this share of its size at each side, so that a small move needs no new question."""
        x, y = (self.east - self.west) * share, (self.north - self.south) * share
        return Box(self.west - x, self.south - y, self.east + x, self.north + y)


WORLD = Box(-180, -90, 180, 90)


@dataclass(frozen=True)
class View:
    """What is asked of a layer: by whom, for which moment, in which box at which zoom (of web maps), with which filters.

    `at` is None for now. `box` is None for everything. `asked` are the other fields of the address.
    """

    person: Person
    now: datetime
    at: datetime | None = None
    box: Box | None = None
    zoom: float | None = None
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """The moment that is shown."""
        return self.at or self.now

    def inside(self, rows: QuerySet[M], lon: str = "lon", lat: str = "lat") -> QuerySet[M]:
        """The rows of a query whose point lies in the box; rows without a place are on no map."""
        if self.box is None:
            return rows.filter(**{f"{lon}__isnull": False, f"{lat}__isnull": False})
        box = self.box
        return rows.filter(**{f"{lon}__range": (box.west, box.east), f"{lat}__range": (box.south, box.north)})


@dataclass(frozen=True)
class Mark:
    """One object as the map shows it: its sign, and its card of a name, one line and a way on.

    tone: one of TONES. text: short, inside a badge. stale: how old it is, in words, where that is too old to trust: the sign fades and the
    card says it. shape: the GeoJSON geometry (WGS-84) of a line or an area, drawn below the sign.
    """

    lon: float
    lat: float
    name: str
    line: str
    url: str = ""
    tone: str = ""
    text: str = ""
    stale: str = ""
    simulated: bool = False
    shape: Mapping[str, Any] | None = None


def no_note(view: View) -> str:
    """A layer that says nothing of itself."""
    return ""


@dataclass(frozen=True)
class Layer(Generic[T]):
    """A layer of the map. `rows` must give only what the person of the view may see (`registry.access.visible`).

    key: unique, of a-z, 0-9 and `-`. opens: what the link of a card says. note: one line about the whole layer, such as
    its hour. shown: is it on before a person has chosen? timed: does it follow the time line? place: its order among
    the layers of the city's map.
    """

    key: str
    title: str | Promise
    rows: Callable[[View], Sequence[T]]
    marks: Callable[[View, Sequence[T]], Iterable[Mark]]
    sign: Sign = "dot"
    opens: str | Promise = ""
    note: Callable[[View], str] = no_note
    shown: bool = True
    timed: bool = False
    place: int = 50
