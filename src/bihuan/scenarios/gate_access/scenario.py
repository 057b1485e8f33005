"""Access of gates: what it gives to the rest of the house."""

from bihuan.registry.roles import WATCHERS
from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.gate_access import pages
from bihuan.scenarios.gate_access.registers import GATE_PASSES

SCENARIO = Scenario(
    title="门禁接入",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(VEHICLES, 90, "gate_access:index", "门禁接入", roles=WATCHERS, whole_city=True),),
    registers=(GATE_PASSES,),
    pages=pages.urlpatterns,
)
