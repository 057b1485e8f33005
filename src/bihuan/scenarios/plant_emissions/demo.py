"""What the practice city has: outlets of its plants, and three days of packets of their loggers, through the real decoder."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Person, Post
from bihuan.scenarios.catalogue import checks_of
from bihuan.scenarios.plant_emissions.demo_register import register
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.marking import keep_marks
from bihuan.scenarios.plant_emissions.media.sewage import demo as sewage_demo
from bihuan.scenarios.plant_emissions.models import Mark, Outlet
from bihuan.simulate.plants import paperwork
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.past import received
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.sending import AnyOutlet
from bihuan.simulate.plants.sewage.world import SewageWorld
from bihuan.simulate.plants.world import World, chosen

SOURCE = f"{ACCEPTED}simulated"
SPAN = timedelta(days=3)
INTERVAL = 10
BEING_CALIBRATED = "P011-1"
LOGGERS_FILE = "simulated_loggers.json"
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
        register(world, start, sewage)
        number = Outlet.objects.count()
        marks = marked(world, start, now) + sewage_demo.marked(sewage, start, now)
    packets = send(world, start, now, sewage)
    keep_loggers(world, now, sewage)
    new = judge(now)
    return f"{number} 个排放口，{marks} 条标记，{packets} 个报文，{new} 条发现"


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
    """Tell the simulator that `bihuan serve` starts who goes on to send from now on."""
    known = set(Outlet.objects.values_list("code", flat=True))
    every: list[AnyOutlet] = [*world.outlets, *(sewage.outlets if sewage else ())]
    intervals = {outlet.site: outlet.device.interval for outlet in every if outlet.site in known}
    kept = {"intervals": intervals, "from": now.isoformat()}
    (Path(settings.DATA_DIR) / LOGGERS_FILE).write_text(json.dumps(kept, indent=1))


def judge(now: datetime) -> int:
    """Run the checks once, so that findings stand on the pages; returns how many are new."""
    clock.set_replay(now, 0)
    (stacks,) = inputs(now, SPAN)
    return sum(file_findings(check, check.run(stacks)).new for check in checks_of("plant_emissions"))
