"""Gates of vehicle users: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.vehicle_users import board_pages, pages
from bihuan.scenarios.vehicle_users.checks import CHECKS
from bihuan.scenarios.vehicle_users.inputs import inputs
from bihuan.scenarios.vehicle_users.inspections import FORM
from bihuan.scenarios.vehicle_users.listed import listed_objects
from bihuan.scenarios.vehicle_users.registers import REGISTERS

SCENARIO = Scenario(
    title="重点用车单位门禁",
    owner="指挥中心",
    version="1.0",
    menu=(
        MenuEntry(VEHICLES, 10, "vehicle_users:index", "重点用车单位门禁"),
        MenuEntry(VEHICLES, 11, "vehicle_users:hours", "预警日逐时放行"),
    ),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=8),
    registers=REGISTERS,
    listed_objects=listed_objects,
    forms=(FORM,),
    pages=[*pages.urlpatterns, *board_pages.urlpatterns],
)
