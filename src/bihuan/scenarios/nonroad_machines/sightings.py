"""What checks by phone saw: each answer as a sighting, matched to the machine whose label looks as it was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import shapely
from shapely.geometry.base import BaseGeometry

from bihuan.domain.nonroad.labels import by_look, folded
from bihuan.domain.nonroad.smoke import limit_of
from bihuan.domain.places.shapes import as_shape
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.measurements import said
from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.nonroad_machines.inspections import FORM
from bihuan.scenarios.nonroad_machines.models import ControlZone, NonroadMachine


@dataclass(frozen=True)
class Sighting:
    """label, engine: as they were read; smoke [1/m], None where not measured. machine: None where no label was there or none looks like it. zones: in which it stood. site: where, in words."""

    answer: Answer
    label: str
    engine: str
    smoke: float | None
    machine: NonroadMachine | None
    zones: tuple[ControlZone, ...]
    site: str

    @property
    def day(self) -> date:
        """Of the check, in China."""
        return self.answer.at.astimezone(CST).date()

    @property
    def swapped(self) -> bool:
        """Is the engine another than the register has for this label?"""
        known = self.machine.engine_number if self.machine else ""
        return bool(known and self.engine) and folded(known) != folded(self.engine)

    @property
    def limit(self) -> float | None:
        """Of its smoke [1/m]; of a machine that nobody knows the laxest."""
        stage, power = (self.machine.stage, self.machine.power) if self.machine else ("", None)
        return limit_of(stage, power, self.day, low_zone=bool(self.zones))

    @property
    def smoky(self) -> bool:
        """Is the smoke above the limit?"""
        return self.smoke is not None and self.limit is not None and self.smoke > self.limit

    @property
    def barred(self) -> tuple[ControlZone, ...]:
        """The zones in which it stood and may not work; none of a stage that nobody knows."""
        m = self.machine
        return (
            ()
            if m is None or m.clean_energy or not m.stage
            else tuple(z for z in self.zones if m.stage < z.least)
        )


def sightings(since: datetime, until: datetime) -> Iterator[Sighting]:
    """Of the answers of a time, the oldest first."""
    machines = NonroadMachine.objects.in_bulk()
    looks = by_look({key: m.label for key, m in machines.items()})
    areas: list[tuple[ControlZone, BaseGeometry]] = [
        (z, as_shape(z.geometry)) for z in ControlZone.objects.order_by("code") if z.geometry
    ]
    answers = Answer.objects.filter(form__form=FORM.key, at__gte=since, at__lte=until).order_by("at", "pk")
    for answer in answers.select_related("region", "by"):
        told = said(answer)
        label = told.get("label", "") if told.get("labelled") == "yes" else ""
        day = answer.at.astimezone(CST).date()
        point = None if answer.lon is None or answer.lat is None else shapely.Point(answer.lon, answer.lat)
        inside = tuple(z for z, area in areas if point is not None and z.in_force(day) and area.covers(point))
        smoke = told.get("smoke", "")
        yield Sighting(
            answer,
            label,
            told.get("engine", ""),
            float(smoke) if smoke else None,
            machines.get(looks.get(folded(label), "")),
            inside,
            told.get("site", ""),
        )
