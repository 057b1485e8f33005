"""Points of one county with records, lorries of its list, captures of smoke, terminals; and the addresses of the folder."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.vin import check_digit
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Vehicle
from bihuan.scenarios.roadside_checks.models import Recall, SensingPoint, SmokeCapture
from tests.people import City
from tests.rights.address import ALL, IN_REGION, Address, covering
from tests.web.world import MINE, NOW

PLATE, COLOUR = "晋C12345", "yellow"
KEY = f"{PLATE} {COLOUR}"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HEADS = "点位,检测时间,车道,号牌,号牌颜色,比功率,NO,不透光烟度,燃料,天气,有效"
TERMINAL = "VIN,时间,车速,下游NOx,尿素液位,DPF压差,SCR入口温度,MIL,累计里程"


def vin(n: int = 1) -> str:
    """A VIN whose check digit is right."""
    plain = f"LZZ5EXSD0KA{n:06d}"
    return f"{plain[:8]}{check_digit(plain)}{plain[9:]}"


def point(people: City, code: str = "R1", **more: Any) -> SensingPoint:
    """A point of the county without a unit."""
    given = {
        "name": f"点位{code}",
        "region": people.regions[MINE],
        "lon": 113.6,
        "lat": 37.8,
        "kind": "horizontal",
        "lanes": 2,
    }
    return SensingPoint.objects.create(code=code, **given | more)


def lorry(people: City, plate: str = PLATE, n: int = 1, **more: Any) -> Vehicle:
    """A diesel lorry of 国五."""
    given = {
        "colour": COLOUR,
        "region": people.regions[MINE],
        "vin": vin(n),
        "fuel": "diesel",
        "stage": "5",
        "owner": "某运输公司",
    }
    return Vehicle.objects.create(plate=plate, **given | more)


def brought(folder: Path, head: str, lines: Iterable[str], received: datetime = NOW) -> None:
    """A table through the importer; all of it is good."""
    path = folder / f"road{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    (report,) = import_files(archive(), [path], received=received)
    assert report.new, report
    assert not report.refused, report.refused


def sensed(folder: Path, *records: Mapping[str, Any]) -> None:
    """Valid records of the lorry yesterday, changed."""
    usual: dict[str, Any] = {"site": "R1", "at": NOW - DAY, "lane": 1, "plate": PLATE, "colour": "黄", "vsp": 8, "no": 300, "opacity": 5, "fuel": "柴油", "weather": "晴", "valid": "是"}  # fmt: skip
    rows = [usual | dict(r) for r in records]
    brought(folder, HEADS, (",".join(str(v if k != "at" else f"{v.astimezone(CST):%Y-%m-%d %H:%M:%S}") for k, v in r.items()) for r in rows))  # fmt: skip


def sent(folder: Path, count: int, n: int = 1, begin: datetime = NOW - DAY, **changed: Any) -> None:
    """So many minutes of a terminal in good order that drives; what is changed may be a function of the minute."""
    usual: dict[str, Any] = {
        "speed": lambda i: 30 + 40 * (i % 2), "nox": lambda i: 60 + i % 7, "reagent": lambda i: round(80 - i * 0.05, 2), "dpf": lambda i: round(5 + i % 3 / 10, 1),
        "scr": 280, "mil": 0, "km": lambda i: 1000 + i,
    }  # fmt: skip
    values = usual | changed
    lines = (
        ",".join([vin(n), f"{(begin + i * MINUTE).astimezone(CST):%Y-%m-%d %H:%M}", *(str(v(i) if callable(v) else v) for v in values.values())])
        for i in range(count)
    )  # fmt: skip
    brought(folder, TERMINAL, lines)


def capture(people: City, number: str = "H1", **more: Any) -> SmokeCapture:
    """A capture of the lorry that waits."""
    given = {"region": people.regions[MINE], "at": NOW - DAY, "place": "G207", "plate": PLATE, "colour": COLOUR, "ringelmann": 3, "picture": "a.jpg"}  # fmt: skip
    return SmokeCapture.objects.create(number=number, **given | more)


def recalled(people: City, found: Vehicle, **more: Any) -> Recall:
    """An open recall."""
    given = {"number": "FJ2019-00001", "grounds": ["冒黑烟"], "issued_at": NOW - DAY, "issued_by": people.person("chief"), "deadline": (NOW + 9 * DAY).date()}  # fmt: skip
    return Recall.objects.create(vehicle=found, **given | more)


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; points, captures and vehicles are seen in their county."""
    clock.set_replay(NOW, 0)
    point(people)
    recalled(people, lorry(people))
    lorry(people, "晋C54321", 2)
    capture(people)
    capture(people, "H2", plate="晋C54321", state="confirmed")
    judges = covering("dispatcher", "verifier", "chief")
    day = f"{NOW.astimezone(CST):%Y-%m-%d}"
    return [
        *(Address(name, ALL) for name in ("index", "records", "again", "recalls", "smoke")),
        Address("notice", IN_REGION, values={"number": "FJ2019-00001"}),
        Address("point", IN_REGION, values={"code": "R1"}),
        Address("vehicle", IN_REGION, values={"key": KEY}),
        Address("verdict", writes=judges, works="mine:chief", values={"number": "H1"}, data={"verdict": "confirm"}),
        Address("retest", writes=judges, works="mine:chief", values={"number": "FJ2019-00001"}, data={"result": "pass", "day": day, "test": "T1"}),
        Address("recall", writes=judges, works="mine:chief", values={"key": "晋C54321 yellow"}, data={"deadline": f"{NOW + 9 * DAY:%Y-%m-%d}"}),
    ]  # fmt: skip
