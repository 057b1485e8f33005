"""Water of industrial parks: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.jobs import Job
from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario
from bihuan.scenarios.industrial_parks import pages, sampling
from bihuan.scenarios.industrial_parks.checks import CHECKS
from bihuan.scenarios.industrial_parks.discharges import DISCHARGES
from bihuan.scenarios.industrial_parks.inputs import inputs
from bihuan.scenarios.industrial_parks.inspections import FORMS
from bihuan.scenarios.industrial_parks.kinds import KINDS
from bihuan.scenarios.industrial_parks.layers import LAYERS
from bihuan.scenarios.industrial_parks.registers import OUTLETS, PARKS, REGISTERS

SCENARIO = Scenario(
    title="工业园区水污染",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 70, "industrial_parks:index", "工业园区水污染"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=62),
    jobs=(Job("park_samples", "园区采样入库", timedelta(minutes=10), sampling.store),),
    kinds=KINDS,
    layers=LAYERS,
    registers=REGISTERS,
    patrols=(patrolled(PARKS), patrolled(OUTLETS)),
    forms=FORMS,
    pages=pages.urlpatterns,
    discharges=DISCHARGES,
)
