"""The daily brief: every number is computed, page and Word say the same, and what is missing is said."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from docx import Document

from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.standards import Edition, Level
from bihuan.registry.anchors import root
from bihuan.registry.audit import record
from bihuan.registry.models import Target
from bihuan.scenarios.air.evaluation import chart, texts
from bihuan.scenarios.air.evaluation.figures import figures
from tests.people import City
from tests.web.measured import MORNING, Measured, city_means, leaves

DAY = date(2019, 2, 25)


@pytest.fixture
def measured(measured: Measured, data_dir: Path) -> Measured:
    """The city on the morning of the brief, with targets and a forecast."""
    for item, value in (("pm25", 50), ("good_ratio", 60), ("heavy_days", 10)):
        Target.objects.create(region_id="140300", year=2019, item=item, value=value)
    freeze_forecast(data_dir)
    return measured


def freeze_forecast(folder: Path) -> None:
    """A small run of 08:00 with round numbers."""
    nothing = pl.DataFrame({"site": ["city:140300"]})
    row = {
        "site": "city:140300",
        "mean": 150.0,
        "q05": 101.0,
        "q25": 130.0,
        "q50": 152.0,
        "q75": 170.0,
        "q95": 219.0,
    }
    chances = {"p1": 0.0, "p2": 0.0, "p3": 0.1, "p4": 0.58, "p5": 0.32, "p6": 0.0}
    days = [
        {
            **row,
            **chances,
            "item": item,
            "date": DAY + timedelta(days=n),
            **({"q50": 117.0} if item == "pm25" else {}),
        }
        for n in range(4)
        for item in ("aqi", "pm25")
    ]
    ForecastStore(folder).freeze(
        nothing, pl.DataFrame(days), nothing, {"issued": MORNING - timedelta(hours=1), "model": "made"}
    )


def client_of(city: City) -> Client:
    """The chief's client."""
    client = Client()
    client.force_login(city.person("chief", "140300"))
    return client


def spoken(city: City, day: date = DAY) -> list[str]:
    """All lines of the brief."""
    found = texts.sections(figures(day, city.person("chief", "140300")))
    return [line for _, lines in found for line in lines]


