"""The practice city: routes of simulated units over simulated roads, once."""

from bihuan.kit.registers.made import bring_rows
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicles_on_roads import demo
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from bihuan.scenarios.vehicles_on_roads.tests.world import LAT, LON, road, unit
from tests.people import City
from tests.web.world import MINE, NOW


def test_simulated_units_take_the_nearest_simulated_roads_and_their_county_s_coal_road(place: City) -> None:
    road("R1")
    line = f'{{"type": "LineString", "coordinates": [[{LON}, {LAT}], [{LON + 0.01}, {LAT}]]}}'
    bring_rows(every_register()["road_segments"], [
        {"code": f"SIM-R{n}", "name": "路（模拟）", "region": MINE, "lon": LON, "lat": LAT + 0.01 * n, "geometry": line, "kind": "main", "km": 1, "simulated": True}
        for n in range(4)
    ])  # fmt: skip
    unit(place, roads=())
    unit(place, "V002", roads=(), region=demo.COUNTY)
    VehicleUser.objects.update(simulated=True)
    assert demo.build(NOW) == "运输路线 7 条（模拟）"
    found = HaulRoute.objects.values_list("unit", "road", "share")
    nearest = [("SIM-R0", 80.0), ("SIM-R1", 60.0), ("SIM-R2", 35.0)]
    assert set(found) == {(u, r, s) for u in ("V001", "V002") for r, s in nearest} | {
        ("V002", demo.COAL, 90.0)
    }
    assert not HaulRoute.objects.filter(simulated=False).exists()
    assert demo.build(NOW) == "运输路线已有"
