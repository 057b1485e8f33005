"""The sewage outlets of the practice city's plants: their register, marks, and what is wrong at some of them."""

from datetime import date, datetime, timedelta

from bihuan.registry.models import Emitter, Person, Post
from bihuan.scenarios.plant_emissions.demo_vendors import vendor_of
from bihuan.scenarios.plant_emissions.marking import keep_marks
from bihuan.scenarios.plant_emissions.models import Channel, Limit, Logger, Mark, Outlet, Permit, Span
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.sewage import paperwork
from bihuan.simulate.plants.sewage.deeds import SewageDeed, range_of
from bihuan.simulate.plants.sewage.register import Sewer, make_sewers
from bihuan.simulate.plants.sewage.world import SewageWorld, every

INTERVAL = 10
IN_FORCE = date(2018, 1, 1)
SOURCE_OF_LIMITS = "（模拟排污许可）"

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


def register(world: SewageWorld, since: datetime) -> int:
    """Outlets, loggers, limits, ranges and permitted amounts of the plants that the city's register has."""
    known = set(Emitter.objects.values_list("code", flat=True))
    sewers = [s for s in world.outlets if s.site.partition("-")[0] in known]
    for sewer in sewers:
        _outlet(world, sewer, since)
    return len(sewers)


def _outlet(world: SewageWorld, sewer: Sewer, since: datetime) -> None:
    plant, device = sewer.site.partition("-")[0], sewer.device
    outlet = Outlet.objects.create(
        code=sewer.site, name=sewer.name, emitter_id=plant, kind=Outlet.Kind.SEWAGE, process=sewer.kind.key,
        rated_flow=sewer.rated, since=since, simulated=True,
    )  # fmt: skip
    logger = Logger.objects.create(
        mn=device.mn, edition=device.edition, password=device.password, interval=device.interval, vendor=vendor_of(plant),
    )  # fmt: skip
    Channel.objects.create(logger=logger, outlet=outlet)
    rows = [(item, limit, None) for item, limit in sewer.limits.items()] + [
        ("ph", paperwork.PH[1], paperwork.PH[0])
    ]
    Limit.objects.bulk_create(
        Limit(outlet=outlet, item=item, limit=limit, low=low, period=Limit.Period.DAY, valid_from=IN_FORCE, basis=f"{sewer.kind.basis}{SOURCE_OF_LIMITS}")
        for item, limit, low in rows
    )  # fmt: skip
    ranges = {item: range_of(sewer, item, since, world.deeds) for item in sewer.items}
    Span.objects.bulk_create(Span(outlet=outlet, item=item, high=high) for item, high in ranges.items())
    amounts = {item: round(limit * sewer.rated * 8760 / 1e6, 2) for item, limit in sewer.limits.items()}
    Permit.objects.filter(emitter=plant, simulated=True).update(**amounts)


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
