"""What the practice city has (all 模拟): the vehicle users of the reduction list with their gates, and five days of passages of twelve of them, through the journal as gates send them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings

from bihuan import clock
from bihuan.atomic import write_json
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.decisions import Settings
from bihuan.feeds.gates.dialects import OURS
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.passages import From, store_all
from bihuan.registry.gate_secrets import make, public_key
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter, Person
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicle_users import sampling
from bihuan.scenarios.vehicle_users.registers import IN_PLANT
from bihuan.simulate.gates.world import BARRED, World, units_of

GATES_FILE = "simulated_gates.json"
SENDING, DAYS, RATE, SEED, TRIPS = 12, 5, 0.3, 2019, 36
DRAWING = "diaodu"
TOGETHER = timedelta(minutes=10)
"""A gate sends what passed in so long at once."""


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if VehicleUser.objects.exclude(emitter=None).exists():
        return "用车单位已有"
    emitters = list(Emitter.objects.filter(kind="vehicles").order_by("pk"))
    _register(emitters)
    count = _sent(at, emitters[:SENDING])
    _inside(emitters[:SENDING])
    _drawn(at, emitters[:1])
    _live(at, emitters[:SENDING])
    return f"用车单位 {len(emitters)} 家，过车记录 {count} 条（模拟）"


def _inside(emitters: Sequence[Emitter]) -> None:
    """Two vehicles inside each unit that sends."""
    kinds = (("自卸汽车", "柴油", "国五"), ("洒水、清扫车", "电", "新能源"))
    bring_rows(IN_PLANT, [
        {
            "user": e.code, "number": f"SIM-N{n}", "kind": kind, "fuel": fuel, "stage": stage, "stage_source": "人工填写", "made": "2018-05-01",
            "make": "模拟车型", "owner": _name(e.name), "since": "2018-07-01", "simulated": True,
        }
        for e in emitters for n, (kind, fuel, stage) in enumerate(kinds, 1)
    ])  # fmt: skip


def _drawn(at: datetime, emitters: Sequence[Emitter]) -> None:
    """A spot check is drawn of the first unit that sends: other folders may have registered units that do not."""
    by = Person.objects.filter(username=DRAWING).first()
    first = VehicleUser.objects.filter(code__in=[e.code for e in emitters]).first()
    if by is None or first is None:
        return
    clock.set_replay(at, 0)
    day = at.astimezone(CST).date()
    sampling.make(first, day - timedelta(days=DAYS - 1), day, by)


def _name(name: str) -> str:
    return name if name.endswith("（模拟）") else f"{name}（模拟）"


def _register(emitters: Sequence[Emitter]) -> None:
    registers = every_register()
    bring_rows(registers["vehicle_users"], [
        {"code": e.code, "name": _name(e.name), "region": e.region_id, "lon": e.lon, "lat": e.lat, "industry": e.industry, "grade": e.grade, "emitter": e.code, "simulated": True}
        for e in emitters
    ])  # fmt: skip
    regions = {e.code: e for e in emitters}
    bring_rows(registers["gates"], [
        {
            "code": site, "name": f"{n}号门（模拟）", "region": regions[u.code].region_id, "lon": u.lon, "lat": u.lat, "unit": u.code,
            "kind": "side" if site == u.side else "goods", "weighbridge": site != u.side, "simulated": True,
        }
        for u in units_of([(e.code, e.lon, e.lat) for e in emitters]) for n, site in enumerate(u.sites, 1)
    ])  # fmt: skip


def _sent(at: datetime, emitters: Sequence[Emitter]) -> int:
    if not emitters:
        return 0
    since = at - timedelta(days=DAYS)
    world = World(SEED, units_of([(e.code, e.lon, e.lat) for e in emitters]), since, at, rate=RATE)
    archive().passages.journal.append_many(list(_entries(world, since, at)))
    return store_all(archive())


def _live(at: datetime, emitters: Sequence[Emitter]) -> None:
    """What `bihuan serve` starts the simulated gates with: they go on from `at`, with keys of their own. Of those that an order binds the one with most old trucks opens its side gate under it."""
    units = units_of([(e.code, e.lon, e.lat) for e in emitters])
    bound = set(
        VehicleUser.objects.filter(guaranteed=False)
        .exclude(grade__in=Settings().grades)
        .values_list("pk", flat=True)
    )
    old = dict(
        World(SEED, units, at, at, rate=0)
        .fleet.filter(pl.col("stage").is_in(BARRED))
        .group_by("place")
        .len()
        .iter_rows()
    )
    cheats = max(
        (n for n, u in enumerate(units) if u.side and u.code in bound),
        key=lambda n: old.get(n, 0),
        default=None,
    )
    kept = {
        "from": at.isoformat(), "seed": SEED, "rate": RATE, "trips": TRIPS, "cheats": "" if cheats is None else units[cheats].code, "public": public_key(),
        "units": [(e.code, e.lon, e.lat) for e in emitters], "keys": {u.pk: make(u, OURS, simulated=True) for u in VehicleUser.objects.filter(pk__in=[e.code for e in emitters])},
    }  # fmt: skip
    write_json(Path(settings.DATA_DIR) / GATES_FILE, kept, private=True)


def _entries(world: World, since: datetime, at: datetime) -> Iterator[tuple[str, bytes, datetime]]:
    """Requests of units, in the order in which they came; nothing that came later than now."""
    batches: dict[tuple[datetime, str], list[dict[str, object]]] = {}
    for record in world.records(since, at):
        sent = datetime.fromisoformat(record["sent"])
        ahead = TOGETHER - timedelta(
            minutes=sent.minute % 10, seconds=sent.second, microseconds=sent.microsecond
        )
        if sent + ahead <= at:
            batches.setdefault((sent + ahead, str(record["gate"]).split("-")[0]), []).append(record)
    for n, ((received, unit), records) in enumerate(sorted(batches.items(), key=lambda b: b[0])):
        body = json.dumps({"records": records}, ensure_ascii=False).encode()
        yield From("bihuan", f"demo{n}", unit).source, body, received
