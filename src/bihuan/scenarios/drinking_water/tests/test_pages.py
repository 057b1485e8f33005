"""The pages and papers: rates of a region, what is missing, one source, and who sees which."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from bihuan import clock
from bihuan.english import told
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.drinking_water import scoring
from bihuan.scenarios.drinking_water.models import Zone
from bihuan.scenarios.drinking_water.quality import Verdict
from bihuan.scenarios.drinking_water.report import sentences
from bihuan.scenarios.drinking_water.scoring import Score, score_of
from bihuan.scenarios.drinking_water.tests.world import source
from bihuan.scenarios.drinking_water.view import span_of, whole_of
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def measured(place: City, tmp_path: Path) -> City:
    """W1 kept its class in January, W2 did not; W3 was not measured, W4 has no quantity."""
    for code, quantity in (("W1", 3000.0), ("W2", 1000.0), ("W3", 500.0), ("W4", None)):
        source(place, code, quantity=quantity)
    values = [("W1", 0.1), ("W2", 0.9), ("W4", 0.2)]
    table = pl.DataFrame([{"site": s, "time": "2019-01-01 00:00", "code": "w21003", "period": "month", "value": v} for s, v in values])  # fmt: skip
    table.write_csv(tmp_path / "water.csv")
    (report,) = import_files(
        archive(), [tmp_path / "water.csv"], received=NOW - timedelta(days=1), delay=None
    )
    assert report.new == 3
    return place


def page(client: Client, city: City, name: str, *args: str, role: str = "chief", **asked: str) -> str:
    client.force_login(city.person(role))
    return " ".join(client.get(reverse(f"drinking_water:{name}", args=args), asked).content.decode().split())


def test_the_rates_stand_with_what_they_leave_out(client: Client, measured: City) -> None:
    shown = page(client, measured, "index", span="2019-01")
    for part in ("66.7%", "2 / 3", "75.0%", "没有可评价水质数据，未计入： 水源W3", "未计入按水量： 水源W4"):
        assert part in shown
    assert "氨氮 (0.80)" in shown


def test_a_month_without_values_has_no_rate(client: Client, measured: City) -> None:
    shown = page(client, measured, "index", span="2019-02")
    assert "66.7%" not in shown
    assert shown.count('warn">没有数据') == 4


def test_what_was_received_later_is_not_known_before(client: Client, measured: City) -> None:
    clock.set_replay(NOW - timedelta(days=2), 0)
    assert "66.7%" not in page(client, measured, "index", span="2019-01")


@pytest.mark.parametrize(
    "asked", [{"span": "2019-13"}, {"span": "x"}, {"region": "999999"}, {"region": "140322"}]
)
def test_what_cannot_be_meant_or_seen_is_refused_in_words(
    client: Client, place: City, asked: dict[str, str]
) -> None:
    client.force_login(place.person("chief"))
    assert client.get(reverse("drinking_water:index"), asked).status_code == 400


def test_a_span_is_a_month_or_a_year(place: City) -> None:
    assert (span_of("2019").start, span_of("2019").end) == (date(2019, 1, 1), date(2020, 1, 1))
    assert (span_of("2019-12").start, span_of("2019-12").end) == (date(2019, 12, 1), date(2020, 1, 1))
    assert span_of("").text == "2019"


def test_without_a_question_the_year_before_is_told_until_something_of_this_one_is_known(
    measured: City,
) -> None:
    """January's values were received on 24 February."""
    assert span_of("").text == "2019"
    clock.set_replay(NOW - timedelta(days=2), 0)
    assert span_of("").text == "2018"


def test_a_source_shows_each_item_against_its_limit(client: Client, measured: City) -> None:
    shown = page(client, measured, "source", "W2", span="2019")
    assert "0.9 mg/L" in shown
    assert "≤ 0.5" in shown
    assert "GB/T 14848-2017" in shown


def test_the_operator_sees_its_source_and_another_county_does_not(client: Client, measured: City) -> None:
    assert "水源W1" in page(client, measured, "source", "W1", role="enterprise")
    client.force_login(measured.person("chief", "140322"))
    assert client.get(reverse("drinking_water:source", args=["W1"])).status_code == 404
    assert "水源W1" not in client.get(reverse("drinking_water:index")).content.decode()


def test_the_report_says_rates_gaps_and_water_of_each_source(client: Client, measured: City) -> None:
    client.force_login(measured.person("chief"))
    asked = {"span": "2019-01", "region": "140321"}
    paper = Document(BytesIO(client.get(reverse("drinking_water:word"), asked).content))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "平定县饮用水水源地2019-01" in text
    assert "达标率：按个数 66.7%，按水量 75.0%。" in text
    assert "没有可评价水质数据、未计入的：水源W3。" in text
    assert "监测项目少于应测项目、只评价已测项目的：水源W1、水源W2、水源W4。" in text
    table = paper.tables[0]
    assert [c.text for c in table.rows[2].cells][3:5] == ["超标", "氨氮（0.80）"]
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("drinking_water:book"), asked).content))
    assert [row[11] for row in book["水源地"].iter_rows(min_row=2, values_only=True)] == [
        "达标",
        "超标",
        "没有数据",
        "达标",
    ]


def test_the_report_is_told_in_english(measured: City) -> None:
    with override("en"):
        said = [told(s) for s in sentences(whole_of(measured.person("chief"), span_of("2019-01")))]
    assert said[1] == "Compliance: 66.7% by count, 75.0% by quantity."


def test_a_score_needs_all_its_parts_and_a_level_follows_the_settings() -> None:
    assert Score(100, 100, 80).total == pytest.approx(94)
    assert Score(100, 100, 80).level == scoring.EXCELLENT
    assert Score(100, 60, 50).level == scoring.SUFFICIENT
    assert Score(0, 50, 90).level == scoring.POOR
    assert (Score(100, None, 80).total, Score(100, None, 80).level) == (None, "")


def test_quality_is_the_share_of_good_months_and_nothing_is_scored_without_an_inspection() -> None:
    found = score_of(Verdict((), ("2019-01", "2019-02"), ("2019-01",)), None)
    assert found == Score(None, 50.0, None)


def test_a_zone_is_an_area(place: City) -> None:
    line = {"type": "LineString", "coordinates": [[113.6, 37.8], [113.7, 37.8]]}
    zone = Zone(
        code="Z",
        name="一级",
        region=place.regions["140321"],
        lon=113.6,
        lat=37.8,
        source=source(place),
        grade="first",
    )
    zone.clean()  # its boundary may come later
    zone.geometry = line
    with pytest.raises(ValidationError, match="面"):
        zone.clean()
