"""Outlets and permits come in as lists, by the rules that their forms have."""

from pathlib import Path

import pytest

from bihuan.kit.registers.plan import Fate
from bihuan.registry.models import Emitter
from bihuan.scenarios.plant_emissions.models import Outlet, Permit
from bihuan.scenarios.plant_emissions.registers import OUTLETS, PERMITS
from tests.kit.registers.world import csv_file, imported, planned, problems
from tests.people import City

pytestmark = pytest.mark.django_db
GAS = {
    "编码": "E1-1",
    "名称": "窑尾",
    "企业": "E1",
    "类别": "废气",
    "工艺": "cement_kiln",
    "基准氧含量": "10",
    "联网时间": "2019-01-01 00:00",
}
PERMIT = {
    "许可证编号": "91-1",
    "企业": "E1",
    "有效期自": "2024-01-01",
    "有效期至": "2028-12-31",
    "氮氧化物许可量（t/a）": "12.5",
}


@pytest.fixture
def plant(city: City) -> Emitter:
    return Emitter.objects.create(
        code="E1", name="测试厂", kind="plant", region=city.regions["140321"], industry="水泥", grade="C", lon=113.6, lat=37.8
    )  # fmt: skip


def test_a_list_of_outlets_and_permits_fills_the_register(plant: Emitter, data_dir: Path) -> None:
    sewage = GAS | {"编码": "E1-W1", "类别": "污水", "工艺": "municipal", "基准氧含量": ""}
    assert imported(OUTLETS, csv_file(data_dir, [GAS, sewage])).counts == {Fate.NEW: 2}
    assert list(Outlet.objects.values_list("code", "kind", "ref_o2")) == [
        ("E1-1", "gas", 10.0),
        ("E1-W1", "sewage", None),
    ]
    assert imported(PERMITS, csv_file(data_dir, [PERMIT])).counts == {Fate.NEW: 1}
    assert (Permit.objects.get().nox, Permit.objects.get().cod) == (12.5, None)


@pytest.mark.parametrize(
    ("change", "column", "why"),
    [
        ({"编码": "e1 一"}, "编码", "大写字母"),
        ({"基准氧含量": "21"}, "基准氧含量", "0 与 21"),
        ({"工艺": "municipal"}, "工艺", "不属于“废气”"),
        ({"类别": "污水", "工艺": "municipal"}, "基准氧含量", "没有这一项"),
        ({"企业": "E9"}, "企业", "没有登记过"),
    ],
)
def test_an_outlet_that_its_form_refuses_is_refused_in_a_file(
    plant: Emitter, data_dir: Path, change: dict[str, str], column: str, why: str
) -> None:
    (row, *_rest) = problems(planned(OUTLETS, csv_file(data_dir, [GAS | change])))
    assert row[:2] == (2, column)
    assert why in row[3]


def test_a_permit_ends_after_it_begins(plant: Emitter, data_dir: Path) -> None:
    (row,) = problems(planned(PERMITS, csv_file(data_dir, [PERMIT | {"有效期至": "2023-12-31"}])))
    assert row == (2, "有效期至", "2023-12-31", "有效期的结束早于开始")


def test_who_writes_outlets_is_asked_by_the_region_of_the_enterprise(
    city: City, plant: Emitter, data_dir: Path
) -> None:
    path = csv_file(data_dir, [GAS])
    assert planned(OUTLETS, path, city.person("chief", "140322")).counts == {Fate.REFUSED: 1}
    assert planned(OUTLETS, path, city.person("chief", "140321")).counts == {Fate.NEW: 1}
