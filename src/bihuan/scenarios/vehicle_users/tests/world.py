"""A unit of one county with a gate, and the addresses of the folder."""

import json
from datetime import timedelta
from pathlib import Path

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.passages import From, store_all
from bihuan.registry.hours import archive
from bihuan.registry.transport import Gate, VehicleUser
from bihuan.scenarios.vehicle_users import sampling
from tests.people import City
from tests.rights.address import ALL, IN_REGION, IN_REGION_OR_UNIT, Address, covering
from tests.web.world import MINE, NOW


def unit(people: City, code: str = "V001") -> VehicleUser:
    """A unit with one gate."""
    where = {"region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8}  # fmt: skip
    made = VehicleUser.objects.create(code=code, name=f"单位{code}", industry="水泥", grade="B", **where)
    Gate.objects.create(code=f"{code}-G1", name="1号门", unit=made, weighbridge=True, **where)
    return made


def passed() -> None:
    """Three passages of today."""
    records = [
        {"gate": "V001-G1", "time": (NOW - n * timedelta(hours=1)).isoformat(), "number": str(n), "direction": "in", "plate": f"晋C1000{n}"}
        for n in range(1, 4)
    ]  # fmt: skip
    body = json.dumps({"records": records}, ensure_ascii=False).encode()
    archive().passages.journal.append(
        From("bihuan", "world", "V001").source, body, NOW - timedelta(minutes=5)
    )
    store_all(archive())


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a unit is seen in its county and by itself."""
    clock.set_replay(NOW, 0)
    unit(people)
    passed()
    day = NOW.astimezone(CST).date()
    drawn = sampling.make(VehicleUser.objects.get(pk="V001"), day, day, people.person("verifier"))
    mine, asked = {"code": "V001"}, {"from": day.isoformat(), "to": day.isoformat()}
    return [
        Address("index", ALL),
        Address("hours", ALL),
        Address("unit", IN_REGION_OR_UNIT, values=mine),
        Address("ledger", IN_REGION_OR_UNIT, values=mine),
        # Without a key in the address there is no passage: test_ledger.py shows who sees one.
        Address("passage", IN_REGION_OR_UNIT, values=mine, there=(404,)),
        Address("picture", IN_REGION_OR_UNIT, values=mine, there=(404,)),
        Address("book", IN_REGION_OR_UNIT, values=mine),
        Address(
            "draw",
            writes=covering("dispatcher", "verifier", "chief", "ranger"),
            values=mine,
            data=asked,
            works="mine:verifier",
        ),
        Address("drawn", IN_REGION, values={"pk": drawn.pk}),
    ]
