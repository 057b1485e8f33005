"""Sections of surface water: what it gives to the rest of the house."""

from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario
from bihuan.scenarios.water_sections import pages
from bihuan.scenarios.water_sections.registers import REGISTERS

SCENARIO = Scenario(
    title="地表水断面",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 10, "water_sections:index", "地表水断面"),),
    registers=REGISTERS,
    pages=pages.urlpatterns,
)
