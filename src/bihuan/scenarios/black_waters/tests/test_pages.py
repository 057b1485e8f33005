"""The register, the list, the page of a body, the progress and its papers; who sees what."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from bihuan.cases.models import Finding
from bihuan.kit.layers import View
from bihuan.scenarios.black_waters import layers
from bihuan.scenarios.black_waters.bodies import standings_of
from bihuan.scenarios.black_waters.models import Body, Point, State
from bihuan.scenarios.black_waters.tests.world import (
    GOOD,
    HEAVY,
    LIGHT,
    a_round,
    accepted,
    body,
    days_ago,
    measured,
)
from bihuan.scenarios.checking import check
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role
from tests.web.world import MINE, NOW


def page(client: Client, city: City, name: str, *args: str, region: str = MINE, **asked: str) -> str:
    client.force_login(city.person("chief", region))
    answer = client.get(reverse(f"black_waters:{name}", args=args), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def waters(place: City, data_dir: Path) -> City:
    """A was accepted and is black again, B is heavy and begins a new round, C was not measured and is of another county."""
    accepted(place, "A")
    body(place, "B", 4, due=days_ago(1))
    body(
        place,
        "C",
        region=place.regions["140322"],
        organisation=None,
        state="lasting",
        accepted=days_ago(90),
        lasting=days_ago(30),
    )
    rows = [
        *a_round("A", days_ago(60), GOOD, GOOD, GOOD), *a_round("A", days_ago(20), GOOD, LIGHT, GOOD),
        *a_round("B", days_ago(20), GOOD, HEAVY, HEAVY, HEAVY), ("B-1", days_ago(2), (30.0, None, None, None)),
    ]  # fmt: skip
    measured(data_dir, *rows)
    return place


def test_the_list_shows_where_each_body_stands(client: Client, waters: City) -> None:
    shown = page(client, waters, "index")
    for part in ("水体A", "反弹", "轻度黑臭", "水体B", "重度黑臭", "监测未完成", "超期"):
        assert part in shown
    assert "水体C" not in shown
    assert "水体B" not in page(client, waters, "index", tab="relapsed")
    assert "水体A" not in page(client, waters, "index", grade="2")
    only = page(client, waters, "index", region_="", flag="running")
    assert "水体B" in only
    assert "水体A" not in only
    assert "水体C" in page(client, waters, "index", region="140300", state="lasting")


def test_the_file_of_the_list_says_state_grade_and_what_is_lacking(client: Client, waters: City) -> None:
    client.force_login(waters.person("chief"))
    answer = client.get(reverse("black_waters:index"), {"as": "xlsx"})
    head, *rows = openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    told = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
    assert (told["A"]["治理状态"], told["A"]["登记状态"], told["A"]["黑臭级别"]) == (
        "反弹",
        "初见成效",
        "轻度黑臭",
    )
    assert told["B"]["未完成的监测"].startswith(
        "B测点1透明度只测 1 次；B测点1溶解氧未测；B测点1氨氮未测；B测点2未测"
    )
    assert told["B"]["最近一轮"] == days_ago(20).isoformat()


def test_the_page_of_a_body_shows_points_in_order_rounds_grades_and_what_was_not_measured(
    client: Client, waters: City
) -> None:
    shown = page(client, waters, "body", "B")
    assert "B测点2至B测点4之间的河段为重度黑臭" in shown
    assert "B测点1透明度只测 1 次" in shown
    assert shown.count("未完成") == 2  # the ribbon and the round
    assert [shown.index(f'id="B-{n}"') for n in (1, 2, 3, 4)] == sorted(
        shown.index(f'id="B-{n}"') for n in (1, 2, 3, 4)
    )
    assert "不评价" in shown  # ORP in a county town
    assert shown.count('class="bw bw2"') > 20
    assert "按反弹处理" in page(client, waters, "body", "A")
    nothing = page(client, waters, "body", "C", region="140322")
    assert "还没有监测数据" in nothing
    assert "公众满意度" in nothing


def test_who_is_responsible_sees_the_whole_page_also_with_points_of_another_region(
    client: Client, waters: City
) -> None:
    Point.objects.filter(pk="B-4").update(region=waters.regions["140322"])
    contact = waters.person("enterprise")
    client.force_login(contact)
    shown = client.get(reverse("black_waters:body", args=["B"])).content.decode()
    assert shown.count("B测点4") > 1
    assert client.get(reverse("black_waters:body", args=["C"])).status_code == 404


def test_findings_of_a_body_and_of_its_points_stand_on_its_page(client: Client, waters: City) -> None:
    check(NOW, lambda *_: None, looks_at="rounds")
    shown = page(client, waters, "body", "A")
    assert Finding.objects.get(target="A").title in shown
    assert "再次轻度黑臭，3 个测点中 1 个黑臭" in shown


def test_a_point_leads_to_its_body(client: Client, place: City) -> None:
    body(place, "B")
    client.force_login(place.person("chief"))
    answer = client.get(reverse("black_waters:point", args=["B-2"]))
    assert answer["Location"].endswith("/s/black_waters/bodies/B/#B-2")


def test_the_progress_counts_a_relapse_as_one_and_names_what_is_lacking(client: Client, waters: City) -> None:
    shown = page(client, waters, "progress", region="140300")
    assert "在册黑臭水体 3 个，已消除 1 个，消除比例 33.3%。" in shown
    assert "销号后再次黑臭的：水体A。" in shown
    assert "超过治理期限的：水体B。" in shown
    assert "长制久清但公众满意度不足或没有登记的：水体C。" in shown
    client.force_login(waters.person("chief", "140300"))
    paper = Document(BytesIO(client.get(reverse("black_waters:word")).content))
    counties, bodies = ([[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables)
    assert counties[-1] == ["合计", "3", "0", "1", "0", "1", "1", "33.3%"]
    assert [
        "水体A",
        "平定县",
        "反弹",
        "轻度黑臭",
        f"{days_ago(20)} 至 {days_ago(13)}",
        "1 / 3",
        "—",
    ] in bodies
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("black_waters:book")).content))
    assert book.sheetnames == ["进展", "黑臭水体", "监测轮次"]
    assert book["监测轮次"].max_row == 1 + 4


def test_a_satisfied_public_is_enough_for_lastingly_clean(place: City) -> None:
    given: dict[str, Any] = {"state": "lasting", "accepted": days_ago(90), "lasting": days_ago(30)}
    for code, share in (("A", 90.0), ("B", 89.9), ("C", None)):
        body(place, code, satisfaction=share, **given)
    found = {s.body.pk: s.unsatisfied for s in standings_of(list(Body.objects.all()), NOW)}
    assert found == {"A": False, "B": True, "C": True}


def test_points_that_are_few_or_not_as_far_apart_as_the_guide_has_it_are_said_and_taken(place: City) -> None:
    one = body(place, "A", 2)
    Point.objects.filter(pk="A-2").update(position_m=901.0)
    (standing,) = standings_of([one], NOW)
    assert standing.odd == ["测点 2 个，少于 3 个", "A测点1与A测点2相距 601 m，应为 200～600 m"]
    Point.objects.filter(pk="A-2").update(position_m=900.0)
    (standing,) = standings_of([one], NOW)
    assert standing.odd == ["测点 2 个，少于 3 个"]


def test_the_register_refuses_what_cannot_be(place: City) -> None:
    one = body(place)
    for field, wrong in (
        ("geometry", {"geometry": {"type": "Polygon", "coordinates": []}}),
        ("accepted", {"state": "effect"}),
        ("lasting", {"state": "lasting", "accepted": days_ago(9)}),
        ("lasting", {"state": "lasting", "accepted": days_ago(9), "lasting": days_ago(10)}),
    ):
        odd = Body(code="X", name="X", kind="ditch", area="county", **wrong)
        with pytest.raises(ValidationError) as refused:
            odd.clean()
        assert list(refused.value.message_dict) == [field]
    Body(kind="pond", geometry={"type": "Polygon", "coordinates": []}).clean()
    with pytest.raises(ValidationError, match="超过了水体长度"):
        Point(body=one, position_m=1501.0).clean()


def test_the_map_has_bodies_in_the_colour_of_their_grade_and_numbers_along_the_water(waters: City) -> None:
    view = View(waters.person("chief"), NOW)
    spots = layers.rows(view)
    assert {s.pk: s.tone for s in spots} == {"A": "warn", "B": "bad"}
    assert {m.name: m.line for m in layers.marks(view, spots)} == {
        "水体A": "反弹 · 轻度黑臭",
        "水体B": "治理中 · 重度黑臭",
    }
    found = {m.name: m.text for m in layers.point_marks(view, layers.point_rows(view))}
    assert {name: found[name] for name in ("A测点1", "B测点4")} == {"A测点1": "1", "B测点4": "4"}


def test_the_map_of_one_body_shows_that_body_alone(waters: City) -> None:
    view = View(waters.person("chief"), NOW, asked={"body": "B"})
    assert [s.pk for s in layers.rows(view)] == ["B"]
    assert [s.pk for s in layers.point_rows(view)] == ["B-1", "B-2", "B-3", "B-4"]
    assert (
        layers.point_rows(View(waters.person("chief"), NOW, asked={"body": "C"})) == []
    )  # of another county


def test_what_was_received_later_is_not_known_before(waters: City) -> None:
    one = Body.objects.get(pk="A")
    (before,) = standings_of([one], NOW - timedelta(days=2))
    assert (before.rounds, before.state) == ((), State.EFFECT)


def test_one_read_grades_all_bodies(client: Client, place: City) -> None:
    """As many queries for six bodies as for one."""
    client.force_login(place.person("chief"))
    counts = []
    for codes in ("A", "BCDEF"):
        for code in codes:
            body(place, code)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("black_waters:index"))
        counts.append(len(found))
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    body(place, "B")
    client.force_login(with_every_role(place))
    assert broken(client, "black_waters", {"code": "B"}) == []
    assert broken_paths(client, "black_waters") == []
