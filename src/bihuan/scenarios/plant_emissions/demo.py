"""What the practice city has: outlets of its plants, and three days of packets of their loggers, through the real decoder."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter, Person, Post
from bihuan.scenarios.catalogue import checks_of
from bihuan.scenarios.plant_emissions.demo_vendors import vendor_of
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.marking import keep_marks
from bihuan.scenarios.plant_emissions.media.sewage import demo as sewage_demo
from bihuan.scenarios.plant_emissions.models import Channel, Limit, Logger, Mark, Outlet, Permit, Span
from bihuan.simulate.plants import paperwork
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.dialects import access_of
from bihuan.simulate.plants.past import received
from bihuan.simulate.plants.records import LOAD_CODE
from bihuan.simulate.plants.register import Outlet as Stack
from bihuan.simulate.plants.register import Plant, make_plants
from bihuan.simulate.plants.sending import AnyOutlet
from bihuan.simulate.plants.sewage.world import SewageWorld
from bihuan.simulate.plants.world import World, chosen

SOURCE = f"{ACCEPTED}simulated"
SPAN = timedelta(days=3)
INTERVAL = 10
BEING_CALIBRATED = "P011-1"
LOGGERS_FILE, DEVICES_FILE = "simulated_loggers.json", "devices.json"
BASIS = {True: "超低排放限值（模拟排污许可）", False: "国家排放标准限值（模拟排污许可）"}
IN_FORCE, PERMITTED_UNTIL = date(2018, 1, 1), date(2022, 12, 31)
BATCH = 5_000

# outlet, what, hours before the start of the replay: from, to, pollutant. These send every minute.
STORIES = (
    ("P005-1", "treatment_failure", 5, 0, "nox"),
    ("P010-1", "clipped", 60, 0, "nox"),
    ("P015-1", "night_dilution", 66, 0, "so2"),
    ("P006-1", "late", 40, 32, "nox"),
    ("P017-1", "clock_drift", 30, 12, "so2"),
)
# The same for loggers that send every ten minutes.
QUIET_STORIES = (
    ("P013-1", "offline", 4, 0, "nox"),
    ("P003-2", "constant", 20, 0, "so2"),
    ("P009-1", "false_maintenance", 48, 0, "nox"),
    ("P020-1", "treatment_failure", 12, 0, "so2"),
)


def world_of(now: datetime) -> World:
    """The simulated stacks with this city's stories; most loggers send every ten minutes to keep the city small."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    talkative = {site for site, *_ in STORIES}
    plants = make_plants()
    intervals = {o.site: 1 if o.site in talkative else INTERVAL for p in plants for o in p.outlets}
    deeds = [
        Deed(site, kind, hour - timedelta(hours=a), hour - timedelta(hours=b) if b else now, item)
        for site, kind, a, b, item in (*STORIES, *QUIET_STORIES)
    ]
    return World(chosen(plants, intervals), tuple(sorted(deeds, key=lambda d: (d.site, d.start))))


def build(now: datetime) -> str:
    """Register, send, check; one line about what was made. What exists already stays."""
    if Outlet.objects.exists():
        return "排放口已存在"
    world, sewage = world_of(now), sewage_demo.world_of(now)
    start = (now - SPAN).replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        register(world, start)
        sewage_demo.register(sewage, start)
        number = Outlet.objects.count()
        marks = marked(world, start, now) + sewage_demo.marked(sewage, start, now)
    packets = send(world, start, now, sewage)
    keep_loggers(world, now, sewage)
    new = judge(now)
    return f"{number} 个排放口，{marks} 条标记，{packets} 个报文，{new} 条发现"


def register(world: World, since: datetime) -> int:
    """Outlets, loggers, limits and spans of the plants that the city's register has."""
    known = set(Emitter.objects.values_list("code", flat=True))
    for plant in (p for p in world.plants if p.code in known):
        _permit(plant)
        for stack in plant.outlets:
            _outlet(plant, stack, since)
    return Outlet.objects.count()


def _permit(plant: Plant) -> None:
    """A permit of five years whose amounts are what the strictest limits allow at full load all year."""
    amounts = {
        item: round(sum(_most(s, item) for s in plant.outlets), 1)
        for item in POLLUTANTS
        if any(item in s.process.limits["gb"] for s in plant.outlets)
    }
    Permit.objects.create(
        emitter_id=plant.code, number=f"9114030000{plant.code}001V", valid_from=IN_FORCE, valid_until=PERMITTED_UNTIL,
        simulated=True, **amounts,
    )  # fmt: skip


