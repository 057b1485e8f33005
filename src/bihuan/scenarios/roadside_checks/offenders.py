"""Who exceeds again, smokes or drives with a terminal that shows a fault: one line for each vehicle, across the three sources."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.roadside.sensing import repeated
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Vehicle
from bihuan.scenarios.roadside_checks.checks import NAMES, UNITS
from bihuan.scenarios.roadside_checks.kinds import key_of, plate_and_colour
from bihuan.scenarios.roadside_checks.models import Recall, SensingPoint, SmokeCapture
from bihuan.scenarios.roadside_checks.reading import records_of
from bihuan.scenarios.roadside_checks.registers import VEHICLE
from bihuan.scenarios.roadside_checks.settings import in_force

BACK = timedelta(days=183)
TERMINALS = (
    "roadside.reagent_empty", "roadside.nox_without_urea", "roadside.lamp", "roadside.silent", "roadside.constant",
)  # fmt: skip


@dataclass
class Offender:
    """over: records above a limit; again: those by which it repeats; smoke: confirmed captures; terminal: findings of its terminal. newest: of all of them.

    vehicle: None for one that the city's list does not know, or that the person may not see.
    """

    plate: str
    colour: str
    over: int = 0
    again: int = 0
    smoke: int = 0
    terminal: int = 0
    newest: datetime | None = None
    vehicle: Vehicle | None = None
    recall: Recall | None = None
    grounds: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """How addresses name it."""
        return key_of(self.plate, self.colour)

    @property
    def sources(self) -> int:
        """In how many of the three it stands."""
        return sum(map(bool, (self.again, self.smoke, self.terminal)))

    def saw(self, at: datetime, ground: str) -> None:
        """Something of a moment."""
        self.newest = at if self.newest is None else max(self.newest, at)
        self.grounds.append(ground)


def points_seen(person: Person) -> list[str]:
    """The points whose records a person may see."""
    return list(visible(SensingPoint.objects.order_by(), person).values_list("pk", flat=True))


def offenders(person: Person, now: datetime, plate: str = "") -> list[Offender]:
    """Those of the last half year that a person may see, the worst first; plate: of one plate only."""
    found: dict[tuple[str, str], Offender] = {}

    def of(key: tuple[str, str]) -> Offender:
        return found.setdefault(key, Offender(*key))

    for key, at, ground, kind in (
        *_sensed(person, now, plate),
        *_smoke(person, now, plate),
        *_terminals(person, now, plate),
    ):
        one = of(key)
        setattr(one, kind, getattr(one, kind) + 1)
        if kind != "over":
            one.saw(at, ground)
    listed = [one for one in found.values() if one.sources]
    _beside(listed, person)
    return sorted(listed, key=lambda o: (-o.sources, -(o.again + o.smoke + o.terminal), o.plate))


Told = Iterator[tuple[tuple[str, str], datetime, str, str]]
"""(plate, colour), when, in words, which count."""


def _when(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}"


def _sensed(person: Person, now: datetime, plate: str) -> Told:
    rows = records_of(now - BACK, now, now, points_seen(person), plate)
    for r in rows.filter(pl.col("over") != "").iter_rows(named=True):
        yield (r["plate"], r["colour"]), r["start"], "", "over"
    again = in_force().again
    for r in repeated(rows, times=again.times, last=again.last, months=again.months).iter_rows(named=True):
        item = r["item"]
        ground = f"{_when(r['start'])} 遥感监测 {NAMES[item]} {r[item]:g} {UNITS[item]}，第 {r['n']} 次超标"
        yield (r["plate"], r["colour"]), r["start"], ground, "again"


def _smoke(person: Person, now: datetime, plate: str) -> Told:
    rows = visible(
        SmokeCapture.objects.filter(state="confirmed", at__gt=now - BACK, at__lte=now).exclude(plate=""),
        person,
    )
    for s in rows.filter(plate=plate) if plate else rows:
        yield (s.plate, s.colour), s.at, f"{_when(s.at)} {s.place}冒黑烟（{s.number}）", "smoke"


def _terminals(person: Person, now: datetime, plate: str) -> Told:
    rows = visible(
        Finding.objects.filter(target_kind=VEHICLE, check_key__in=TERMINALS, started_at__gt=now - BACK),
        person,
    )
    rows = rows.exclude(status=Finding.Status.REJECTED)
    for f in rows.filter(target__startswith=f"{plate} ") if plate else rows:
        yield plate_and_colour(f.target), f.started_at, f"{_when(f.started_at)} {f.title}", "terminal"


def _beside(listed: list[Offender], person: Person) -> None:
    """The vehicles of the list, and their newest recalls."""
    plates = {one.plate for one in listed}
    rows = visible(Vehicle.objects.filter(plate__in=plates).select_related("region"), person)
    known = {(v.plate, v.colour): v for v in rows}
    newest = {
        r.vehicle_id: r for r in Recall.objects.filter(vehicle__in=known.values()).order_by("issued_at")
    }
    for one in listed:
        one.vehicle = known.get((one.plate, one.colour))
        one.recall = newest.get(one.vehicle.pk) if one.vehicle else None
