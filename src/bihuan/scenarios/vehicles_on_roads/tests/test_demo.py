"""The practice city: routes of simulated units over simulated roads, once."""

from bihuan.kit.registers.made import bring_rows
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicles_on_roads import demo
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from bihuan.scenarios.vehicles_on_roads.tests.world import LAT, LON, road, unit
from tests.people import City
from tests.web.world import MINE, NOW


def test_simulated_units_take_the_nearest_simulated_roads(place: City) -> None:
    road("R1")
    line = f'{{"type": "LineString", "coordinates": [[{LON}, {LAT}], [{LON + 0.01}, {LAT}]]}}'
    for n in range(4):
        bring_rows(every_register()["road_segments"], [
            {"code": f"SIM-R{n}", "name": "路（模拟）", "region": MINE, "lon": LON, "lat": LAT + 0.01 * n, "geometry": line, "kind": "main", "km": 1, "simulated": True}
        ])  # fmt: skip
    unit(place, roads=())
    VehicleUser.objects.update(simulated=True)
    assert demo.build(NOW) == "运输路线 3 条（模拟）"
    found = HaulRoute.objects.values_list("road", "share", "simulated")
    assert set(found) == {("SIM-R0", 80.0, True), ("SIM-R1", 60.0, True), ("SIM-R2", 35.0, True)}
    assert demo.build(NOW) == "运输路线已有"