def _most(stack: Stack, item: str) -> float:
    """t/a of an outlet at its strictest limit, with rated flow all hours of a year."""
    strict = min(stack.process.limits[kind].get(item, 0.0) for kind in {"gb", stack.limits_kind})
    return strict * stack.rated_flow * 8760 / 1e9


def _outlet(plant: Plant, stack: Stack, since: datetime) -> None:
    device = stack.device
    outlet = Outlet.objects.create(
        code=stack.site, name=stack.name, emitter_id=plant.code, process=stack.process.key, ref_o2=stack.process.ref_o2,
        rated_flow=stack.rated_flow, duct_area=stack.area, since=since, simulated=True,
    )  # fmt: skip
    load = LOAD_CODE if stack.has_load else ""
    logger = Logger.objects.create(
        mn=device.mn,
        edition=device.edition,
        password=device.password,
        interval=device.interval,
        load_code=load,
        vendor=vendor_of(plant.code),
    )
    Channel.objects.create(logger=logger, outlet=outlet)
    kinds = {"gb", stack.limits_kind}
    Limit.objects.bulk_create(
        Limit(outlet=outlet, item=item, limit=limit, ultra_low=kind == "ultra_low", valid_from=IN_FORCE, basis=BASIS[kind == "ultra_low"])
        for kind in sorted(kinds)
        for item, limit in stack.process.limits[kind].items()
    )  # fmt: skip
    Span.objects.bulk_create(Span(outlet=outlet, item=item, high=high) for item, high in stack.span.items())


def marked(world: World, start: datetime, until: datetime) -> int:
    """The marks that the enterprises set; the account is the practice city's enterprise contact."""
    who = Person.objects.filter(posts__role=Post.Role.ENTERPRISE).order_by("pk").first()
    if who is None:
        return 0
    made = []
    for outlet in Outlet.objects.filter(kind=GAS):
        for row in paperwork.marks(world, outlet.code, start, until).iter_rows(named=True):
            said = {k: row[k] for k in ("kind", "code", "start", "until", "at")}
            made.append(Mark(outlet=outlet, who=who, reason=f"{row['reason']}（模拟）", **said))
    now = timedelta(minutes=40)
    made += [
        Mark(outlet=o, who=who, kind="device", code="校准", start=until - now, until=until + now, at=until - now, reason="季度全系统校准（模拟）")
        for o in Outlet.objects.filter(pk=BEING_CALIBRATED)
    ]  # fmt: skip
    return keep_marks(made)


def send(world: World, start: datetime, until: datetime, sewage: SewageWorld | None = None) -> int:
    """Into the journal in the order of receipt, and from there into the table; returns how many packets."""
    known = set(Outlet.objects.values_list("code", flat=True))
    worlds = [w for w in (world, sewage) if w is not None]
    parts = [received(w, [s for s in w.outlets if s.site in known], start, until) for w in worlds]
    packets = sorted((p for part in parts for p in part), key=lambda p: p[0])
    journal = archive().devices.journal
    for first in range(0, len(packets), BATCH):
        journal.append_many([(SOURCE, data, due) for due, data in packets[first : first + BATCH]])
    store_all(archive())
    return len(packets)


def keep_loggers(world: World, now: datetime, sewage: SewageWorld | None = None) -> None:
    """Tell the receiver whom to take, and the simulator that `bihuan serve` starts who goes on to send from now on."""
    names = {o.code: f"{o.emitter.name} {o.name}（模拟）" for o in Outlet.objects.select_related("emitter")}
    every: list[AnyOutlet] = [*world.outlets, *(sewage.outlets if sewage else ())]
    loggers = [outlet for outlet in every if outlet.site in names]
    intervals = {outlet.site: outlet.device.interval for outlet in loggers}
    kept = {"intervals": intervals, "from": now.isoformat()}
    folder = Path(settings.DATA_DIR)
    (folder / LOGGERS_FILE).write_text(json.dumps(kept, indent=1))
    devices = folder / DEVICES_FILE
    if not devices.exists():
        let_in = {
            o.device.mn: {"name": names[o.site], "simulated": True, **access_of(o.device)} for o in loggers
        }
        devices.write_text(json.dumps(let_in, indent=1, ensure_ascii=False), encoding="utf-8")


def judge(now: datetime) -> int:
    """Run the checks once, so that findings stand on the pages; returns how many are new."""
    clock.set_replay(now, 0)
    (stacks,) = inputs(now, SPAN)
    return sum(file_findings(check, check.run(stacks)).new for check in checks_of("plant_emissions"))
