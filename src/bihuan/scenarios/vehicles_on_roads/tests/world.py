"""A unit in one county with a route over a road of three kilometres that another line of business registered, and what passed its gate in the week before."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.archive.passages import COLUMNS
from bihuan.domain.timeaxis import day_start
from bihuan.kit.registers.made import bring_rows
from bihuan.kit.spans import today
from bihuan.registry.hours import archive
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from tests.people import City
from tests.rights.address import ALL, IN_REGION, Address, city
from tests.web.world import MINE, NOW

LON, LAT = 113.62, 37.80
FOUR = {"fuel": "diesel", "stage": "4"}


def road(code: str = "R1", region: str = MINE, km: float = 3.0) -> None:
    """A street; registered as an office does it, in whatever line of business keeps the roads."""
    line = f'{{"type": "LineString", "coordinates": [[{LON}, {LAT}], [{LON + 0.03}, {LAT}]]}}'
    bring_rows(every_register()["road_segments"], [
        {"code": code, "name": f"路{code}", "region": region, "lon": LON, "lat": LAT, "geometry": line, "kind": "main", "km": km}
    ])  # fmt: skip


def unit(people: City, code: str = "V001", share: float = 60.0, roads: Iterable[str] = ("R1",), region: str = MINE) -> VehicleUser:  # fmt: skip
    """A steel works of a county whose trucks use some roads."""
    made = VehicleUser.objects.create(
        code=code, name=f"单位{code}", region=people.regions[region], lon=LON, lat=LAT, industry="钢铁"
    )
    for name in roads:
        HaulRoute.objects.create(unit=made, road=name, share=share)
    return made


def passed(*rows: dict[str, Any], hour: int = 7, days_ago: int = 1) -> None:
    """Passages of the gate V001-G1 on a day before today, a second apart, with yellow plates unless said otherwise; stored in one part, received the same day."""
    passages = archive().passages
    position = passages.parts.stored() + 1
    start = day_start(today() - timedelta(days=days_ago)) + timedelta(hours=hour)
    usual = {"site": "V001-G1", "unit": "V001", "direction": "in", "plate": "晋C12345", "colour": "yellow", "noted": "", "allowed": 1}  # fmt: skip
    made = [
        {"start": start + timedelta(seconds=n), "number": f"{position}-{n}", "received": start + timedelta(hours=1), "journal": position} | usual | row
        for n, row in enumerate(rows)
    ]  # fmt: skip
    passages.store(pl.DataFrame([{c: row.get(c) for c in COLUMNS} for row in made], COLUMNS, orient="row"), position)  # fmt: skip


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a road is seen in its county, and put into the list by those who keep it for the whole city."""
    clock.set_replay(NOW, 0)
    road()
    unit(people)
    passed(*[FOUR] * 50)
    office = city("chief", "admin")
    return [
        Address("index", ALL),
        Address("road", IN_REGION, values={"code": "R1"}),
        Address("list", writes=office, works="city:chief", values={"code": "R1"}),
    ]
