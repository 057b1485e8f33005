"""The sewage outlets of the practice city's plants: their marks, and what is wrong at some of them."""

from datetime import datetime, timedelta

from bihuan.registry.models import Person, Post
from bihuan.scenarios.plant_emissions.marking import keep_marks
from bihuan.scenarios.plant_emissions.models import Mark, Outlet
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.sewage import paperwork
from bihuan.simulate.plants.sewage.deeds import SewageDeed
from bihuan.simulate.plants.sewage.register import make_sewers
from bihuan.simulate.plants.sewage.world import SewageWorld, every

INTERVAL = 10

# outlet, what, hours before the start of the replay: from, to, pollutant
STORIES = (
    ("P001-W1", "upset", 40, 0, "cod"),
    ("P002-W1", "clean_water", 30, 0, "cod"),
    ("P003-W1", "clipped", 46, 0, "tn"),
    ("P004-W1", "flow_low", 20, 0, "cod"),
)


def world_of(now: datetime) -> SewageWorld:
    """The simulated outlets with this city's stories; all loggers send every ten minutes to keep the city small."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    deeds = tuple(
        SewageDeed(site, kind, hour - timedelta(hours=a), hour - timedelta(hours=b) if b else now, item)
        for site, kind, a, b, item in STORIES
    )
    return SewageWorld(tuple(every(s, INTERVAL) for s in make_sewers(make_plants())), deeds)


def marked(world: SewageWorld, start: datetime, until: datetime) -> int:
    """The marks that the enterprises set; the account is the practice city's enterprise contact."""
    who = Person.objects.filter(posts__role=Post.Role.ENTERPRISE).order_by("pk").first()
    if who is None:
        return 0
    made = []
    for outlet in Outlet.objects.filter(kind=Outlet.Kind.SEWAGE):
        for row in paperwork.marks(world, outlet.code, start, until).iter_rows(named=True):
            said = {k: row[k] for k in ("kind", "code", "start", "until", "at")}
            made.append(Mark(outlet=outlet, who=who, reason=f"{row['reason']}（模拟）", **said))
    return keep_marks(made)
