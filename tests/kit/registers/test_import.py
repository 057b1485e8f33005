"""A bureau's file fills a register: every refused cell says its row, column, value, why and how to mend it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bihuan.domain.places.coordinates import System
from bihuan.feeds.reading import Unreadable
from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.exchange import keep, plan_of, sweep
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.table import BadTable
from bihuan.kit.registers.writing import Act
from bihuan.registry.models import Organisation, Region, Site
from tests.kit.registers.world import (
    GOOD,
    MEASURES,
    REGIONS,
    SITES,
    UNITS,
    csv_file,
    excel_file,
    imported,
    planned,
    problems,
)
from tests.people import City
from tests.places.systems import from_wgs84

pytestmark = pytest.mark.django_db


def test_rows_become_objects_and_again_are_the_same(city: City, data_dir: Path) -> None:
    path = csv_file(data_dir, [GOOD, GOOD | {"编码": "S2", "名称": "城关", "级别": "township"}])
    assert imported(SITES, path).counts == {Fate.NEW: 2}
    made = Site.objects.get(pk="S1")
    assert (made.name, made.region_id, made.lon, made.rank, made.evaluated) == (
        "桃北中学",
        "140321",
        113.6,
        "national",
        False,
    )
    again = imported(SITES, path)
    assert again.counts == {Fate.SAME: 2}
    assert again.report().as_dict() | {"file": ""} == again.report().as_dict() | {
        "file": "",
        "rows": 2,
        "new": 0,
        "same": 2,
    }


def test_a_column_that_is_not_there_stays_and_one_that_is_empty_is_emptied(
    city: City, data_dir: Path
) -> None:
    imported(SITES, csv_file(data_dir, [GOOD | {"启用日期": "2024-01-01", "所属城市": "140300"}]))
    plan = imported(SITES, csv_file(data_dir, [{"编码": "S1", "所属城市": "", "名称": "新名"}]))
    (row,) = plan.of(Fate.CHANGED)
    assert (row.before, row.after) == ({"city": "140300", "name": "桃北中学"}, {"city": None, "name": "新名"})
    made = Site.objects.get(pk="S1")
    assert (made.name, made.city_id, made.since) == ("新名", None, date(2024, 1, 1))


def test_heads_may_be_titles_with_units_or_names_of_fields_in_any_order_and_unknown_ones_are_named(
    city: City, data_dir: Path
) -> None:
    heads = {
        "级别*": "国控",
        " lat ": "37.8",
        "经度(°)": "113.6",
        "region": "平定县",
        "备注": "好",
        "名称": "甲",
        "编 码": "S1",
    }
    plan = imported(SITES, csv_file(data_dir, [heads]))
    assert plan.report().ignored_columns == ["备注"]
    assert Site.objects.get(pk="S1").region_id == "140321"


CELLS: dict[str, tuple[dict[str, str], str, str]] = {
    "required": ({"名称": " "}, "名称", "没有填写"),
    "choice": ({"级别": "市控"}, "级别", "不在可选项之内"),
    "region": ({"区划": "140399"}, "区划", "没有登记过"),
    "unit": ({"责任单位": "某局"}, "责任单位", "没有登记过"),
    "number": ({"经度": "一一三"}, "经度", "不是经纬度"),
    "axes": ({"经度": "37.8N"}, "经度", "方向不对"),
    "date": ({"启用日期": "2024-02-30"}, "启用日期", "不是日期"),
    "year": ({"启用日期": "0001-01-01"}, "启用日期", "不是日期"),
    "yes": ({"参与城市评价": "也许"}, "参与城市评价", "不是“是”或“否”"),
    "long": ({"编码": "X" * 41}, "编码", "40"),
    "dates": ({"启用日期": "2024-01-02", "停用日期": "2024-01-01"}, "停用日期", "不在启用日期之后"),
    "shape": ({"位置图形": "方的"}, "位置图形", "不是 GeoJSON"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_that_cannot_be_taken_is_named_and_the_other_rows_come_in(
    city: City, data_dir: Path, case: str
) -> None:
    bad, column, why = CELLS[case]
    heads = dict.fromkeys([*GOOD, *bad], "")
    rows = [heads | GOOD | {"编码": "S2"}, heads | GOOD | bad]
    plan = imported(SITES, csv_file(data_dir, rows))
    (refused,) = plan.report().refused
    assert (refused.row, refused.column) == (3, column)
    assert refused.value == list(bad.values())[-1].strip()
    assert why in refused.reason
    assert refused.remedy
    assert list(Site.objects.values_list("pk", flat=True)) == ["S2"]


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [("37.8", "113.6", "写反了"), ("-113.6", "37.8", "在中国以外"), ("113.6", "237.8", "不在地球上")],
)
def test_places_that_cannot_be_in_china_are_refused_and_swapped_ones_are_called_so(
    city: City, data_dir: Path, lon: str, lat: str, why: str
) -> None:
    (refused,) = planned(SITES, csv_file(data_dir, [GOOD | {"经度": lon, "纬度": lat}])).report().refused
    assert (refused.row, refused.column) == (2, "经度")
    assert why in refused.reason


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[113.5, 37.7], [113.7, 37.7], [113.7, 37.9], [113.5, 37.9], [113.5, 37.7]]],
}


@pytest.mark.parametrize(("lon", "taken"), [("113.6", True), ("113.705", True), ("113.8", False)])
def test_a_place_lies_inside_the_boundary_of_its_region_where_that_is_known(
    city: City, data_dir: Path, lon: str, taken: bool
) -> None:
    Region.objects.filter(pk="140321").update(geometry=SQUARE)
    plan = planned(SITES, csv_file(data_dir, [GOOD | {"经度": lon}]))
    assert (plan.counts[Fate.NEW] == 1) is taken
    assert all("在平定县边界以外 8" in why for *_where, why in problems(plan))


def test_a_township_without_a_boundary_has_its_countys(city: City, data_dir: Path) -> None:
    Region.objects.filter(pk="140321").update(geometry=SQUARE)
    Region.objects.create(code="140321101", name="冠山镇", parent_id="140321")
    plan = planned(SITES, csv_file(data_dir, [GOOD | {"区划": "140321101", "经度": "113.8"}]))
    assert [why for *_where, why in problems(plan)] == ["在冠山镇边界以外 8796 m"]


@pytest.mark.parametrize("system", [System.GCJ02, System.BD09])
def test_coordinates_of_a_named_system_are_converted_and_else_taken_as_they_are(
    city: City, data_dir: Path, system: System
) -> None:
    lon, lat = from_wgs84(113.6, 37.8, system)
    path = csv_file(data_dir, [GOOD | {"经度": str(lon), "纬度": str(lat)}])
    for asked, near in ((system, True), (System.WGS84, False)):
        (row,) = planned(SITES, path, system=asked).rows
        target: Any = row.target
        assert (abs(target.lon - 113.6) < 1e-6 and abs(target.lat - 37.8) < 1e-6) is near


def test_the_place_of_an_area_follows_from_its_shape(city: City, data_dir: Path) -> None:
    shape = str(SQUARE).replace("'", '""')
    path = csv_file(data_dir, [GOOD | {"经度": "", "纬度": "", "位置图形": f'"{shape}"'}])
    imported(SITES, path)
    made = Site.objects.get(pk="S1")
    assert made.geometry == SQUARE
    assert 113.5 < made.lon < 113.7
    assert 37.7 < made.lat < 37.9


def test_an_object_that_stands_twice_in_the_file_is_refused_the_second_time(
    city: City, data_dir: Path
) -> None:
    plan = planned(SITES, csv_file(data_dir, [GOOD, GOOD | {"名称": "别的"}]))
    assert problems(plan) == [(3, "编码", "S1", "与第 2 行是同一个对象")]


def test_a_likely_double_by_distance_and_name_is_a_warning(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    near, far = GOOD | {"编码": "S2", "经度": "113.601"}, GOOD | {"编码": "S3", "经度": "113.7"}
    plan = planned(SITES, csv_file(data_dir, [near, far]))
    assert plan.counts == {Fate.NEW: 2}
    (note,) = plan.report().notes
    assert str(note).startswith("2: 可能与S1 桃北中学重复：相距 88 m")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime(2024, 1, 31), "2024-01-31"),  # noqa: DTZ001 - a cell has no zone
        (45322, "2024-01-31"),
        ("2024/1/31", "2024-01-31"),
        ("２０２４年１月３１日", "2024-01-31"),
        ("20240131", "2024-01-31"),
    ],
)
def test_cells_of_excel_are_read_by_what_they_mean(city: City, data_dir: Path, cell: Any, day: str) -> None:
    heads = ["编码", "名称", "区划", "经度", "纬度", "级别", "启用日期", "参与城市评价"]
    path = excel_file(data_dir, [heads, [1738, "　甲　", 140321, "１１３．６", 37.8, "国控", cell, True]])
    imported(SITES, path)
    made = Site.objects.get(pk="1738")
    assert (made.name, made.region_id, made.lon, str(made.since), made.evaluated) == (
        "甲",
        "140321",
        113.6,
        day,
        True,
    )


def test_rows_of_one_file_may_name_each_other_and_fall_with_each_other(city: City, data_dir: Path) -> None:
    rows = [
        {"code": "140100101", "name": "某镇", "parent": "140100"},
        {"code": "140100", "name": "太原市", "parent": "140000"},
        {"code": "150100101", "name": "某镇", "parent": "150100"},
        {"code": "150100", "name": "", "parent": ""},
    ]
    plan = imported(REGIONS, csv_file(data_dir, rows))
    assert Region.objects.get(pk="140100101").parent_id == "140100"
    assert problems(plan) == [
        (4, "parent", "150100", "它所指的那一行没有收下"),
        (5, "name", "", "没有填写"),
    ]


def test_objects_without_a_code_are_told_apart_by_their_name_or_several_columns(
    city: City, data_dir: Path
) -> None:
    unit = {"单位名称": "平定水泥厂（二厂）", "类别": "企业", "区划": "140321"}
    assert imported(UNITS, csv_file(data_dir, [unit])).counts == {Fate.NEW: 1}
    assert imported(UNITS, csv_file(data_dir, [unit | {"区划": "140322"}])).counts == {Fate.CHANGED: 1}
    assert Organisation.objects.get(name="平定水泥厂（二厂）").region_id == "140322"
    measure = {
        "单位": "E9",
        "预警级别": "红色",
        "污染物": "nox",
        "减排措施": "停产",
        "减排量": "-1",
        "依据": "清单",
    }
    (refused,) = planned(MEASURES, csv_file(data_dir, [measure])).report().refused[:1]
    assert (refused.column, refused.reason) == ("单位", "没有登记过")


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        ("名称,级别\n甲,国控", BadTable, "没有“编码”列"),
        ("编码,code,名称\n1,1,甲", BadTable, "有两列是“编码”"),
        ("", Unreadable, "empty"),
        ("\0\0\0", Unreadable, "not a text table"),
    ],
)
def test_a_file_that_is_no_table_of_the_register_is_refused_whole(
    city: City, data_dir: Path, text: str, error: type[Exception], why: str
) -> None:
    path = data_dir / "x.csv"
    path.write_text(text)
    with pytest.raises(error, match=why):
        planned(SITES, path)


def test_a_broken_line_is_refused_and_the_others_come_in(city: City, data_dir: Path) -> None:
    path = csv_file(data_dir, [GOOD, GOOD | {"编码": "S2"}])
    path.write_text(path.read_text("utf-8-sig") + "S3,甲", "utf-8")
    plan = planned(SITES, path)
    assert plan.counts == {Fate.NEW: 2, Fate.REFUSED: 1}
    assert plan.report().refused[0].row == 4


def test_the_file_is_kept_as_it_came_before_it_is_read(city: City, data_dir: Path) -> None:
    path = data_dir / "bad.csv"
    path.write_bytes(b"\0\1\2")
    with pytest.raises(Unreadable):
        planned(SITES, path)
    assert [p.read_bytes() for p in (data_dir / "registers").iterdir()] == [b"\0\1\2"]


def test_a_file_that_was_only_looked_at_is_dropped_after_a_day_and_one_that_was_taken_in_stays(
    city: City, data_dir: Path
) -> None:
    shown, taken = (
        keep(csv_file(data_dir, [GOOD], "a.csv")),
        keep(csv_file(data_dir, [GOOD | {"编码": "S2"}], "b.csv")),
    )
    apply(plan_of(SITES, taken, None), Act(None, "导入", "root", taken.file, taken.blob))
    now = datetime.now(UTC)
    assert sweep(now - timedelta(hours=1)) == 0
    assert sweep(now + timedelta(hours=1)) == 1
    assert (shown.path.exists(), taken.path.exists()) == (False, True)


@pytest.mark.parametrize("code", ["A/1", ".", "..", "／"])
def test_a_code_that_no_address_can_carry_is_refused(city: City, data_dir: Path, code: str) -> None:
    plan = planned(SITES, csv_file(data_dir, [GOOD | {"编码": code}]))
    assert [(row, column) for row, column, *_ in problems(plan)] == [(2, "编码")]
