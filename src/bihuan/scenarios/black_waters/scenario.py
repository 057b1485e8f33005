"""Black and odorous waters: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.jobs import Job
from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.black_waters import listing, pages, words
from bihuan.scenarios.black_waters.checks import CHECKS
from bihuan.scenarios.black_waters.closing import in_force
from bihuan.scenarios.black_waters.inputs import inputs
from bihuan.scenarios.black_waters.inspections import FORM, store
from bihuan.scenarios.black_waters.layers import LAYERS
from bihuan.scenarios.black_waters.models import State
from bihuan.scenarios.black_waters.reading import BACK
from bihuan.scenarios.black_waters.registers import BODIES, REGISTERS
from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario

SCENARIO = Scenario(
    title="黑臭水体",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 50, "black_waters:index", "黑臭水体"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=BACK,
    closing=in_force,
    jobs=(Job("black_water_answers", "黑臭水体现场监测入库", timedelta(minutes=10), store),),
    registers=REGISTERS,
    patrols=(patrolled(BODIES),),
    forms=(FORM,),
    layers=LAYERS,
    pages=pages.urlpatterns,
    labels=(listing.FLAGS, words.NAMES, words.GRADES, State),
)
