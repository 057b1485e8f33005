"""Roadside checks of vehicles: what they give to the rest of the house."""

from datetime import timedelta

from bihuan.domain.vehicles.plates import COLOURS
from bihuan.domain.vehicles.roadside.sensing import WHY
from bihuan.domain.vehicles.stages import TITLES
from bihuan.jobs import Job
from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.roadside_checks import checks, instrument_checks, pages
from bihuan.scenarios.roadside_checks.inputs import inputs
from bihuan.scenarios.roadside_checks.kinds import KINDS
from bihuan.scenarios.roadside_checks.layers import LAYERS
from bihuan.scenarios.roadside_checks.registers import REGISTERS
from bihuan.scenarios.roadside_checks.retests import look

SCENARIO = Scenario(
    title="遥感监测与路检",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(VEHICLES, 50, "roadside_checks:index", "遥感监测与路检"),),
    checks=(*checks.CHECKS, *instrument_checks.CHECKS),
    inputs=inputs,
    look_back=timedelta(days=190),
    jobs=(Job("recall_tests", "复检结果", timedelta(hours=1), look),),
    kinds=KINDS,
    layers=LAYERS,
    registers=REGISTERS,
    pages=pages.urlpatterns,
    labels=(WHY, TITLES, COLOURS, checks.NAMES),
)
