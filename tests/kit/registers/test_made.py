"""A register that a program fills, and the checks that a form and a file share, asked one object at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bihuan.kit.registers.made import bring_file, bring_rows
from bihuan.kit.registers.plan import Fate, Row
from bihuan.kit.registers.planning import plan_one, present, references_of
from bihuan.registry.changes import Batch
from bihuan.registry.models import Emitter, Measure, Organisation, Region, Site
from tests.kit.registers.world import GOOD, MEASURES, REGIONS, SITES, UNITS, csv_file
from tests.people import City

GIVEN = {"code": "S1", "name": "桃北中学", "region": "140321", "lon": "113.6", "lat": "37.8", "rank": "国控"}


def test_rows_that_were_made_come_in_as_a_file_of_an_office_does(city: City, data_dir: Path) -> None:
    bring_rows(
        SITES, iter([GIVEN, {**GIVEN, "code": "S2", "name": "白羊墅", "lon": 113.7, "evaluated": "是"}])
    )
    assert list(Site.objects.order_by("pk").values_list("pk", "name", "lon", "evaluated")) == [
        ("S1", "桃北中学", 113.6, False), ("S2", "白羊墅", 113.7, True),
    ]  # fmt: skip
    batch = Batch.objects.get()
    assert (batch.operator, batch.reason, batch.file, batch.person) == (
        "demo",
        "演示城市",
        "stations.csv",
        None,
    )
    assert batch.blob


def test_without_rows_nothing_is_done(data_dir: Path, db: None) -> None:
    bring_rows(SITES, [])
    assert not Batch.objects.exists()


def test_a_row_that_is_refused_stops_the_builder_and_nothing_comes_in(city: City, data_dir: Path) -> None:
    with pytest.raises(RuntimeError, match=r"stations\.csv, row 3: .*lon"):
        bring_rows(SITES, [GIVEN, {**GIVEN, "code": "S2", "lon": "x"}])
    assert not Site.objects.exists()
    bring_file(SITES, csv_file(data_dir, [GOOD]))
    assert Site.objects.get().pk == "S1"


def one(register: Any, texts: dict[str, str], **more: Any) -> Row:
    return plan_one(register, texts, None, **more)


def why(row: Row) -> list[tuple[str, str]]:
    return [(p.name, p.why) for p in row.problems]


def test_a_new_object_needs_all_that_its_model_demands(city: City) -> None:
    assert one(SITES, GIVEN).fate is Fate.NEW
    for name in ("name", "region", "lon", "rank"):
        row = one(SITES, {k: v for k, v in GIVEN.items() if k != name})
        assert (name, "没有这一列，新对象少不了它") in why(row)
    assert why(one(SITES, GIVEN | {"name": " "})) == [("name", "没有填写")]


def test_a_code_is_taken_once_and_never_changed(city: City) -> None:
    site = Site.objects.create(
        code="S1", name="站", rank="national", region=city.regions["140321"], lon=113.6, lat=37.8
    )
    assert ("code", "已经登记过") in why(one(SITES, GIVEN))
    assert ("code", "编码一经登记不再改变") in why(one(SITES, {"code": "S9"}, target=site))
    assert one(SITES, {"code": "S1"}, target=site).fate is Fate.SAME
    renamed = one(SITES, {"name": "新名"}, target=site)
    assert (renamed.fate, renamed.before, renamed.after, site.name) == (
        Fate.CHANGED,
        {"name": "站"},
        {"name": "新名"},
        "站",
    )


@pytest.mark.parametrize(
    ("since", "until", "refused"),
    [
        ("2024-01-02", "2024-01-01", True),
        ("2024-01-01", "2024-01-01", True),
        ("2024-01-01", "2024-01-02", False),
        ("", "2024-01-01", False),
    ],
)
def test_an_object_ends_after_it_began(city: City, since: str, until: str, refused: bool) -> None:
    row = one(SITES, GIVEN | {"since": since, "until": until})
    assert why(row) == ([("until", "停用日期不在启用日期之后")] if refused else [])


def test_a_name_that_only_one_may_have_is_not_given_twice(city: City) -> None:
    other = Organisation.objects.exclude(name="平定县人民政府")[0]
    row = one(UNITS, {"name": "平定县人民政府"}, target=other)
    assert [said for _name, said in why(row)] == ["已经登记过"]
    assert why(one(UNITS, {"name": other.name}, target=other)) == []


def test_an_object_of_several_keys_is_found_by_all_of_them(
    city: City, django_assert_num_queries: Callable[[int], Any]
) -> None:
    emitter = Emitter.objects.create(
        code="E1", name="厂", kind="plant", region=city.regions["140321"], industry="水泥", grade="C", lon=113.5, lat=37.8
    )  # fmt: skip
    for level in ("red", "orange"):
        Measure.objects.create(
            emitter=emitter, level=level, pollutant="pm", text="停", kg_per_day=1, basis="x"
        )
    keys = [("E1", "red", "pm"), ("E1", "red", "so2"), ("E2", "red", "pm")]
    with django_assert_num_queries(1):
        found = present(MEASURES, keys)
    assert {key: each.level for key, each in found.items()} == {("E1", "red", "pm"): "red"}  # type: ignore[attr-defined]
    assert len(present(MEASURES, [*keys, *((f"X{n}", "red", "pm") for n in range(60))])) == 1
    with django_assert_num_queries(0):
        assert present(MEASURES, []) == {}


def test_who_may_see_little_chooses_among_little(city: City) -> None:
    """For the lists of a form; a cell of a file is held against all."""
    county, whole = city.person("chief", "140321"), city.person("chief", "140300")
    assert len(references_of(SITES, county)["region"].texts) < len(
        references_of(SITES, whole)["region"].texts
    )
    assert set(references_of(SITES)["region"].texts) == set(Region.objects.values_list("pk", flat=True))
    assert "140321" in references_of(SITES, county)["region"].texts
    assert "140322" not in references_of(SITES, county)["region"].texts


def test_columns_of_one_model_share_what_is_read_of_it(
    city: City, django_assert_num_queries: Callable[[int], Any]
) -> None:
    """Region and city of a station are regions both; the units are read beside."""
    with django_assert_num_queries(2):
        found = references_of(SITES)
    assert found["region"] is found["city"]
    assert list(references_of(REGIONS)) == ["parent"]


def test_a_person_is_refused_by_the_region_that_is_filled_in(city: City) -> None:
    row = plan_one(SITES, GIVEN | {"region": "140322"}, city.person("chief", "140321"))
    (problem,) = row.problems
    assert (problem.name, problem.value, problem.forbidden) == ("region", "140322", True)
    assert problem.why == "您的职务不管理所填的区划"
    there = Site.objects.create(
        code="S2", name="站", rank="national", region=city.regions["140322"], lon=113.4, lat=38.1
    )
    taken = plan_one(SITES, {"region": "140321"}, city.person("chief", "140321"), there)
    assert [p.why for p in taken.problems] == ["这个对象在您管理的区域之外"]