def test_yesterday_reads_as_the_bureau_writes_it(measured: Measured, city: City) -> None:
    """By hand: city PM2.5 of 24 February from plain Python; IAQI = 150 + 50 / 35 x (C - 115), rounded up."""
    pm25 = round(city_means("PM2.5")[date(2019, 2, 24)])
    aqi = -(-(150 * 35 + 50 * (pm25 - 115)) // 35)
    assert (
        spoken(city)[0]
        == f"2月24日阳泉市空气质量指数（AQI）{aqi}，四级中度污染，首要污染物 PM2.5（{pm25} µg/m³）。"
    )
    assert (aqi, pm25) == (163, 124)


def test_every_number_in_the_text_is_computed(measured: Measured, city: City) -> None:
    found = figures(DAY, city.person("chief", "140300"))
    known: set[float] = {24.0}  # 最近 24 小时: a name, not a measurement
    for leaf in leaves(found):
        if isinstance(leaf, bool) or leaf is None:
            continue
        if isinstance(leaf, int | float):
            known.add(float(leaf))
        elif isinstance(leaf, datetime):
            known |= {leaf.hour, leaf.day, leaf.month, leaf.minute, 24.0, leaf.day - 1}
        elif isinstance(leaf, date):
            known |= {leaf.day, leaf.month, leaf.year}
    names = re.compile(r"PM2\.5|PM10|SO2|NO2|O3_8h|µg/m³|mg/m³|\d\d:\d\d")
    for line in spoken(city):
        for number in re.findall(r"\d+(?:\.\d+)?", names.sub("", line)):
            assert float(number) in known, f"{number} in “{line}” is not among the figures"


def test_page_and_word_say_the_same(measured: Measured, city: City) -> None:
    client = client_of(city)
    page = client.get("/brief/2019-02-25/").content.decode()
    word = Document(io.BytesIO(client.get("/brief/2019-02-25/word").content))
    lines = [p.text for p in word.paragraphs]
    for line in spoken(city):
        assert line in page
        assert line in lines
    rows = [[c.text for c in r.cells] for r in word.tables[0].rows]
    assert rows[1][:6] == ["—", "阳泉市", "163", "中度污染", "PM2.5", "124"]
    assert len(rows) == 1 + 1 + 5
    assert len(word.inline_shapes) == 1


def test_page_and_word_print_the_root_of_the_log(measured: Measured, city: City) -> None:
    record(None, "person.add", "x")
    client, taken = client_of(city), root()
    said = f"日志 {taken.entries} 条，SHA-256 {taken.head}"
    assert said in client.get("/brief/2019-02-25/").content.decode()
    word = Document(io.BytesIO(client.get("/brief/2019-02-25/word").content))
    assert any(said in p.text for p in word.paragraphs)
    client.force_login(city.person("admin", "140300"))
    assert root().head in client.get("/system/").content.decode()


def test_forecast_and_focus_follow_from_the_frozen_run(measured: Measured, city: City) -> None:
    lines = spoken(city)
    assert (
        "2月25日：AQI 101—219（九成区间），最可能中度污染（58%），PM2.5 中位数 117 µg/m³，重污染概率 32%。"
        in lines
    )
    assert sum("九成区间" in line for line in lines) == 3
    assert "2月25日重污染概率 32%，请会商是否预警。" in lines
    # The likeliest level of all three days is the fourth.
    assert (
        "健康提示：2月25日、2月26日、2月27日中度污染，儿童、老年人及心脏病、呼吸系统疾病患者避免长时间、高强度的户外锻炼，"
        "一般人群适量减少户外运动。"
    ) in lines


def test_a_later_forecast_is_not_known_yet(measured: Measured, city: City) -> None:
    measured.at(MORNING - timedelta(hours=2))
    assert "此时还没有起报的预报。" in spoken(city)
    assert not any("健康提示" in line for line in spoken(city))


def test_missing_data_are_said(measured: Measured, city: City) -> None:
    lines = spoken(city, date(2018, 6, 2))
    assert lines[0] == "6月1日阳泉市没有有效的空气质量日均值。"
    assert "本月没有有效天数。" in lines
    assert "最近 24 小时没有收到城市小时值。" in lines
    assert client_of(city).get("/brief/2018-06-02/word").status_code == 200


def test_a_day_to_come_has_no_brief(measured: Measured, city: City) -> None:
    assert client_of(city).get("/brief/2019-02-26/").status_code == 404


def test_stations_within_the_readers_county_only(measured: Measured, city: City) -> None:
    found = figures(DAY, city.person("handler", "140302"))
    assert {r["name"] for r in found["stations"]} == {"市中心", "白羊墅"}
    assert found["city"]["aqi"] == 163


def test_stations_of_equal_index_share_a_rank(measured: Measured, city: City) -> None:
    ranks = [(r["aqi"], r["rank"]) for r in figures(DAY, city.person("chief", "140300"))["stations"]]
    assert [rank for _, rank in ranks] == [1 + sum(b < aqi for b, _ in ranks) for aqi, _ in ranks]


def test_picture_with_and_without_a_chinese_font(
    measured: Measured, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client_of(city).get("/brief/2019-02-25/chart.png")
    assert answer.content.startswith(b"\x89PNG")
    monkeypatch.setattr(chart, "font", lambda: None)
    assert chart.picture("city:140300", MORNING).startswith(b"\x89PNG")
    rows = chart.series("city:140300", MORNING)
    assert rows.height == 72
    assert rows["start"][0] == datetime(2019, 2, 22, 1, tzinfo=UTC)


def test_figures_name_level_and_standard(measured: Measured, city: City) -> None:
    found = figures(DAY, city.person("chief", "140300"))
    assert isinstance(found["city"]["level"], Level)
    assert isinstance(found["standard"], Edition)
    assert found["standard"].name == "GB3095-2012"
