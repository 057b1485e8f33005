"""The centre's own outages: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.scenarios.contract import Scenario
from bihuan.scenarios.own_outages.checks import CHECKS
from bihuan.scenarios.own_outages.inputs import inputs

SCENARIO = Scenario(
    title="指挥中心自身中断",
    owner="指挥中心",
    version="1.0",
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=7),
)
