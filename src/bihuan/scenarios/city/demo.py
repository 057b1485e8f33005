"""What the practice city has of it: all of its register, which `practice.city` brings in before anything else, the rivers on which other
lines of business build, and a simulated patrol of the stations of a county, through the entrance that phones have."""

from datetime import datetime, timedelta

from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.planning import Wanted, make_plan
from bihuan.kit.patrol.receiving import begin, receive
from bihuan.kit.patrol.supervising import look
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.models import Person, River, Site
from bihuan.registry.roles import Role
from bihuan.scenarios.city.registers import CITY, REACHES, RIVERS
from bihuan.scenarios.city.scenario import SCENARIO
from bihuan.simulate import rivers
from bihuan.simulate.walker import batches

KEY = "00000000-0000-4000-8000-000000002019"
"""The number of the simulated patrol, so that it is made once."""
CITY_CODE, COUNTY = "140300", "140321"
LENGTH = timedelta(hours=4)
EVERY_DAYS = 7


def build(now: datetime) -> str:
    """Make the rivers and the patrol; one line about what is there."""
    bring_rivers()
    registered = "，".join(f"{r.title} {r.model._default_manager.count()}" for r in CITY)
    return f"{registered}；{patrolled(now)}"


def bring_rivers() -> None:
    """The rivers and their reaches (模拟), then which of these flows into which; once."""
    if not River.objects.exists():
        bring_rows(RIVERS, rivers.rivers())
        reaches = list(rivers.reaches())
        bring_rows(REACHES, (row | {"below": ""} for row in reaches))
        bring_rows(REACHES, ({"code": r["code"], "below": r["below"]} for r in reaches if r["below"]))


def patrolled(now: datetime) -> str:
    """A plan over the stations of the county, and its ranger's walk around one of them this morning."""
    ranger = Person.objects.filter(posts__role=Role.RANGER, posts__region=COUNTY).first()
    chief = Person.objects.filter(posts__role=Role.CHIEF, posts__region=CITY_CODE).first()
    stations = list(Site.objects.filter(region=COUNTY).order_by("code")[:1])
    if Patrol.objects.filter(key=KEY).exists() or not stations or ranger is None or chief is None:
        return "没有新的模拟巡查"
    region, offered = stations[0].region, {objects.key: objects for objects in SCENARIO.patrols}
    day = now.astimezone(CST).date()
    make_plan(chief, Wanted("站房周巡（模拟）", "stations", region, EVERY_DAYS, day), offered)
    patrol = begin(ranger, KEY, now - LENGTH, simulated=True)
    for raw in batches(KEY, now - LENGTH, [(s.lon, s.lat) for s in stations] * 2):
        receive(ranger, patrol, raw)
    look(patrol)
    return "模拟巡查 1 次"
