"""A month of all sections, one section over two years, the month report, and rivers as lines."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.english import told
from bihuan.pipeline.files import import_files
from bihuan.registry.forecast_places import unregistered
from bihuan.registry.hours import archive
from bihuan.registry.models import Reach, River
from bihuan.scenarios.water_sections.models import Section, Target
from bihuan.scenarios.water_sections.report import sentences, title_of
from bihuan.scenarios.water_sections.tests.world import section
from bihuan.scenarios.water_sections.view import month_of_all, story_of
from tests.people import City
from tests.web.world import NOW

JANUARY, TODAY = date(2019, 1, 1), NOW.astimezone(CST).date()
OTHERS = {"w01001": 7.8, "w01009": 9.0, "w01019": 3.0, "w21011": 0.05, "w21001": 8.0}


def deliver(folder: Path, rows: list[tuple[str, datetime, str, float, str]]) -> None:
    """Values arrive as a file, received yesterday."""
    table = pl.DataFrame(rows, schema=["site", "time", "code", "value", "period"], orient="row")
    table.with_columns(pl.col("time").dt.strftime("%Y-%m-%d %H:%M")).write_csv(folder / "water.csv")
    (report,) = import_files(archive(), [folder / "water.csv"], received=clock.now(), delay=None)
    assert report.new == len(rows)


def of_days(
    code: str, first: date, last: date, nh3n: float, **more: float
) -> list[tuple[str, datetime, str, float, str]]:
    """Four-hourly values of a station, two a day."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        (code, datetime(d.year, d.month, d.day, hour), item, value, "4h")  # noqa: DTZ001 - local time, as files write it
        for d in days
        for hour in (0, 12)
        for item, value in {**OTHERS, "w21003": nh3n, **more}.items()
    ]


@pytest.fixture
def measured(place: City, tmp_path: Path) -> City:
    """甲 got worse in January and misses its target, 乙 keeps it and was worse a year ago, 丙 has no data."""
    for code in ("山西·甲", "山西·乙", "山西·丙"):
        Target.objects.create(section=section(place, code), year=2019, water_class=3)
    rows = of_days("山西·甲", date(2018, 12, 1), date(2018, 12, 31), 0.4) + of_days(
        "山西·甲", JANUARY, TODAY - timedelta(days=1), 1.2
    )
    rows += of_days("山西·乙", date(2018, 1, 1), date(2018, 1, 31), 2.4) + of_days(
        "山西·乙", JANUARY, TODAY - timedelta(days=1), 0.4
    )
    deliver(tmp_path, rows)
    return place


