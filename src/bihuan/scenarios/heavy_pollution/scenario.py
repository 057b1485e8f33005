"""Warnings and suggestions: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.scenarios.contract import CONTROL, MenuEntry, Panel, Scenario
from bihuan.scenarios.heavy_pollution import after_forecast, pages, sheet
from bihuan.scenarios.heavy_pollution.banner import banners
from bihuan.scenarios.heavy_pollution.checks import CHECKS
from bihuan.scenarios.heavy_pollution.inputs import inputs
from bihuan.scenarios.heavy_pollution.running import orders
from bihuan.scenarios.heavy_pollution.waiting import waiting

SCENARIO = Scenario(
    title="预警与管控建议",
    owner="指挥中心调度",
    version="1.0",
    menu=(MenuEntry(CONTROL, 10, "heavy_pollution:index", "管控"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(hours=24),
    pages=pages.urlpatterns,
    panels=(Panel("right", "heavy_pollution/_centre.html", pages.centre_panel),),
    banners=banners,
    waiting=waiting,
    after_forecast=after_forecast.run,
    orders=orders,
    labels=(sheet.Sheet.signers,),
)
