"""A steel works of one county, what passed its gate in January, its batches, and the addresses of the folder."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.archive.passages import COLUMNS
from bihuan.domain.timeaxis import CST
from bihuan.registry.hours import archive
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport.models import Batch, Report
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

JANUARY = datetime(2019, 1, 5, 9, tzinfo=CST)


def unit(people: City, code: str = "V001", **more: Any) -> VehicleUser:
    """A steel works of grade B that has to reach 50 % with 国六 (from June 2020 on) and, by its own goal, 80 %."""
    given: dict[str, Any] = {
        "name": f"单位{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8,
        "industry": "钢铁", "grade": "B", "clean_goal": 80.0,
    }  # fmt: skip
    return VehicleUser.objects.create(code=code, **given | more)


def passed(rows: Iterable[dict[str, Any]], received: datetime = NOW - timedelta(days=1)) -> None:
    """Passages of the gate V001-G1, a minute apart from 5 January on, diesel of 国五 unless said otherwise; stored in one part."""
    passages = archive().passages
    position = passages.parts.stored() + 1
    usual = {"site": "V001-G1", "unit": "V001", "direction": "in", "plate": "晋C12345", "colour": "yellow", "noted": "", "fuel": "diesel", "stage": "5", "cargo": "焦炭", "allowed": 1}  # fmt: skip
    made = [
        {"start": JANUARY + timedelta(minutes=n), "number": f"{position}-{n}", "received": received, "journal": position} | usual | row
        for n, row in enumerate(rows)
    ]  # fmt: skip
    table = pl.DataFrame([{c: row.get(c) for c in COLUMNS} for row in made], COLUMNS, orient="row")
    passages.store(table, position)


def batch(number: str = "B1", **more: Any) -> Batch:
    """A train of 600 t of ore that came in January, with its paper."""
    given: dict[str, Any] = {
        "unit_id": "V001", "year": 2019, "month": 1, "direction": "in", "cargo": "铁矿石", "mode": "rail", "tonnes": 600.0, "evidence": "货票.pdf",
    }  # fmt: skip
    return Batch.objects.create(number=number, **given | more)


def report(**more: Any) -> Report:
    """What the unit says of January: 600 t by rail."""
    given: dict[str, Any] = {"unit_id": "V001", "year": 2019, "month": 1, "direction": "in", "cargo": "铁矿石", "rail": 600.0}  # fmt: skip
    return Report.objects.create(**given | more)


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a unit is seen in its county and by itself."""
    clock.set_replay(NOW, 0)
    unit(people)
    return [
        *(Address(name, ALL) for name in ("index", "trucks", "official", "word")),
        Address("unit", IN_REGION_OR_UNIT, values={"code": "V001"}),
    ]
