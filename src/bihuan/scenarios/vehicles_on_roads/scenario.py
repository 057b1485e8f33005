"""Vehicles on roads: what it gives to the rest of the house."""

from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.vehicles_on_roads import pages
from bihuan.scenarios.vehicles_on_roads.layers import LAYERS
from bihuan.scenarios.vehicles_on_roads.registers import REGISTERS

SCENARIO = Scenario(
    title="重点路段管控",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(VEHICLES, 25, "vehicles_on_roads:index", "重点路段管控"),),
    registers=REGISTERS,
    layers=LAYERS,
    pages=pages.urlpatterns,
)
