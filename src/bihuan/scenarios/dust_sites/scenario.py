"""Dust of sites and yards: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.jobs import Job
from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.contract import DUST, Beside, MenuEntry, Scenario
from bihuan.scenarios.dust_sites import checks, entrance, monitor_checks, pages
from bihuan.scenarios.dust_sites.beside import told
from bihuan.scenarios.dust_sites.inputs import inputs
from bihuan.scenarios.dust_sites.inspections import FORM
from bihuan.scenarios.dust_sites.kinds import KINDS
from bihuan.scenarios.dust_sites.layers import LAYERS
from bihuan.scenarios.dust_sites.listed import listed_objects
from bihuan.scenarios.dust_sites.registers import REGISTERS, SITES

CHECKS = (*checks.CHECKS, *monitor_checks.CHECKS)
BESIDE = Beside("dust_sites/_beside.html", told)
SCENARIO = Scenario(
    title="扬尘工地和堆场",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(DUST, 10, "dust_sites:index", "工地和堆场"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(hours=72),
    jobs=(Job("dust_received", "扬尘监测数据入库", timedelta(minutes=10), entrance.take_in),),
    kinds=KINDS,
    layers=LAYERS,
    registers=REGISTERS,
    listed_objects=listed_objects,
    patrols=(patrolled(SITES),),
    forms=(FORM,),
    pages=pages.urlpatterns,
    open_uploads={"dust_sites:receive": entrance.BYTES},
    beside=dict.fromkeys((check.key for check in checks.CHECKS if check.key != "dust.dry_watering"), BESIDE),
)
