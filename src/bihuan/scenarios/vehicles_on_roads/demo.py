"""What the practice city has (all 模拟): routes of its simulated vehicle users over the three simulated road segments nearest to each, through the register's import.

The folder's name puts it behind those of vehicle users and roads, so that both are there. No passage is made: those of the gates are there.
"""

from collections.abc import Iterator
from datetime import datetime

from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios import resolved_roads
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from bihuan.scenarios.vehicles_on_roads.registers import ROUTES

SHARES = (80, 60, 35)
"""Of the nearest, the next and the third road [%]."""


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if HaulRoute.objects.exists():
        return "运输路线已有"
    rows = list(_rows(at))
    bring_rows(ROUTES, rows)
    return f"运输路线 {len(rows)} 条（模拟）"


def _rows(at: datetime) -> Iterator[dict[str, object]]:
    roads = [r for r in resolved_roads.given(at.astimezone(CST).date()).values() if r.simulated]
    for unit in VehicleUser.objects.filter(simulated=True).order_by("pk"):
        near = sorted(roads, key=lambda r: (abs(r.lon - unit.lon) + abs(r.lat - unit.lat), r.code))
        for road, share in zip(near, SHARES, strict=False):
            yield {
                "unit": unit.pk,
                "road": road.code,
                "share": share,
                "note": "虚构的路线（模拟）",
                "simulated": True,
            }
