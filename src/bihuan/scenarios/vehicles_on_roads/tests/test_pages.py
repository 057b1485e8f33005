"""Roads, one road, files, the map and the press: the same numbers everywhere, worked by hand."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act
from bihuan.kit.spans import today
from bihuan.registry.changes import Batch
from bihuan.registry.hours import archive
from bihuan.registry.models import AuditEntry, Emitter, Measure
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from bihuan.scenarios.vehicles_on_roads.reading import KEPT
from bihuan.scenarios.vehicles_on_roads.registers import ROUTES
from bihuan.scenarios.vehicles_on_roads.tests.world import FOUR, passed, road, unit
from tests.in_english import Whole, in_english, left
from tests.people import City
from tests.web.world import MINE, NOW

SIX, GAS = {"fuel": "diesel", "stage": "6"}, {"fuel": "natural_gas", "stage": "5"}


@pytest.fixture
def week(place: City) -> City:
    """Two days with passages. Yesterday 20 of 国四 at 7, 10 at 8, 10 of 国六 at 20 and 4 without a stage at 8; the day before 20 of 国四 at 7; 60 % of 3 km.

    A mean day has on the road 12 of 国四 at 7 and 3 at 8, 3 of 国六 at 20, 1.2 unknown: 15 x 3 x 5.554 g + 3 x 3 x 1 g = 0.25893 kg of NOx.
    """
    road()
    unit(place)
    passed(*[FOUR] * 20)
    passed(*[FOUR] * 10, *[{"fuel": "diesel"}] * 4, hour=8)
    passed(*[SIX] * 10, hour=20)
    passed(*[FOUR] * 20, days_ago=2)
    return place


@pytest.fixture
def chief(week: City, client: Client) -> Client:
    """A chief of the city at the browser."""
    client.force_login(week.person("chief", "140300"))
    return client


def rows(answer: Any, sheet: int = 0) -> Iterator[dict[str, Any]]:
    """A sheet of a workbook by its heads."""
    heads, *lines = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[sheet].iter_rows(values_only=True)  # fmt: skip
    return (dict(zip(heads, line, strict=True)) for line in lines)


def test_a_mean_day_of_a_road(chief: Client) -> None:
    answer = chief.get(reverse("vehicles_on_roads:index"), {"as": "xlsx"})
    (line,) = rows(answer)
    assert (line["编码"], line["车辆（辆/d）"], line["排放不明（辆/d）"], line["车公里（km/d）"]) == (
        "R1",
        19.2,
        1.2,
        57.6,
    )
    assert (line["NOx（kg/d）"], line["每公里 NOx（kg/km·d）"]) == (0.259, 0.086)
    (hours,) = rows(answer, 1)
    assert (hours["7:00"], hours["8:00"], hours["20:00"], hours["9:00"]) == (0.2, 0.05, 0.009, None)
    page = chief.get(reverse("vehicles_on_roads:index")).content.decode()
    assert "7:00—8:00 NOx 0.200 kg，车辆 12.0 辆，其中排放不明 0.0" in page
    assert "路段车次 19，其中 1 没有排放因子" in page


def test_days_are_chosen(chief: Client) -> None:
    """The day before yesterday alone: 12 of 国四."""
    asked = {"until": f"{today() - timedelta(days=2)}", "days": "1", "as": "xlsx"}
    (line,) = rows(chief.get(reverse("vehicles_on_roads:index"), asked))
    assert (line["车辆（辆/d）"], line["NOx（kg/d）"]) == (12, 0.2)
    for wrong in ({"until": "x"}, {"days": "0"}, {"days": "32"}):
        assert chief.get(reverse("vehicles_on_roads:index"), wrong).status_code == 400


def test_hours_are_kept_and_made_anew_when_more_comes(chief: Client) -> None:
    def vehicles() -> float:
        (line,) = rows(chief.get(reverse("vehicles_on_roads:index"), {"as": "xlsx"}))
        return float(line["车辆（辆/d）"])

    before = vehicles()
    files = sorted((archive().root / KEPT).iterdir())
    assert len(files) == 2
    passed(*[FOUR] * 10, hour=9)
    assert vehicles() == before + 3
    assert len(list((archive().root / KEPT).iterdir())) == 2, "the older sums of a day are gone"


def test_a_suggestion_is_the_window_of_what_the_order_bars(chief: Client) -> None:
    """Of three hours with 7 and 8 the earliest: 6 to 9. Of 15 vehicles of 国四: 15 x 3 x 5.554 g = 0.24993 kg; nobody knows it of 1.2."""
    found = list(rows(chief.get(reverse("vehicles_on_roads:index"), {"as": "xlsx"}), 2))
    assert [s["预警级别"] for s in found] == ["橙色预警", "红色预警"], "no text barred any at yellow in 2019"
    assert {s["管控内容"] for s in found} == {"路R1 6:00—9:00 禁止国四及以下重型柴油、燃气车通行"}
    first = found[0]
    assert (first["减排 NOx（kg/d）"], first["减排 PM10（kg/d）"]) == (0.25, 0.007)
    assert (first["受限车辆（辆/d）"], first["排放不明（辆/d）"]) == (15, 1.2)


CITY_RULE = """
[[barred]]
rule = "orange_stage_3"
level = "orange"
since = "2018-01-01"
groups = "diesel"
heavy = "1"
stage = "%d"
title = "橙色预警禁行"
source = "本市"
mark = "K"
"""


def test_what_a_city_settles_about_its_gates_holds_for_roads(chief: Client, data_dir: Path) -> None:
    def levels() -> list[str]:
        return [s["预警级别"] for s in rows(chief.get(reverse("vehicles_on_roads:index"), {"as": "xlsx"}), 2)]

    (data_dir / "gate_rules.toml").write_text(CITY_RULE % 3)
    assert levels() == [], "all of the road are of 国四 and above"
    (data_dir / "gate_rules.toml").write_text(CITY_RULE % 4)
    assert levels() == ["橙色预警"], "the city's rows stand in the place of all others"
    (data_dir / "gate_rules.toml").write_text("[[barred]]\nlevel = 3")
    broken = chief.get(reverse("vehicles_on_roads:index"))
    assert broken.status_code == 400
    assert "gate_rules.toml" in broken.content.decode()


def test_little_is_no_suggestion(place: City, client: Client) -> None:
    """Ten of 国四: 6 x 3 x 5.554 g = 0.09997 kg, just below 0.1; with one more 0.11 kg."""
    road()
    unit(place)
    passed(*[FOUR] * 10)
    client.force_login(place.person("chief", "140300"))
    asked = reverse("vehicles_on_roads:index"), {"as": "xlsx"}
    assert list(rows(client.get(*asked), 2)) == []
    passed(FOUR, hour=8)
    assert len(list(rows(client.get(*asked), 2))) == 2


def test_one_road_tells_its_units_and_stages(chief: Client, week: City) -> None:
    unit(week, "V002", 100.0)
    passed(*[GAS | {"unit": "V002", "site": "V002-G1"}] * 2)
    page = chief.get(reverse("vehicles_on_roads:road", args=["R1"]))
    units = {r["unit"].pk: (r["vehicles"], r["unknown"], r["share"]) for r in page.context["units"]}
    assert units == {"V001": (pytest.approx(19.2), pytest.approx(1.2), 1), "V002": (1, 1, None)}
    kinds = {(fuel, stage): r["vehicles"] for fuel, stage, r in page.context["kinds"]}
    assert kinds == {
        ("柴油", "国四"): 15,
        ("柴油", "国六"): 3,
        ("柴油", "不明"): pytest.approx(1.2),
        ("天然气", "国五"): 1,
    }
    assert "列入减排清单" in page.content.decode()


def test_units_of_another_county_are_not_named_and_its_roads_not_shown(week: City, client: Client) -> None:
    unit(week, "V002", 100.0, region="140311")
    passed(*[FOUR | {"unit": "V002", "site": "V002-G1"}] * 2)
    road("R2", "140311")
    client.force_login(week.person("dispatcher", MINE))
    page = client.get(reverse("vehicles_on_roads:road", args=["R1"])).content.decode()
    assert "单位V002" not in page
    assert "其他单位" in page
    assert "列入减排清单" not in page
    assert client.get(reverse("vehicles_on_roads:road", args=["R2"])).status_code == 404


def test_the_map_draws_the_road_by_kilograms_of_a_kilometre(chief: Client) -> None:
    answer = chief.get(reverse("map_layer", args=["vehicles-on-roads"]))
    text = answer.content.decode()
    assert "路R1" in text
    assert "LineString" in text
    assert "NOx 0.26 kg/d" in text


def pressed(client: Client, code: str = "R1") -> Any:
    return client.post(reverse("vehicles_on_roads:list", args=[code]), follow=True)


def test_the_press_puts_the_road_into_the_reduction_list(chief: Client) -> None:
    assert "已列入减排清单" in pressed(chief).content.decode()
    made = Emitter.objects.get(pk="LD-R1")
    assert (made.kind, made.industry, made.region_id, made.grade, made.simulated) == (
        "vehicles",
        "重点路段",
        MINE,
        "未评级",
        False,
    )
    found = {(m.level, m.pollutant): m for m in made.measures.all()}
    assert {key: m.kg_per_day for key, m in found.items()} == {
        ("orange", "nox"): 0.25, ("orange", "pm"): 0.007, ("red", "nox"): 0.25, ("red", "pm"): 0.007,
    }  # fmt: skip
    one = found["orange", "nox"]
    assert one.text == "路R1 6:00—9:00 禁止国四及以下重型柴油、燃气车通行"
    assert "2019-02-23—2019-02-24 有数据的 2 天" in one.basis
    assert "2014年第92号公告" in one.basis
    assert AuditEntry.objects.filter(action="road.listed", target="LD-R1").count() == 1


def test_pressed_again_it_follows_the_days_and_what_is_over_saves_nothing(chief: Client) -> None:
    pressed(chief)
    Measure.objects.create(
        emitter_id="LD-R1", level="yellow", pollutant="nox", text="旧", kg_per_day=5.0, basis="旧"
    )
    passed(*[FOUR] * 10, hour=8)
    pressed(chief)
    found = {(m.level, m.pollutant): m.kg_per_day for m in Measure.objects.filter(emitter="LD-R1")}
    assert found["orange", "nox"] == 0.3
    assert found["yellow", "nox"] == 0
    assert Emitter.objects.filter(industry="重点路段").count() == 1


def test_the_registers_take_it_back(chief: Client, week: City) -> None:
    pressed(chief)
    act = Act(week.person("chief", "140300"), "不列")
    for batch in Batch.objects.order_by("-pk"):
        undo(every_register()["measures" if batch.kind.endswith("measure") else "emitters"], batch, act)
    assert not Emitter.objects.filter(pk="LD-R1").exists()
    assert not Measure.objects.exists()


def test_nothing_is_listed_without_a_suggestion_or_the_right(place: City, client: Client) -> None:
    road()
    unit(place)
    client.force_login(place.person("chief", "140300"))
    assert "没有达到门槛的管控建议" in pressed(client).content.decode()
    passed(*[FOUR] * 50)
    client.force_login(place.person("dispatcher", "140300"))
    assert pressed(client).status_code == 403
    client.force_login(place.person("chief", MINE))
    assert pressed(client).status_code == 403
    assert not Emitter.objects.exists()


def test_a_route_is_refused_by_its_cell(place: City, tmp_path: Path) -> None:
    road()
    unit(place, roads=())
    path = tmp_path / "路线.csv"
    path.write_text(
        "用车单位,路段编码,车次占比（%）\nV001,R1,60\nV001,R9,60\nV001,R1,101\nV9,R1,5\n", encoding="utf-8"
    )
    plan = plan_of(ROUTES, keep(path), None)
    refused = {row.number: {p.name for p in row.problems} for row in plan.of(Fate.REFUSED)}
    assert {n: names for n, names in refused.items() if n in (3, 5)} == {3: {"road"}, 5: {"unit"}}
    assert "share" in refused[4]


def test_what_came_later_than_the_moment_is_not_known_yet(place: City, client: Client) -> None:
    road()
    unit(place)
    passed(*[FOUR | {"received": NOW + timedelta(hours=1)}] * 50)
    client.force_login(place.person("chief", "140300"))
    assert list(rows(client.get(reverse("vehicles_on_roads:index"), {"as": "xlsx"}))) == []


@pytest.mark.parametrize("page", ["index", "road"])
def test_pages_and_files_are_told_in_english(chief: Client, week: City, page: str) -> None:
    names = [
        "路R1",
        "单位V001",
        *(str(r) for r in week.regions.values()),
        str(week.person("chief", "140300")),
    ]
    address = reverse(f"vehicles_on_roads:{page}", args=["R1"] if page == "road" else [])
    assert left(Whole(in_english(chief, address)).texts, names) == []
    book = openpyxl.load_workbook(
        io.BytesIO(chief.get(reverse("vehicles_on_roads:index"), {"as": "xlsx"}).content)
    )
    cells = [
        str(c)
        for sheet in book.worksheets
        for row in sheet.iter_rows(max_row=1, values_only=True)
        for c in row
    ]
    assert left([*book.sheetnames, *cells], names) == []


def test_strips_compare_roads_by_the_kilometre(chief: Client, week: City) -> None:
    """A third of the length with the same rides is as warm in every hour, though it has a third of the kilograms."""
    road("R2", km=1.0)
    HaulRoute.objects.create(unit_id="V001", road="R2", share=60.0)
    lines = chief.get(reverse("vehicles_on_roads:index")).context["lines"]
    long, short = ([c["heat"] for c in cells] for _line, cells in lines)
    assert long == short
    assert (long[7], long[8], long[20], long[9]) == (5, 1, 1, 0)
