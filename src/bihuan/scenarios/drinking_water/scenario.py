"""Drinking-water sources: what it gives to the rest of the house."""

from datetime import timedelta
from pathlib import Path

from bihuan.kit.inspection.declared import Form, of_register
from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario
from bihuan.scenarios.drinking_water import pages
from bihuan.scenarios.drinking_water.checks import CHECKS, inputs
from bihuan.scenarios.drinking_water.registers import GUARDS, REGISTERS, SOURCES, ZONES

FORM = Form(
    "source_check",
    "饮用水水源地现场检查",
    Path(__file__).parent / "forms" / "source_check.xlsx",
    about="water_source",
    objects=of_register(SOURCES),
)
SCENARIO = Scenario(
    title="饮用水水源地",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 20, "drinking_water:index", "饮用水水源地"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=62),
    registers=REGISTERS,
    patrols=(patrolled(SOURCES), patrolled(ZONES), patrolled(GUARDS)),
    forms=(FORM,),
    pages=pages.urlpatterns,
)
