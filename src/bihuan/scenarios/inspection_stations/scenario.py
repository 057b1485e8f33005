"""Inspection stations of motor vehicles: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.inspection_stations import pages
from bihuan.scenarios.inspection_stations.checks import CHECKS
from bihuan.scenarios.inspection_stations.inputs import inputs
from bihuan.scenarios.inspection_stations.inspections import FORM
from bihuan.scenarios.inspection_stations.registers import REGISTERS, STATIONS

SCENARIO = Scenario(
    title="机动车检验机构",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(VEHICLES, 40, "inspection_stations:index", "机动车检验机构"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=31),
    registers=REGISTERS,
    patrols=(patrolled(STATIONS),),
    forms=(FORM,),
    pages=pages.urlpatterns,
)
