"""Clean transport: what it gives to the rest of the house."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bihuan.domain.vehicles.clean.columns import STAGE_COLUMNS, WAYS_OF
from bihuan.domain.vehicles.clean.tonnes import LAST_LEGS, MODES
from bihuan.jobs import Job
from bihuan.scenarios.clean_transport import pages
from bihuan.scenarios.clean_transport.checks import CHECKS
from bihuan.scenarios.clean_transport.inputs import inputs
from bihuan.scenarios.clean_transport.reading import keep_sums
from bihuan.scenarios.clean_transport.registers import REGISTERS
from bihuan.scenarios.clean_transport.tables import FUEL_WORDS, MET
from bihuan.scenarios.clean_transport.view import BY
from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario


def _keep(now: datetime, say: Callable[[str], None]) -> str:
    return keep_sums(now)


SCENARIO = Scenario(
    title="清洁运输",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(VEHICLES, 20, "clean_transport:index", "清洁运输"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=45),
    jobs=(Job("vehicle_sums", "过车记录汇总", timedelta(hours=1), _keep),),
    registers=REGISTERS,
    pages=pages.urlpatterns,
    labels=(WAYS_OF, STAGE_COLUMNS, MODES, LAST_LEGS, BY, MET, FUEL_WORDS),
)
