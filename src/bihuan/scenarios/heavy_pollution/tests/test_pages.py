"""The pages: what they show to whom, the consultation sheet, the downloads."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from bihuan.cases.models import Case
from bihuan.scenarios.heavy_pollution import actions
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.tests.world import World
from tests.pages import flat


def page(
    client: Client, world: World, name: str, *args: Any, role: str = "dispatcher", region: str = "140300"
) -> Any:
    """GET a page of the scenario as somebody."""
    client.force_login(world.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(f"heavy_pollution:{name}", args=args))


def post(client: Client, world: World, name: str, *args: Any, region: str = "140300", **data: Any) -> Any:
    """POST to the scenario as a dispatcher."""
    client.force_login(
        world.person("dispatcher", region), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client.post(reverse(f"heavy_pollution:{name}", args=args), data, follow=True)


def test_the_page_shows_level_chance_rule_and_named_units(client: Client, world: World) -> None:
    world.suggest()
    text = page(client, world, "index").content.decode()
    for part in (
        "黄色",
        "70%",
        "持续 48 小时及以上",
        "荫营水泥1厂",
        "模拟",
        "无风场资料，未按上风向排序",
        "未登记排放基数",
        "采纳",
    ):
        assert part in text


def test_the_centre_shows_the_advice_and_the_best_units(client: Client, world: World) -> None:
    world.suggest()
    client.force_login(world.person(), backend="django.contrib.auth.backends.ModelBackend")
    text = flat(client.get(reverse("centre")).content.decode())
    for part in ("建议黄色预警 P=0.70", "荫营水泥1厂", "会商单", "模拟"):
        assert part in text


def test_without_a_forecast_the_page_says_so(client: Client, world: World) -> None:
    assert "没有预警建议" in page(client, world, "index").content.decode()


def test_a_county_sees_its_own_units_only(client: Client, world: World) -> None:
    world.suggest()
    text = page(client, world, "index", region="140321").content.decode()
    assert "冠山砖瓦2厂" in text
    assert "荫营水泥1厂" not in text


@pytest.mark.parametrize("name", ["accept", "refuse"])
def test_another_countys_suggestion_is_not_there(client: Client, world: World, name: str) -> None:
    pk = next(s.pk for s in world.suggest() if s.emitter_id == "P2")
    assert post(client, world, name, pk, region="140322", reason="x").status_code == 404


def test_a_countys_person_does_not_get_the_citys_sheet(client: Client, world: World) -> None:
    pk = world.advice().pk
    for name in ("sheet", "sheet_word"):
        assert page(client, world, name, pk, region="140321").status_code == 404
        assert page(client, world, name, pk).status_code == 200


def test_accepting_changing_and_refusing_by_form(client: Client, world: World) -> None:
    rows = {s.emitter_id: s for s in world.suggest()}
    answer = post(client, world, "accept", rows["P1"].pk, text="停一条窑", kg="20.5", hand="1")
    assert "已采纳" in answer.content.decode()
    assert Case.objects.get().state == "dispatched"
    assert "PM 20.5" in Case.objects.get().requirement
    assert "不采纳需要写明理由" in post(client, world, "refuse", rows["P2"].pk).content.decode()
    assert "不是数字" in post(client, world, "accept", rows["P2"].pk, kg="很多").content.decode()
    post(client, world, "refuse", rows["P2"].pk, reason="停产检修")
    assert Suggestion.objects.get(emitter_id="P2").status == "refused"


def test_it_does_not_send_people_elsewhere(client: Client, world: World) -> None:
    pk = world.suggest()[0].pk
    client.force_login(world.person(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("heavy_pollution:accept", args=[pk]), {"next": "https://example.org/"})
    assert answer["Location"] == reverse("heavy_pollution:index")


def test_the_word_sheet_holds_computed_numbers(client: Client, world: World) -> None:
    rows = {s.emitter_id: s for s in world.suggest()}
    actions.accept(rows["P2"], world.person(), changed_kg=25.0)
    document = Document(io.BytesIO(page(client, world, "sheet_word", Advice.objects.get().pk).content))
    lines = "\n".join(p.text for p in document.paragraphs)
    cells = [[c.text for c in row.cells] for table in document.tables for row in table.rows]
    assert "阳泉市重污染天气会商单 (模拟)" in lines
    assert "黄色及以上 70%；橙色及以上 20%；红色及以上 0%" in lines
    assert "签字" in lines
    # By hand from fixtures/episode.csv: medians of 27 Feb over 5 x 230, 2 x 250, 3 x 180.
    day = next(row for row in cells if row[0] == "2月27日")
    assert (day[1], day[6], day[7]) == ("230", "30%", "70%")
    unit = next(row for row in cells if "冠山砖瓦2厂" in row[1])
    assert unit[5] == "PM 25.0"
    assert unit[6].startswith("改后采纳 环交〔2019〕0001")
    assert "已采纳或执行中 1 条，未采纳 0 条，待处理 2 条。" in lines


def test_the_workbook_has_all_rows_and_the_sums(client: Client, world: World) -> None:
    world.suggest()
    client.force_login(world.person(), backend="django.contrib.auth.backends.ModelBackend")
    content = client.get(reverse("heavy_pollution:index") + "?as=xlsx&kind=vehicles").content
    book = load_workbook(io.BytesIO(content))
    names = [row[1] for row in book["管控建议"].iter_rows(min_row=3, values_only=True)]
    assert names == ["用车大户1"]
    listed = [row[0] for row in book["减排清单"].iter_rows(min_row=3, values_only=True)]
    assert listed == ["P1"] * 6 + ["P2"] * 3 + ["P3"] * 3 + ["V1"] * 3
    assert {row[0] for row in book["减排核算"].iter_rows(min_row=3, values_only=True)} == {
        "PM",
        "NOx",
        "SO2",
        "VOCs",
    }


def test_a_countys_workbook_lists_its_own_units(client: Client, world: World) -> None:
    world.suggest()
    client.force_login(world.person("handler", "140321"), backend="django.contrib.auth.backends.ModelBackend")
    book = load_workbook(io.BytesIO(client.get(reverse("heavy_pollution:index") + "?as=xlsx").content))
    for name in ("管控建议", "减排清单"):
        cells = {cell for row in book[name].iter_rows(min_row=3, values_only=True) for cell in row}
        assert "平定县" in cells
        assert not cells & {"郊区", "矿区"}
