"""The pages and papers of works, networks and reused water: figures by hand, what is missing, and who sees which."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from bihuan import clock
from bihuan.english import told
from bihuan.kit.registers.made import bring_rows
from bihuan.scenarios.sewage_works.models import Term, Use
from bihuan.scenarios.sewage_works.network import network_of
from bihuan.scenarios.sewage_works.registers import TERMS
from bihuan.scenarios.sewage_works.report import network_sentences, reuse_sentences
from bihuan.scenarios.sewage_works.reused import reuse_of
from bihuan.scenarios.sewage_works.spans import month_span, span_of, year_span
from bihuan.scenarios.sewage_works.tests.world import (
    JANUARY,
    LONG_AGO,
    month,
    people_of,
    reach,
    reported,
    user,
    works,
)
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def told_of(place: City, tmp_path: Path) -> City:
    """January: W1 brings 900 m³/d with 80 mg/L (72 kg/d, 1,600 people of 2,000), W2 nothing of BOD5; 31 x 300 m³ of 31 x 400 were used."""
    works(place, "W1")
    works(place, "W2", industry=None)
    works(place, "W3", kind="town")
    people_of(place, 2000)
    rows = month(29, inflow=900.0, in_bod=80.0, in_cod=200.0, outflow=800.0, made=450.0, sent=400.0, rain=0.0)
    wet = month(2, inflow=900.0, in_bod=80.0, in_cod=200.0, outflow=800.0, made=450.0, sent=400.0, rain=20.0)
    reported(tmp_path, "W1", [*rows, *wet])
    reported(tmp_path, "W2", month(20, inflow=1100.0, out_cod=51.0))
    user(place, "Z1", contracted=500.0)
    user(place, "Z2", purpose="municipal")
    Use.objects.create(user_id="Z1", year=2019, month=1, volume=9300.0)
    return place


def page(client: Client, city: City, name: str, *args: str, role: str = "chief", **asked: str) -> str:
    client.force_login(city.person(role))
    return " ".join(client.get(reverse(f"sewage_works:{name}", args=args), asked).content.decode().split())


def test_the_list_shows_each_works_against_what_is_asked(client: Client, told_of: City) -> None:
    shown = page(client, told_of, "index")
    for part in ("2019-01", "90.0%", "110.0%", ">80.0<", "31 / 31", "20 / 31", "须有“一厂一策”方案"):
        assert part in shown
    assert 'class="num bad" data-head="负荷率">110.0%' in shown
    assert 'class="num bad" data-head="进水 BOD">80.0' in shown
    assert 'class="num bad" data-head="出水超标天数">20' in shown  # COD 51 of a limit of 50


def test_a_works_tells_rain_dilution_effluent_and_load(client: Client, told_of: City) -> None:
    """80 mg/L against 200 to 450: 60 to 82 % of foreign water; the rain of the two wet days brought nothing."""
    shown = page(client, told_of, "works", "W1")
    for part in ("厂日报", "60%–82%", "雨旱比</span>1.00", "0 m³", "一级A", "没有出水浓度数据", "用户Z1"):
        assert part in shown
    other = page(client, told_of, "works", "W2")
    assert "不知道降雨，无法区分旱天和雨天" in other
    assert "超 20 天，共 20 天" in other
    assert 'class="load-over">110%' in other


def test_the_chart_has_the_days_with_their_marks(client: Client, told_of: City) -> None:
    client.force_login(told_of.person("chief"))
    flow, rain, bod, *_ = client.get(reverse("sewage_works:series", args=["W1"])).json()["panels"]
    assert [s["name"] for s in flow["series"]] == ["进水量", "旱天", "雨天", "雨后"]
    dry, wet = flow["series"][1]["data"], flow["series"][2]["data"]
    assert (
        sum(v is not None for v in dry) == 27
    )  # of the first two days nobody knows whether it had rained before
    assert sum(v is not None for v in wet) == 2
    assert flow["limits"][0]["value"] == 1000.0
    assert rain["series"][0]["data"][-1] == 20.0
    assert bod["limits"][0]["value"] == 100


def test_the_city_page_tells_the_rate_with_what_it_lacks(client: Client, told_of: City) -> None:
    shown = page(client, told_of, "network", span="2019-01")
    for part in (
        "≥ 80.0%",
        "没有进水 BOD 数据、没有计入的厂：污水厂W2。",
        "建制镇的厂不计入：污水厂W3。",
        "折合 1600 人；有数 31 厂天，应有 62 厂天",
        "31 / 62",
    ):
        assert part in shown
    # 10,000 people are registered where W1 serves: 8,400 are missing there, and of W2 nobody knows.
    assert shown.index("污水厂W1</a>") < shown.index("污水厂W2</a>")
    assert "<b>8400</b>" in shown
    assert "0.0%" in shown  # no capacity with a known BOD5 has more than 100 mg/L


def test_a_county_without_people_is_named_and_left_out(told_of: City) -> None:
    works(told_of, "W9", region=told_of.regions["140322"], organisation=None)
    said = list(network_sentences(network_of(told_of.person("chief", "140300"), span_of("2019-01"))))
    assert any("没有登记用水总人口、没有计入的县（市、区）：盂县。" in s for s in said)
    assert not any("W9" in s for s in said)


def test_reused_water_shows_who_used_it_what_is_open_and_who_did_not_say(
    client: Client, told_of: City
) -> None:
    """Given 12,400, used 9,300 (75 %), 3,100 open at most (25 %); 9,300 of 24,800 + 22,000 treated."""
    shown = page(client, told_of, "reuse", span="2019-01")
    for part in (
        "12400",
        "13950",
        "9300",
        "75.0%",
        "3100",
        "25.0%",
        "不清楚",
        "上限：有用户没有报数",
        "2019-01</span>",
        "15500",
    ):
        assert part in shown
    said = list(reuse_sentences(reuse_of(told_of.person("chief"), span_of("2019-01"))))
    assert said[0] == "再生水利用率 不低于 19.9%：用户用水 0.93 万m³，污水处理 4.68 万m³。"


def test_a_month_that_runs_is_no_month_of_the_balance(told_of: City, tmp_path: Path) -> None:
    reported(tmp_path, "W1", month(5, made=999.0), first=date(2019, 2, 1))
    found = reuse_of(told_of.person("chief"), span_of("2019"))
    assert found.whole.made == pytest.approx(450.0 * 31)
    assert found.whole.unknown == (("Z2", JANUARY),)


def test_what_was_received_later_is_not_known_before(client: Client, told_of: City) -> None:
    clock.set_replay(NOW.replace(day=23), 0)
    assert "90.0%" not in page(client, told_of, "index")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("index", {"month": "2019"}),
        ("index", {"month": "x"}),
        ("network", {"span": "2019-13"}),
        ("reuse", {"span": "x"}),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    client: Client, place: City, name: str, asked: dict[str, str]
) -> None:
    client.force_login(place.person("chief"))
    assert client.get(reverse(f"sewage_works:{name}"), asked).status_code == 400


def test_without_a_question_the_last_month_that_is_over_and_its_year_are_told(place: City) -> None:
    assert (month_span("").text, year_span("").text) == ("2019-01", "2019")
    clock.set_replay(NOW.replace(month=1), 0)
    assert (month_span("").text, year_span("").text) == ("2018-12", "2018")


def test_the_operator_sees_its_works_and_another_county_does_not(client: Client, told_of: City) -> None:
    assert "污水厂W1" in page(client, told_of, "works", "W1", role="enterprise")
    client.force_login(told_of.person("chief", "140322"))
    assert client.get(reverse("sewage_works:works", args=["W1"])).status_code == 404
    for name in ("index", "network", "reuse"):
        assert "污水厂W1" not in client.get(reverse(f"sewage_works:{name}")).content.decode()


def test_the_report_goes_out_as_word_and_workbook_with_the_same_numbers(
    client: Client, told_of: City
) -> None:
    client.force_login(told_of.person("chief"))
    asked = {"span": "2019-01"}
    paper = Document(BytesIO(client.get(reverse("sewage_works:word"), asked).content))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "2019-01 城市生活污水集中收集率 不低于 80.0%，用水总人口 2000 人。" in text
    assert "没有报数的用户月份 1 个：没有去向的水量是上限。" in text
    assert [c.text for c in paper.tables[0].rows[1].cells] == [
        "平定县",
        "2000",
        "72",
        "1600",
        "≥ 80.0%",
        "400",
        "31 / 62",
    ]
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("sewage_works:book"), asked).content))
    assert [cell.value for cell in book["再生水平衡"][2]][:6] == ["污水厂W1", 24800, 13950, 12400, 9300, 3100]
    assert [cell.value for cell in book["再生水用户"][3]][3:6] == [None, None, "2019-01"]


def test_the_sentences_are_told_in_english(told_of: City) -> None:
    with override("en"):
        person = told_of.person("chief")
        said = [told(s) for s in network_sentences(network_of(person, span_of("2019-01")))]
        water = [told(s) for s in reuse_sentences(reuse_of(person, span_of("2019-01")))]
    assert said[0].startswith("2019-01: collection rate of urban sewage at least 80.0%")
    assert not [s for s in (*said[:2], *water) if any("一" <= letter <= "鿿" for letter in s)]


def test_a_new_version_ends_the_one_before_and_each_month_keeps_its_own(place: City) -> None:
    works(place, "W1")
    bring_rows(TERMS, [{"works": "W1", "capacity": 2000, "valid_from": "2019-01-11"}])
    old, new = Term.objects.order_by("valid_from")
    assert (old.valid_from, old.valid_until, old.capacity) == (LONG_AGO, date(2019, 1, 11), 1000.0)
    assert (new.valid_until, new.capacity) == (None, 2000.0)
    with pytest.raises(ValidationError, match="晚于"):
        Term(works=new.works, valid_from=JANUARY, valid_until=JANUARY, capacity=1.0).clean()


def test_an_outfall_lies_on_its_reach(place: City) -> None:
    one = works(place, "W1", reach=reach(place), km=9.0)
    with pytest.raises(ValidationError, match="河段长"):
        one.clean()
