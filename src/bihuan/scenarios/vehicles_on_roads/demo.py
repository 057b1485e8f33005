"""What the practice city has (all 模拟): routes of its simulated vehicle users over the three simulated road segments nearest to each, and a coal road that all units of its county use; through the registers' imports.

The folder's name puts it behind those of vehicle users and roads, so that both are there. No passage is made: those of the gates are there.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.models import Region
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios import resolved_roads
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.roads import Road
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from bihuan.scenarios.vehicles_on_roads.registers import ROUTES

SHARES = (80, 60, 35)
"""Of the nearest, the next and the third road [%]."""
COAL, COUNTY, OF_COAL = "SIM-RC1", "140311", 90
LINE = ((113.525, 37.915), (113.55, 37.93), (113.575, 37.935), (113.6, 37.945), (113.625, 37.96))


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if HaulRoute.objects.exists():
        return "运输路线已有"
    near = [r for r in resolved_roads.given(at.astimezone(CST).date()).values() if r.simulated]
    if Region.objects.filter(pk=COUNTY).exists():
        bring_rows(every_register()["road_segments"], [_coal_road()])
    rows = list(_rows(near))
    bring_rows(ROUTES, rows)
    return f"运输路线 {len(rows)} 条（模拟）"


def _coal_road() -> dict[str, object]:
    line = json.dumps({"type": "LineString", "coordinates": LINE})
    return {
        "code": COAL, "name": "荫营运煤公路（模拟）", "region": COUNTY, "lon": LINE[2][0], "lat": LINE[2][1], "geometry": line, "kind": "main", "km": 10.5,
        "truck_route": True, "simulated": True,
    }  # fmt: skip


def _rows(roads: Sequence[Road]) -> Iterator[dict[str, object]]:
    invented = {"note": "虚构的路线（模拟）", "simulated": True}
    for unit in VehicleUser.objects.filter(simulated=True).order_by("pk"):
        near = sorted(roads, key=lambda r: (abs(r.lon - unit.lon) + abs(r.lat - unit.lat), r.code))
        for road, share in zip(near, SHARES, strict=False):
            yield {"unit": unit.pk, "road": road.code, "share": share} | invented
        if unit.region_id == COUNTY:
            yield {"unit": unit.pk, "road": COAL, "share": OF_COAL} | invented
