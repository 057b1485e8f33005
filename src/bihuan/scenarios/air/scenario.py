"""Ambient air: what it gives to the rest of the house."""

from dataclasses import replace

from bihuan.cases.targets import OWN
from bihuan.scenarios.air import centre, evaluation_pages, layers, newest, site_pages, urls
from bihuan.scenarios.air.evaluation import places
from bihuan.scenarios.contract import AIR, MenuEntry, Panel, Scenario

SCENARIO = Scenario(
    title="环境空气评价",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(AIR, 10, "evaluation", "评价"), MenuEntry(AIR, 40, "newest_brief", "日报")),
    root_pages=urls.urlpatterns,
    kinds={"site": replace(OWN["site"], page="site", chart=site_pages.chart_around)},
    layers=(layers.STATIONS,),
    panels=(Panel("left", "air/_centre.html", centre.panel, 10),),
    newest_data=newest.newest_hour,
    labels=(
        places.KINDS,
        evaluation_pages.BASES,
        evaluation_pages.LEVELS,
        site_pages.TABS,
        site_pages.COLUMNS,
    ),
)
