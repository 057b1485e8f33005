"""Reporting of mobile sources to the platform above: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.domain.vehicles.upward.messages import FAULTS, KINDS
from bihuan.jobs import Job
from bihuan.registry.roles import WATCHERS
from bihuan.scenarios.contract import VEHICLES, MenuEntry, Scenario
from bihuan.scenarios.vehicle_reporting import pages
from bihuan.scenarios.vehicle_reporting.checks import CHECKS
from bihuan.scenarios.vehicle_reporting.inputs import inputs
from bihuan.scenarios.vehicle_reporting.jobs import reconcile, report

SCENARIO = Scenario(
    title="移动源联网上报",
    owner="指挥中心",
    version="1.0",
    menu=(
        MenuEntry(VEHICLES, 95, "vehicle_reporting:index", "移动源联网上报", roles=WATCHERS, whole_city=True),
    ),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=7),
    jobs=(
        Job("vehicle_reporting", "移动源上报", timedelta(minutes=10), report, long=True),
        Job("vehicle_reconciling", "移动源上报对账", timedelta(hours=6), reconcile, long=True),
    ),
    pages=pages.urlpatterns,
    labels=(KINDS, FAULTS),
)
