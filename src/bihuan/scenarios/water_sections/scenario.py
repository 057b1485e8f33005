"""Sections of surface water: what it gives to the rest of the house."""

from dataclasses import replace
from datetime import timedelta

from bihuan.domain.standards.surface_water import NAMES, items
from bihuan.domain.standards.surface_water.states import CHANGES
from bihuan.domain.standards.surface_water.trophic import LEVEL_NAMES
from bihuan.feeds.long import monthly_water
from bihuan.jobs import Job
from bihuan.kit.registers.targets import kind_of
from bihuan.scenarios.contract import NATURE, Beside, MenuEntry, Scenario
from bihuan.scenarios.sites import Sites
from bihuan.scenarios.water_sections import lakes, outlooks, pages, renamed
from bihuan.scenarios.water_sections.checks import CHECKS
from bihuan.scenarios.water_sections.closing import LOOK_BACK, in_force
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.inputs import inputs
from bihuan.scenarios.water_sections.reading_pages import chart_around
from bihuan.scenarios.water_sections.registers import REGISTERS, SECTIONS
from bihuan.scenarios.water_sections.suspect_pages import first_suspects

SCENARIO = Scenario(
    title="地表水断面",
    owner="指挥中心",
    version="1.0",
    menu=(
        MenuEntry(NATURE, 10, "water_sections:month", "地表水断面"),
        MenuEntry(NATURE, 12, "water_sections:events", "水质突变溯源"),
    ),
    checks=(*CHECKS, event),
    inputs=inputs,
    look_back=LOOK_BACK,
    closing=in_force,
    jobs=(Job("water_outlook", "断面水质展望", timedelta(days=1), outlooks.freeze),),
    registers=REGISTERS,
    kinds={"water_section": replace(kind_of(SECTIONS), chart=chart_around)},
    labels=(CHANGES, NAMES, [i.chinese for i in items().values()], LEVEL_NAMES, lakes.NAMES),
    pages=pages.urlpatterns,
    beside={event.key: Beside("water_sections/_first_suspects.html", first_suspects)},
    sites=Sites(frozenset({monthly_water.NAME}), renamed.names, renamed.told),
)
