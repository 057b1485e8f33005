"""The pages and papers: the parks of a month, one park from its enterprises to the river, one place by day, and who sees which."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from bihuan.english import told
from bihuan.kit.layers import View
from bihuan.kit.spans import month_asked
from bihuan.scenarios.checking import check
from bihuan.scenarios.industrial_parks.layers import LAYERS
from bihuan.scenarios.industrial_parks.report import sentences
from bihuan.scenarios.industrial_parks.tests.world import measured, member, park, whole_park
from bihuan.scenarios.industrial_parks.view import Month, parks_seen, whole_of
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def told_of(place: City, tmp_path: Path) -> City:
    """January: COD beyond its limit on one of two days, 20 L/s in and 19 L/s out, ammonia of class Ⅱ above and Ⅴ below; K2 has no treatment."""
    made = whole_park(place)
    member(made, "印染厂", 728.0)
    park(place, "K2", way="none", linked="no", actual=500.0)
    rows = [("K1-P", "2019-01-10", "w01018", 40.0), ("K1-P", "2019-01-11", "w01018", 80.0)]
    rows += [("K1-P", "2019-01-10", "w00000", 19.0), ("K1-I", "2019-01-10", "w00000", 20.0)]
    measured(tmp_path, *rows, ("K1-U", "2019-01-10", "w21003", 0.4), ("K1-D", "2019-01-10", "w21003", 2.0))
    return place


def page(client: Client, city: City, name: str, *args: str, role: str = "chief", **asked: str) -> str:
    client.force_login(city.person(role))
    answer = client.get(reverse(f"industrial_parks:{name}", args=args), {"month": "2019-01"} | asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_month_stands_in_the_list_and_by_county(client: Client, told_of: City) -> None:
    shown = page(client, told_of, "index")
    for part in ("园区K1", "1642", "17%", "化学需氧量", ">Ⅱ<", ">Ⅴ<", "没有集中处理"):
        assert part in shown
    assert "化学需氧量" not in page(client, told_of, "index", month="2019-02")


def test_a_park_is_shown_from_its_enterprises_to_the_river(client: Client, told_of: City) -> None:
    """1728 m³/d are registered and flow in, 1642 flow out: 5 %."""
    shown = page(client, told_of, "park", "K1")
    for part in (
        "焦化厂",
        "1000 m³/d",
        "印染厂",
        "1728 m³/d",
        "1642 m³/d",
        "相差 5%",
        "劣于上游对照",
        "氨氮 0.4 → 2 mg/L",
        "最高 80 / 50 mg/L",
    ):
        assert part in shown
    assert "没有数据" in shown  # the rain outlet


def test_an_enterprise_without_water_makes_the_sum_unknown(client: Client, told_of: City) -> None:
    member(parks_seen(told_of.person("chief")).get(pk="K1"), "电镀厂", None)
    shown = page(client, told_of, "park", "K1")
    assert "1 家企业没有登记水量" in shown
    assert "水量没有登记" in shown


def test_a_place_is_shown_by_day_against_its_limit(client: Client, told_of: City) -> None:
    shown = page(client, told_of, "site", "K1-P")
    for part in ("2019-01-11", "80", "60 mg/L", "GB 18918-2002 一级A"):
        assert part in shown
    assert ">Ⅴ<" in page(client, told_of, "site", "K1-D")


def test_the_map_colours_parks_and_places_and_narrows_to_one(told_of: City) -> None:
    check(NOW, lambda *_: None, looks_at="parks")
    parks, sites = LAYERS
    view = View(told_of.person("chief"), NOW)
    assert {row.pk: row.tone for row in parks.rows(view)} == {"K1": "bad", "K2": "bad"}
    tones = {row.pk: row.tone for row in sites.rows(view)}
    assert tones == {"K1-P": "bad", "K1-R": "good", "K1-U": "good", "K1-D": "bad", "K1-I": "good"}
    one = View(told_of.person("chief"), NOW, asked={"park": "K2"})
    assert ([row.pk for row in parks.rows(one)], sites.rows(one)) == (["K2"], [])
    (mark,) = parks.marks(one, parks.rows(one))
    assert (mark.line, mark.url) == ("没有集中处理，近 31 天的发现 1 项", "/s/industrial_parks/at/K2/")
    assert mark.shape is not None
    assert {mark.name for mark in sites.marks(view, sites.rows(view))} >= {"排口K1-P", "点位K1-D"}
    later = View(told_of.person("chief"), NOW + timedelta(days=60))
    assert {row.tone for row in parks.rows(later)} == {"good"}
    assert parks.rows(View(told_of.person("chief", "140322"), NOW)) == []


def test_findings_stand_with_their_park_and_are_counted_in_their_month(client: Client, told_of: City) -> None:
    check(NOW, lambda *_: None, looks_at="parks")
    chief = told_of.person("chief")
    counts = {
        month: [t.findings for t in whole_of(chief, Month(month_asked(month)), list(parks_seen(chief))).parks]
        for month in ("2019-01", "2019-02")
    }
    assert counts == {"2019-01": [2, 0], "2019-02": [0, 1]}  # untreated runs in February
    assert "变差的项目：氨氮" in page(client, told_of, "park", "K1")
    assert "日均值 1 天超过限值" in page(client, told_of, "site", "K1-P")


def test_the_committee_sees_its_park_and_another_county_does_not(client: Client, told_of: City) -> None:
    assert "园区K1" in page(client, told_of, "park", "K1", role="enterprise")
    client.force_login(told_of.person("chief", "140322"))
    for name, code in (("park", "K1"), ("site", "K1-P")):
        assert client.get(reverse(f"industrial_parks:{name}", args=[code])).status_code == 404
    assert "园区K1" not in client.get(reverse("industrial_parks:index")).content.decode()


@pytest.mark.parametrize("asked", [{"month": "2019-13"}, {"month": "x"}, {"region": "140322"}])
def test_what_cannot_be_meant_or_seen_is_refused_in_words(
    client: Client, place: City, asked: dict[str, str]
) -> None:
    client.force_login(place.person("chief"))
    assert client.get(reverse("industrial_parks:index"), asked).status_code == 400


def test_the_report_says_the_month_in_words_and_tables(client: Client, told_of: City) -> None:
    client.force_login(told_of.person("chief"))
    asked = {"month": "2019-01", "region": "140321"}
    paper = Document(BytesIO(client.get(reverse("industrial_parks:word"), asked).content))
    text = "\n".join(p.text for p in paper.paragraphs)
    for part in (
        "平定县工业园区水污染月报2019-01", "工业园区 2 个，有污水集中处理的 1 个，自动监测已联网的 1 个。", "园区K1的排口K1-P超过限值：化学需氧量。",
        "园区K1：点位K1-DⅤ类，上游对照Ⅱ类。", "排口没有监测数据的：园区K2。",
    ):  # fmt: skip
        assert part in text
    assert [c.text for c in paper.tables[0].rows[1].cells][4:9] == ["1642", "17%", "Ⅱ", "Ⅴ", "5%"]
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("industrial_parks:book"), asked).content))
    rows = [row for row in book["监测数据"].iter_rows(min_row=2, values_only=True) if row[1] == "K1-P"]
    assert [row[4:11] for row in rows] == [("化学需氧量", 60, "mg/L", 50, 1, 0, 80)]


def test_the_report_is_told_in_english(told_of: City) -> None:
    chief = told_of.person("chief")
    with override("en"):
        whole = whole_of(chief, Month(month_asked("2019-01")), list(parks_seen(chief)))
        said = [told(sentence) for sentence in sentences(whole)]
    assert said[0] == "2 industrial parks, 1 with central treatment, 1 with monitoring that is linked."


def test_the_papers_hold_no_chinese_but_names_in_english(client: Client, told_of: City) -> None:
    client.force_login(told_of.person("chief"))
    client.cookies["django_language"] = "en"
    paper = Document(BytesIO(client.get(reverse("industrial_parks:word"), {"month": "2019-01"}).content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    named = re.compile(r"园区K\d|排口K1-P|点位K1-D|平定县")
    left = {
        t for t in (*cells, *(p.text for p in paper.paragraphs)) if re.search(r"[一-鿿]", named.sub("", t))
    }
    assert left == set()
