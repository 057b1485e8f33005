"""Sewage works and reused water: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario
from bihuan.scenarios.sewage_works import pages
from bihuan.scenarios.sewage_works.checks import CHECKS
from bihuan.scenarios.sewage_works.discharges import DISCHARGES
from bihuan.scenarios.sewage_works.grades import grades
from bihuan.scenarios.sewage_works.inputs import inputs
from bihuan.scenarios.sewage_works.inspections import FORM
from bihuan.scenarios.sewage_works.registers import REGISTERS, WORKS

SCENARIO = Scenario(
    title="污水处理厂与再生水",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 60, "sewage_works:index", "污水处理厂"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=130),
    registers=REGISTERS,
    patrols=(patrolled(WORKS),),
    forms=(FORM,),
    pages=pages.urlpatterns,
    discharges=DISCHARGES,
    labels=(tuple(grade.name for grade in grades().values()),),
)
