"""Machines of one county, a zone, checks by phone, and the addresses of the folder."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from bihuan import clock
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.nonroad_machines.inspections import FORM
from bihuan.scenarios.nonroad_machines.models import ControlZone, NonroadMachine
from tests.cases.world import photo
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

LON, LAT = 113.6, 37.8
LABEL, ENGINE = "140321001A", "D201300001"
SHOT = photo(name="a.jpg")


def machine(people: City, code: str = "M1", **more: Any) -> NonroadMachine:
    """An excavator of stage 2 with 110 kW that the county's government owns."""
    given: dict[str, Any] = {
        "name": f"挖掘机{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": LON, "lat": LAT, "kind": "excavator",
        "fuel": "diesel", "stage": "2", "label": LABEL, "engine_number": ENGINE, "made": date(2013, 6, 1), "power": 110.0,
    }  # fmt: skip
    return NonroadMachine.objects.create(code=code, **given | more)


def zone(people: City, **more: Any) -> ControlZone:
    """A square of 0.02 degrees about the place that asks for stage 3, since 2018."""
    ring = [
        [LON - 0.01, LAT - 0.01],
        [LON + 0.01, LAT - 0.01],
        [LON + 0.01, LAT + 0.01],
        [LON - 0.01, LAT + 0.01],
        [LON - 0.01, LAT - 0.01],
    ]
    given: dict[str, Any] = {
        "name": "控制区", "region": people.regions[MINE], "lon": LON, "lat": LAT, "geometry": {"type": "Polygon", "coordinates": [ring]}, "least": "3",
        "since": date(2018, 1, 1),
    }  # fmt: skip
    return ControlZone.objects.create(code="Z1", **given | more)


def checked(people: City, *, lon: float = LON, **told: str) -> Answer:
    """A check by the county's ranger; without more outside of what any rule says."""
    by = people.person("ranger")
    given = {
        "place": f"{LAT} {lon} 0 5",
        "labelled": "yes",
        "label": LABEL,
        "engine": ENGINE,
        "photo": "a.jpg",
        "visible": "no",
    } | told
    if given["labelled"] == "no":
        del given["label"]
    xml = filled_in(versions.xform_of(versions.in_force(FORM)), f"uuid:{uuid4()}", given)
    return receive(FORM, by, place_for(FORM, by, MINE), Sent(xml, [SHOT]))


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a machine is seen in its county and by its owner."""
    clock.set_replay(NOW, 0)
    machine(people)
    return [
        *(Address(name, ALL) for name in ("index", "checks")),
        Address("machine", IN_REGION_OR_UNIT, values={"code": "M1"}),
    ]