def page(client: Client, city: City, name: str, *args: str, role: str = "chief", **asked: str) -> str:
    client.force_login(city.person(role))
    answer = client.get(reverse(f"water_sections:{name}", args=args), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_classes_changes_and_room_of_each_section(measured: City) -> None:
    month = month_of_all(list(Section.objects.order_by("code")), JANUARY)
    lines = {line.section.name: line for line in month.lines}
    bad, good, none = (lines[n] for n in "甲乙丙")
    assert (bad.found, bad.main, bad.before, bad.on_month, bad.reached) == (
        4,
        "NH3-N (0.2)",
        2,
        "明显变差",
        False,
    )
    assert bad.tight is not None
    assert bad.tight.item.name == "nh3n"
    assert bad.tight.bound == pytest.approx((12 - 1.2) / 11)
    assert (good.found, good.last_year, good.on_year, good.reached, good.so_far) == (
        2,
        6,
        "明显好转",
        True,
        2,
    )
    assert (none.found, none.reached, none.on_month) == (None, None, "—")
    assert (month.shares.sections, month.shares.good, [s.name for s in month.unmeasured]) == (2, 1, ["丙"])


def test_the_city_changes_by_the_sections_that_have_a_class_both_times(
    measured: City, tmp_path: Path
) -> None:
    """丙 was 劣Ⅴ in December and is silent now: that is no improvement; 甲 alone can be compared."""
    deliver(tmp_path, of_days("山西·丙", date(2018, 12, 1), date(2018, 12, 31), 2.4))
    month = month_of_all(list(Section.objects.order_by("code")), JANUARY)
    assert (month.on_month, month.on_year) == ("明显变差", "明显好转")


def test_total_nitrogen_does_not_make_a_class(measured: City) -> None:
    assert month_of_all(list(Section.objects.filter(name="乙")), JANUARY).lines[0].found == 2


def test_the_laboratory_counts_for_what_the_station_does_not_measure(measured: City, tmp_path: Path) -> None:
    """Its fluoride of the month makes 乙 worse; its ammonia does not stand above the station's."""
    at = datetime(2019, 1, 1)  # noqa: DTZ001 - local time, as files write it
    deliver(
        tmp_path,
        [
            ("山西·乙", at, "w21017", 1.4, "month"),
            ("山西·乙", at, "w21003", 9.0, "month"),
            ("山西·乙", at, "w20142", 0.06, "month"),
        ],
    )
    line = month_of_all(list(Section.objects.filter(name="乙")), JANUARY).lines[0]
    assert (line.found, line.main) == (4, "F- (0.4)")
    assert line.values["nh3n"] == 0.4
    assert line.values["hg"] == pytest.approx(0.00006)


def test_what_is_below_the_limit_of_detection_counts_as_half(measured: City, tmp_path: Path) -> None:
    at = datetime(2019, 1, 1)  # noqa: DTZ001 - local time, as files write it
    table = pl.DataFrame(
        {
            "site": ["山西·丙"],
            "time": [f"{at:%Y-%m-%d %H:%M}"],
            "code": ["w21017"],
            "value": [0.01],
            "flag": ["<"],
            "period": ["month"],
        }
    )
    table.write_csv(tmp_path / "below.csv")
    import_files(archive(), [tmp_path / "below.csv"], received=clock.now(), delay=None)
    line = month_of_all(list(Section.objects.filter(name="丙")), JANUARY).lines[0]
    assert (line.found, line.values["f"]) == (1, 0.01)


def test_the_month_that_runs_is_projected_from_what_is_known(measured: City) -> None:
    """February: 甲 had 0.4 in December and 1.2 since: its own past knows one jump upwards, so Ⅲ is out of reach for nearly all courses."""
    story = story_of(Section.objects.get(name="甲"), list(Section.objects.exclude(name="甲")))
    assert story.projection is not None
    assert (story.projection.days, story.projection.of) == (TODAY.day - 1, 28)
    assert sum(story.projection.chances.values()) == pytest.approx(1)
    assert story.projection.likely is not None
    assert story.projection.likely >= 4
    assert story.projection.reaches is not None
    assert story.projection.reaches < 0.2
    assert [d.lead for d in story.ahead] == [1, 2, 3, 4, 5, 6, 7]
    assert dict(story.ribbon)[date(2018, 12, 1)] == 2
    assert len(story.ribbon) == 24
    silent = story_of(Section.objects.get(name="丙"))
    assert (silent.projection, silent.ahead) == (None, ())


def test_pages_say_it_to_people(client: Client, measured: City) -> None:
    shown = page(client, measured, "month", month="2019-01")
    for part in ("50.0%", "NH3-N (0.2)", "未达到", "没有数据、不计入的断面： 丙", "氨氮 ≤ 0.982 mg/L"):
        assert part in shown
    told = page(client, measured, "section", "山西·甲")
    for part in ("全月预计", "达到目标的概率", "其余月份平均 ≤ 0.96 mg/L", "2018-12"):
        assert part in told
    assert "近期没有数据，不作预计" in page(client, measured, "section", "山西·丙")
    panels = client.get(reverse("water_sections:series", args=["山西·甲"])).json()["panels"]
    assert panels[0]["title"] == "氨氮"
    assert panels[0]["series"][0]["data"][-1] == pytest.approx(1.2)
    assert panels[0]["limits"][0]["value"] == 1.0


def test_a_section_is_no_station_that_the_register_does_not_know(measured: City) -> None:
    assert unregistered(["山西·甲", "山西·乙"]) == []
    (note,) = unregistered(["山西·甲", "山西·丁"])
    assert "山西·丁" in str(note)
    assert "山西·甲" not in str(note)


def test_a_month_that_is_none_is_told(client: Client, measured: City) -> None:
    client.force_login(measured.person("chief"))
    answer = client.get(reverse("water_sections:month"), {"month": "2019-13"})
    assert answer.status_code == 400
    assert "2019-13" in answer.content.decode()


def test_the_report_says_the_same_in_word_and_excel(client: Client, measured: City) -> None:
    client.force_login(measured.person("chief"))
    paper = Document(BytesIO(client.get(reverse("water_sections:month_word"), {"month": "2019-01"}).content))
    text = "\n".join(p.text for p in paper.paragraphs)
    for part in (
        "断面 3 个，有水质类别 2 个",
        "优良（Ⅰ—Ⅲ类）1 个，占 50.0%",
        "本月未达到目标：甲",
        "不计入的：丙",
    ):
        assert part in text
    book = openpyxl.load_workbook(
        BytesIO(client.get(reverse("water_sections:month_book"), {"month": "2019-01"}).content)
    )
    cells = [str(c.value) for row in book.worksheets[0] for c in row]
    assert "NH3-N (0.2)" in cells


def test_rivers_are_lines_with_their_sections(client: Client, measured: City) -> None:
    given = {"region": measured.regions["140300"], "lon": 113.6, "lat": 37.8}
    river = River.objects.create(code="R1", name="桃河", **given)
    low = Reach.objects.create(code="R1-2", name="下段", river=river, length_km=30.0, speed=0.5, **given)
    high = Reach.objects.create(
        code="R1-1", name="上段", river=river, length_km=18.0, speed=0.5, below=low, **given
    )
    Section.objects.filter(name="甲").update(reach=low, km=15.0)
    Section.objects.filter(name="乙").update(reach=high, km=9.0)
    shown = page(client, measured, "rivers", month="2019-01")
    assert "48.0 km · 水流全程 27 h" in shown
    assert shown.index("上段") < shown.index("下段")
    assert 'left: 68.750%"' in shown
    assert 'left: 18.750%"' in shown


def test_the_report_has_an_english_rendering(client: Client, measured: City) -> None:
    month = month_of_all(list(Section.objects.order_by("code")), JANUARY)
    with override("en"):
        texts = [told(s) for s in (*sentences(month), title_of(month))]
        assert not [
            t
            for t in texts
            if any("一" <= letter <= "鿿" for letter in t.replace("甲", "").replace("丙", ""))
        ]
        client.cookies["django_language"] = "en"
        assert "Missed" in page(client, measured, "month", month="2019-01")
