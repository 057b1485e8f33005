"""Which road segments a line of business knows: what it tells of its register to those who lay traffic on them. There is no second register of roads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bihuan.registry.models import Person


@dataclass(frozen=True)
class Road:
    """路段: code (of the city's register), name, region's code, a point of it and its line (WGS-84), length [km], the page that tells of it."""

    code: str
    name: str
    region: str
    lon: float
    lat: float
    km: float
    geometry: Mapping[str, Any]
    simulated: bool
    url: str


@dataclass(frozen=True)
class Roads:
    """What a scenario tells: `given(day)`, those that are there on a day; `seen(person)`, the codes that a person may see; `knows(code)`: is it one of them, ended ones too?"""

    given: Callable[[date], Sequence[Road]]
    seen: Callable[[Person], Collection[str]]
    knows: Callable[[str], bool]
