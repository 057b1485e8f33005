"""A county with a river, a wood and a sign, a ranger, and a phone that sends."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.kit.patrol.declared import PatrolObjects, Place
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.receiving import begin, receive
from bihuan.registry.models import Person
from tests.patrol.made import EAST, LAT, LON, NORTH, START
from tests.people import City

COUNTY = "140321"
RIVER = Place(
    "R1",
    "桃河",
    COUNTY,
    LON,
    LAT,
    {"type": "LineString", "coordinates": [[LON, LAT], [LON + 2000 / EAST, LAT]]},
)
FAR = Place("S2", "远处界桩", COUNTY, LON + 9000 / EAST, LAT)
NEAR = Place("S1", "界桩", COUNTY, LON, LAT + 20 / NORTH)


def _places(person: Person) -> Iterator[Place]:
    yield from (RIVER, FAR, NEAR)


OBJECTS = PatrolObjects("river", "河道", _places, "")
OFFERED = {"river": OBJECTS}


def sent(track: pl.DataFrame) -> list[dict[str, Any]]:
    """The points of a track as a phone sends them."""
    rows = track.select("at", "lat", "lon", "accuracy_m", "mock").iter_rows(named=True)
    return [row | {"at": row["at"].isoformat()} for row in rows]


@dataclass
class Field:
    """Who patrols, and the phone."""

    city: City
    at: datetime = START
    device: str = "phone"
    sequence: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wait()

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)
        clock.set_replay(self.at, 0)

    def person(self, role: str = "ranger", region: str = COUNTY) -> Person:
        return self.city.person(role, region)

    def begun(self, key: str = "", by: str = "ranger", start: datetime | None = None) -> Patrol:
        return begin(self.person(by), key or str(uuid.uuid4()), start or self.at)

    def batch(self, patrol: Patrol, track: pl.DataFrame, first: int | None = None, **more: Any) -> bytes:
        """A batch as the phone makes it; numbered on where `first` is not given."""
        number = self.sequence.get(patrol.key, 0) if first is None else first
        self.sequence[patrol.key] = number + track.height
        told = {"patrol": patrol.key, "device": self.device, "first": number, "points": sent(track)} | more
        return json.dumps(told).encode()

    def walked(self, track: pl.DataFrame, by: str = "ranger") -> Patrol:
        """A patrol that went so, sent in one batch when it was over."""
        first, last = track["at"][0], track["at"][-1]
        self.at = max(self.at, last)
        self.wait(seconds=5)
        patrol = self.begun(by=by, start=first)
        receive(self.person(by), patrol, self.batch(patrol, track))
        return patrol
