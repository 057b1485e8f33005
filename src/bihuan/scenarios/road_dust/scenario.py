"""Dust of roads: what it gives to the rest of the house."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from bihuan.feeds.long import road_works
from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.reasons import Reason
from bihuan.scenarios.contract import DUST, MenuEntry, Scenario
from bihuan.scenarios.road_dust import pages, words
from bihuan.scenarios.road_dust.checks import CHECKS
from bihuan.scenarios.road_dust.inputs import inputs
from bihuan.scenarios.road_dust.inspections import FORM
from bihuan.scenarios.road_dust.layers import LAYERS
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.road_dust.registers import REGISTERS, SEGMENTS
from bihuan.scenarios.road_dust.roads import ROADS
from bihuan.scenarios.sites import Sites


def _names() -> Mapping[str, str]:
    """A work log names segments by code, or by a name that only one has."""
    rows = list(Segment.objects.values_list("code", "name"))
    once = {name: code for code, name in rows if sum(1 for _c, n in rows if n == name) == 1}
    return once | {code: code for code, _name in rows}


def _told(_sites: Collection[str]) -> Sequence[Reason]:
    return ()


SCENARIO = Scenario(
    title="道路扬尘",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(DUST, 20, "road_dust:index", "道路扬尘"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=3),
    registers=REGISTERS,
    patrols=(patrolled(SEGMENTS),),
    forms=(FORM,),
    layers=LAYERS,
    pages=pages.urlpatterns,
    roads=ROADS,
    sites=Sites(frozenset({road_works.NAME}), _names, _told),
    labels=(words.GRADES, words.STATES, words.METHODS, words.WORK),
)
