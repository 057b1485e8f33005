"""A unit of one county with a gate, and the addresses of the folder."""

from pathlib import Path

from bihuan import clock
from bihuan.registry.transport import Gate, VehicleUser
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW


def unit(people: City, code: str = "V001") -> VehicleUser:
    """A unit with one gate."""
    where = {"region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8}  # fmt: skip
    made = VehicleUser.objects.create(code=code, name=f"单位{code}", industry="水泥", grade="B", **where)
    Gate.objects.create(code=f"{code}-G1", name="1号门", unit=made, weighbridge=True, **where)
    return made


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a unit is seen in its county and by itself."""
    clock.set_replay(NOW, 0)
    unit(people)
    mine = {"code": "V001"}
    return [
        Address("index", ALL),
        Address("unit", IN_REGION_OR_UNIT, values=mine),
        Address("ledger", IN_REGION_OR_UNIT, values=mine),
        # Without a key in the address there is no passage: test_ledger.py shows who sees one.
        Address("passage", IN_REGION_OR_UNIT, values=mine, there=(404,)),
        Address("picture", IN_REGION_OR_UNIT, values=mine, there=(404,)),
    ]
