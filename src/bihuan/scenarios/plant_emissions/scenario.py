"""Emissions of enterprises: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.cases.targets import Kind
from bihuan.scenarios.contract import SOURCES, Finder, MenuEntry, Scenario
from bihuan.scenarios.plant_emissions import (
    amounts,
    evidence,
    exchange,
    marking,
    pages,
    search,
    standings,
    validity,
)
from bihuan.scenarios.plant_emissions.checks import CHECKS
from bihuan.scenarios.plant_emissions.closing import in_force
from bihuan.scenarios.plant_emissions.discharges import DISCHARGES
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.inspection import FORMS
from bihuan.scenarios.plant_emissions.items import process_choices
from bihuan.scenarios.plant_emissions.layers import LAYERS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.register import listed_objects, targets
from bihuan.scenarios.plant_emissions.registers import REGISTERS

SCENARIO = Scenario(
    title="企业排放",
    owner="污染源自动监控",
    version="1.0",
    menu=(MenuEntry(SOURCES, 10, "plant_emissions:index", "企业"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(hours=72),
    closing=in_force,
    kinds={"outlet": Kind(targets, "plant_emissions:outlet")},
    registers=REGISTERS,
    listed_objects=listed_objects,
    forms=FORMS,
    layers=LAYERS,
    pages=pages.urlpatterns,
    discharges=DISCHARGES,
    finders=(Finder("排放口", search.find),),
    labels=(
        amounts.TITLES,
        evidence.NAMES,
        evidence.FIELDS,
        exchange.COUNTED,
        exchange.RATES,
        exchange.MEANS,
        exchange.WHO,
        exchange.MEANING,
        marking.CODES,
        standings.STATES,
        validity.TITLES,
        validity.FLAGS,
        *(medium.texts for medium in MEDIA.values()),
        dict(process_choices()),
    ),
)
