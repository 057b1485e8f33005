"""What the practice city has (all 模拟): forty machines, two zones, three checks by phone; through the entrances that everybody has.

One machine works in a zone that bars it and smokes, one bears the label of another, one has no label; one is registered with a stage that could no longer be made.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.models import Person
from bihuan.scenarios.nonroad_machines.inspections import FORM
from bihuan.scenarios.nonroad_machines.models import NonroadMachine
from bihuan.scenarios.nonroad_machines.registers import MACHINES, ZONES
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.pictures import drawn

RANGER, COUNTY = "pd-wangge", "140321"
UNIT = "阳泉机械租赁公司（模拟）"
PLACES = {
    "140302": (113.585, 37.855),
    "140311": (113.575, 37.935),
    "140321": (113.62, 37.79),
    "140322": (113.40, 38.08),
}
KINDS = ("excavator", "loader", "forklift", "roller", "bulldozer", "drill")
NAMES = dict(zip(KINDS, ("挖掘机", "装载机", "叉车", "压路机", "推土机", "钻机"), strict=True))
ZONES_OF = (
    ("SIM-NZ1", "城区机械低排放控制区（模拟）", "140302", 0.012, "3"),
    ("SIM-NZ2", "平定冠山机械低排放控制区（模拟）", "140321", 0.012, "3"),
)
NUMBER, BARRED, ODD, OTHER = 40, "SIM-M03", "SIM-M07", "SIM-M11"
HOUR = timedelta(hours=1)


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if NonroadMachine.objects.exists():
        return "非道路移动机械已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    clock.set_replay(at - 30 * 24 * HOUR, 0)
    bring_rows(
        every_register()["organisations"],
        [{"name": UNIT, "kind": "enterprise", "region": COUNTY, "simulated": True}],
    )
    bring_rows(ZONES, _zones())
    rows = list(machines(at.astimezone(CST).date()))
    bring_rows(MACHINES, rows)
    known = {row["code"]: row for row in rows}
    lon, lat = PLACES[COUNTY]
    label, engine = known[BARRED]["label"], known[BARRED]["engine_number"]
    _checked(
        at - 30 * HOUR,
        lon,
        lat,
        labelled="yes",
        label=label.replace("0", "O"),
        engine=engine,
        smoke="2.4",
        visible="yes",
    )
    _checked(
        at - 29 * HOUR,
        lon + 0.05,
        lat,
        labelled="yes",
        label=known[OTHER]["label"],
        engine="XY9990001",
        visible="no",
    )
    _checked(at - 28 * HOUR, lon + 0.05, lat + 0.001, labelled="no", visible="no")
    return f"非道路移动机械 {len(rows)} 台、控制区 {len(ZONES_OF)} 个（模拟）"


def _zones() -> Iterator[dict[str, Any]]:
    for code, name, region, half, least in ZONES_OF:
        lon, lat = PLACES[region]
        ring = [
            [lon - half, lat - half],
            [lon + half, lat - half],
            [lon + half, lat + half],
            [lon - half, lat + half],
            [lon - half, lat - half],
        ]
        yield {
            "code": code, "name": name, "region": region, "lon": lon, "lat": lat, "geometry": json.dumps({"type": "Polygon", "coordinates": [ring]}),
            "since": "2018-01-01", "least": least, "source": "模拟通告", "simulated": True,
        }  # fmt: skip


def machines(today: date) -> Iterator[dict[str, Any]]:
    """Rows of the register; every eighth machine is electric."""
    for n in range(1, NUMBER + 1):
        code, dice = f"SIM-M{n:02d}", Random(f"machine {n}")
        region = COUNTY if code in (BARRED, OTHER, ODD) else list(PLACES)[n % 4]
        kind, electric = KINDS[n % 6], n % 8 == 0
        made = date(dice.randrange(2011, 2019), dice.randrange(1, 13), 1)
        stage = "2" if made < date(2016, 4, 1) else "3"
        if code == ODD:
            made, stage = date(2017, 5, 1), "2"
        if code == BARRED:
            made, stage = date(2013, 6, 1), "2"
        lon, lat = PLACES[region]
        yield {
            "code": code, "name": f"{NAMES[kind]}{n:02d}（模拟）", "region": region, "organisation": UNIT, "lon": round(lon + dice.uniform(-0.008, 0.008), 5),
            "lat": round(lat + dice.uniform(-0.005, 0.005), 5), "since": min(made, today), "label": f"{region}{n:03d}{'ABCD'[n % 4]}", "kind": kind,
            "fuel": "electric" if electric else "diesel", "stage": "" if electric else stage, "made": made, "power": dice.choice((45, 75, 110, 162)),
            "engine_model": "" if electric else f"SC{dice.randrange(4, 9)}D", "engine_number": "" if electric else f"D{made.year}{n:05d}",
            "pin": f"SIM{n:014d}", "place": "模拟工地", "simulated": True,
        }  # fmt: skip


def _checked(when: datetime, lon: float, lat: float, **told: str) -> None:
    clock.set_replay(when, 0)
    ranger, picture = Person.objects.get(username=RANGER), Upload(*drawn(f"machine {told.get('label', '')}"))
    given = {
        "place": f"{lat} {lon} 0 5",
        "site": "模拟工地",
        "photo": picture.name,
        "remark": "模拟检查",
        **told,
    }
    xml = filled_in(
        versions.xform_of(versions.in_force(FORM)), f"uuid:{uuid5(NAMESPACE_URL, f'machine {when}')}", given
    )
    receive(FORM, ranger, place_for(FORM, ranger, COUNTY), Sent(xml, (picture,), when))
