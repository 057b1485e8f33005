"""Data quality of stations: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.scenarios.ambient import ambient_inputs
from bihuan.scenarios.contract import AIR, MenuEntry, Scenario
from bihuan.scenarios.station_quality import pages
from bihuan.scenarios.station_quality.checks import CHECKS
from bihuan.scenarios.station_quality.closing import in_force

SCENARIO = Scenario(
    title="站点数据质量",
    owner="指挥中心数据审核",
    version="1.0",
    menu=(MenuEntry(AIR, 50, "station_quality:index", "质量"),),
    checks=CHECKS,
    inputs=ambient_inputs,
    look_back=timedelta(hours=72),
    closing=in_force,
    pages=pages.urlpatterns,
    labels=(pages.HEADINGS,),
)
