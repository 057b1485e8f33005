"""What the practice city has (all 模拟): the vehicle users of the reduction list with their gates, and five days of passages of twelve of them, through the journal as gates send them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.passages import From, store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter, Person
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicle_users import sampling
from bihuan.scenarios.vehicle_users.registers import IN_PLANT
from bihuan.simulate.gates.world import World, units_of

SENDING, DAYS, RATE, SEED, DRAWING = 12, 5, 0.3, 2019, "diaodu"
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
