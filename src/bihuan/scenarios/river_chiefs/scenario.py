"""Rivers and their chiefs: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario
from bihuan.scenarios.river_chiefs import pages
from bihuan.scenarios.river_chiefs.checks import CHECKS, KEPT_DAYS, inputs
from bihuan.scenarios.river_chiefs.happy import FORM
from bihuan.scenarios.river_chiefs.kinds import KINDS
from bihuan.scenarios.river_chiefs.layers import LAYER
from bihuan.scenarios.river_chiefs.registers import REGISTERS

SCENARIO = Scenario(
    title="河长制",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 40, "river_chiefs:index", "河长制"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=KEPT_DAYS),
    kinds=KINDS,
    registers=REGISTERS,
    forms=(FORM,),
    layers=(LAYER,),
    pages=pages.urlpatterns,
)
