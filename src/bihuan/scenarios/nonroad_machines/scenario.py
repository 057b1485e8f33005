"""Non-road machines: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.nonroad_machines import pages
from bihuan.scenarios.nonroad_machines.checks import CHECKS
from bihuan.scenarios.nonroad_machines.inputs import inputs
from bihuan.scenarios.nonroad_machines.inspections import FORM
from bihuan.scenarios.nonroad_machines.layers import LAYERS
from bihuan.scenarios.nonroad_machines.registers import REGISTERS

SCENARIO = Scenario(
    title="非道路移动机械",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(VEHICLES, 60, "nonroad_machines:index", "非道路移动机械"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=7),
    registers=REGISTERS,
    forms=(FORM,),
    layers=LAYERS,
    pages=pages.urlpatterns,
)
