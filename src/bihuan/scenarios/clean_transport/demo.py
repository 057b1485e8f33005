"""What the practice city has (all 模拟): three units with a month of trains, trucks and what they reported, through the entrances that everybody has.

The steel works stays below its own goal and has a batch without a paper; the coking plant did not report and nobody said how far its hauls go; the
cement works weighs only half of its trucks and reports more than was weighed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.domain.timeaxis import CST, day_start, next_month
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.passages import From, store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Region
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport.registers import BATCHES, HAULS, REPORTS
from bihuan.scenarios.resolved import every_register

DAY, EVERY = timedelta(days=1), timedelta(minutes=17)
KINDS = (
    ("diesel", "5"),
    ("diesel", "6"),
    ("electric", "electric"),
    ("diesel", "4"),
    ("", ""),
    ("natural_gas", "5"),
)
"""Fuel and stage of trucks, one after another."""


@dataclass(frozen=True)
class Unit:
    """An invented unit. trucks, visits: how many, and how often each comes in the month; every how manieth visit is weighed; haul: km, 0 not known; train: tonnes."""

    code: str
    name: str
    industry: str
    grade: str
    goal: str
    region: str
    lon: float
    lat: float
    cargo: str
    trucks: int
    visits: int
    weighed: int
    haul: float
    train: float


UNITS = (
    Unit("SIM-QT1", "阳泉钢铁厂（模拟）", "钢铁", "B", "80", "140311", 113.52, 37.90, "焦炭", 12, 10, 1, 45, 2400),
    Unit("SIM-JH1", "平定焦化厂（模拟）", "焦化", "C", "", "140321", 113.66, 37.79, "炼焦煤", 6, 8, 1, 0, 0),
    Unit("SIM-SN1", "盂县水泥厂（模拟）", "水泥", "B", "", "140322", 113.40, 38.06, "熟料", 8, 10, 2, 30, 900),
)  # fmt: skip


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if VehicleUser.objects.filter(code=UNITS[0].code).exists():
        return "清洁运输已有"
    month = next_month(at.astimezone(CST).date(), -1)
    here = [u for u in UNITS if Region.objects.filter(pk=u.region).exists()]
    _register(here)
    sent = [entry for day in range(28) for unit in here for entry in _day(unit, month, day)]
    archive().passages.journal.append_many(sent)
    count = store_all(archive())
    bring_rows(BATCHES, [row for unit in here for row in _batches(unit, month)])
    bring_rows(
        HAULS,
        [{"unit": u.code, "km": u.haul, "source": "运输合同", "simulated": True} for u in here if u.haul],
    )
    bring_rows(REPORTS, [row for unit in here for row in _reports(unit, month)])
    return f"清洁运输单位 {len(here)} 家，过车记录 {count} 条（模拟）"


def _register(units: list[Unit]) -> None:
    registers = every_register()
    places = [{"region": u.region, "lon": u.lon, "lat": u.lat, "simulated": True} for u in units]
    bring_rows(registers["vehicle_users"], [
        {"code": u.code, "name": u.name, "industry": u.industry, "grade": u.grade, "clean_goal": u.goal} | place for u, place in zip(units, places, strict=True)
    ])  # fmt: skip
    bring_rows(registers["gates"], [
        {"code": f"{u.code}-G1", "name": "1号门（模拟）", "unit": u.code, "kind": "goods", "weighbridge": True} | place for u, place in zip(units, places, strict=True)
    ])  # fmt: skip


def _day(unit: Unit, month: date, day: int) -> Iterator[tuple[str, bytes, datetime]]:
    """What the gate sent on a day, in one request at its end."""
    begin = day_start(month + day * DAY)
    total = unit.trucks * unit.visits
    records = [r for n in range(day * total // 28, (day + 1) * total // 28) for r in _visit(unit, n, begin)]
    if records:
        body = json.dumps({"records": records}, ensure_ascii=False).encode()
        yield From("bihuan", f"clean-{month:%Y%m}-{day}", unit.code).source, body, begin + DAY


def _visit(unit: Unit, n: int, begin: datetime) -> Iterator[dict[str, Any]]:
    truck = n % unit.trucks
    fuel, stage = KINDS[truck % len(KINDS)]
    letter = unit.code[4]
    plate = f"晋C{ord(letter):02d}{truck:03d}D" if fuel == "electric" else f"晋C{letter}{8000 + truck}"
    came = begin + timedelta(hours=8) + (n % 24) * EVERY
    for direction, at in (("in", came), ("out", came + timedelta(minutes=40))):
        said = {
            "gate": f"{unit.code}-G1", "time": at.isoformat(), "number": f"{n:05d}{direction}", "direction": direction, "plate": plate, "cargo": unit.cargo,
            "colour": "yellow_green" if fuel == "electric" else "yellow", "vehicle_type": "H11", "allowed": 1, "opened": "auto", "sent": at.isoformat(),
        }  # fmt: skip
        known = {"fuel": fuel, "stage": stage, "stage_source": "list"} if fuel else {}
        weight = {"gross_kg": 46_500, "tare_kg": 15_500, "net_kg": 31_000}
        yield said | known | (weight if direction == "out" and n % unit.weighed == 0 else {})


def _batches(unit: Unit, month: date) -> Iterator[dict[str, Any]]:
    if not unit.train:
        return
    for n in range(1, 4):
        yield _of(unit, month, "铁矿石") | {
            "number": f"{unit.code}-HP{n}", "mode": "rail", "tonnes": unit.train, "last_leg": "direct", "evidence": f"货票-{month:%Y-%m}-{n}.pdf",
        }  # fmt: skip
    yield _of(unit, month, "石灰石") | {
        "number": f"{unit.code}-LD1", "mode": "belt", "tonnes": unit.train / 4, "last_leg": "direct", "evidence": "" if unit.goal else "皮带秤月报.xlsx",
    }  # fmt: skip


def _of(unit: Unit, month: date, cargo: str) -> dict[str, Any]:
    return {
        "unit": unit.code,
        "year": month.year,
        "month": month.month,
        "direction": "in",
        "cargo": cargo,
        "simulated": True,
    }


def _reports(unit: Unit, month: date) -> Iterator[dict[str, Any]]:
    """The steel works tells what was weighed, the cement works much more; the coking plant nothing."""
    if not unit.train:
        return
    much = 1 if unit.goal else 3
    yield _of(unit, month, "铁矿石") | {"rail": 3 * unit.train * much, "total": 3 * unit.train * much}
    yield _of(unit, month, "石灰石") | {"belt": unit.train / 4, "total": unit.train / 4}
    tonnes = unit.trucks * unit.visits * 31.0
    yield _of(unit, month, unit.cargo) | {
        "new_energy": tonnes / 6,
        "six": tonnes / 6,
        "other": tonnes / 2,
        "unknown": tonnes / 6,
        "total": tonnes,
    }
