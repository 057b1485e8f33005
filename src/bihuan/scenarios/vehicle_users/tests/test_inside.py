"""Registers of what works inside a unit, and the workbook of three ledgers: what went out comes in again, cell by cell or refused by name."""

import io
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan.archive import Archive
from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.made import bring_rows
from bihuan.kit.registers.plan import Fate
from bihuan.pipeline.files import import_files
from bihuan.registry.transport import AtUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicle_users import workbook
from bihuan.scenarios.vehicle_users.models import InPlantVehicle
from bihuan.scenarios.vehicle_users.registers import IN_PLANT
from bihuan.scenarios.vehicle_users.tests.world import passed, unit
from bihuan.simulate.gates.fleet import vin
from tests.people import City
from tests.web.world import MINE, NOW

TRUCK = {"user": "V001", "number": "NB-1", "kind": "自卸汽车", "plate": "晋C·12345", "vin": vin(1), "fuel": "柴油", "stage": "国五", "stage_source": "随车清单", "simulated": "是"}  # fmt: skip


@pytest.fixture
def works(place: City) -> City:
    """A unit with a truck inside, another unit with one too."""
    for code in ("V001", "V002"):
        unit(place, code)
    bring_rows(IN_PLANT, [TRUCK, {**TRUCK, "user": "V002", "number": "NB-9", "plate": ""}])
    passed()
    return place


def others() -> list[str]:
    """The registers of other folders whose objects work inside units."""
    return [k for k, r in every_register().items() if issubclass(r.model, AtUser) and r is not IN_PLANT]


def test_a_truck_is_registered_as_it_is_read(works: City) -> None:
    truck = InPlantVehicle.objects.get(user="V001")
    assert (truck.plate, truck.fuel, truck.stage, truck.stage_source) == ("晋C12345", "diesel", "5", "list")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"vin": vin(1)[:-1]}, "vin"), ({"plate": "12345"}, "plate"), ({"stage_source": ""}, "stage_source"), ({"stage": "国九"}, "stage"),
        ({"user": "V999"}, "user"), ({"kind": ""}, "kind"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_is_refused_by_name(works: City, tmp_path: Path, change: dict[str, str], column: str) -> None:  # fmt: skip
    rows = [{**TRUCK, "number": "NB-2"}, {**TRUCK, "number": "NB-3", **change}]
    path = tmp_path / "trucks.csv"
    pl.DataFrame(rows).write_csv(path)
    plan = plan_of(IN_PLANT, keep(path), None)
    (refused,) = plan.of(Fate.REFUSED)
    assert refused.number == 3
    assert [p.name for p in refused.problems] == [column]
    assert len(list(plan.of(Fate.NEW))) == 1, "the good row goes in"


def book(client: Client) -> bytes:
    return client.get(reverse("vehicle_users:book", args=["V001"])).content


def test_the_workbook_has_a_sheet_for_each_ledger(works: City, client: Client) -> None:
    client.force_login(works.person("chief"))
    found = load_workbook(io.BytesIO(book(client)))
    assert found.sheetnames[:2] == ["进出厂运输车辆", "厂内运输车辆"]
    assert len(found.sheetnames) == 2 + len(others())
    assert found["进出厂运输车辆"].max_row == 4
    inside = list(found["厂内运输车辆"].values)
    assert [row[1] for row in inside[1:]] == ["NB-1"], "of this unit alone"
    client.force_login(works.person("chief"))
    page = client.get(reverse("vehicle_users:unit", args=["V001"])).content.decode()
    assert "厂内运输车辆" in page


def test_the_workbook_comes_in_again_by_each_entrance(works: City, client: Client, tmp_path: Path) -> None:
    client.force_login(works.person("chief"))
    path = tmp_path / "ledgers.xlsx"
    path.write_bytes(book(client))
    fresh = Archive(tmp_path / "other")
    (report,) = import_files(fresh, [path], received=NOW, delay=None)
    assert (report.error, report.refused) == ("", [])
    assert fresh.passages.current().collect().height == 3
    plan = plan_of(IN_PLANT, keep(path), None)
    assert {fate: len(list(plan.of(fate))) for fate in Fate if len(list(plan.of(fate)))} == {Fate.SAME: 1}
    InPlantVehicle.objects.all().delete()
    assert len(list(plan_of(IN_PLANT, keep(path), None).of(Fate.NEW))) == 1
    for kind in others():
        again = plan_of(every_register()[kind], keep(path), None)
        assert not list(again.of(Fate.REFUSED))


def test_what_works_inside_is_found_by_its_model_wherever_it_is_registered(works: City) -> None:
    chief = works.person("chief")
    machines = [(r, objects) for r, objects in workbook.inside(unit(works, "V003"), chief) if r is not IN_PLANT]  # fmt: skip
    assert [r.kind for r, _objects in machines] == others()
    for register, objects in machines:
        given = {"code": "M1", "name": "M1", "region": MINE, "lon": 113.6, "lat": 37.8, "kind": "loader", "fuel": "diesel", "user": "V003"}  # fmt: skip
        bring_rows(register, [given, {**given, "code": "M2", "name": "M2", "user": ""}])
        assert [str(o) for o in objects.all()] == ["M1"]
