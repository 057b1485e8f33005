"""9+X, means of years with their trends, and the trophic state of lakes: on pages and in the report."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.domain.standards.surface_water import items
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.water_sections.lakes import NAMES
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.report import sentences
from bihuan.scenarios.water_sections.tests.test_month import JANUARY, deliver, page
from bihuan.scenarios.water_sections.tests.world import section
from bihuan.scenarios.water_sections.trends import trends_of
from bihuan.scenarios.water_sections.view import month_of_all
from tests.people import City

Row = tuple[str, datetime, str, float, str]


def month(code: str, item: str, value: float, year: int = 2019, number: int = 1) -> Row:
    """A result of the laboratory for a month."""
    return (code, datetime(year, number, 1), item, value, "month")  # noqa: DTZ001 - local time, as files write it


def test_what_is_to_be_assessed_besides_and_was_not_measured_is_said(
    client: Client, place: City, tmp_path: Path
) -> None:
    """甲: fluoride measured (in December too), mercury in December alone; 乙 has no X."""
    section(place, "山西·甲", extra="氟化物、汞")
    section(place, "山西·乙")
    deliver(tmp_path, [month("山西·甲", "w21017", 0.4), month("山西·甲", "w20142", 0.01, 2018, 12)])
    lines = {x.section.name: x for x in month_of_all(list(Section.objects.all()), JANUARY).lines}
    assert (lines["甲"].besides.said, lines["甲"].besides.missing) == ("9+2 项", ("汞",))
    assert (lines["乙"].besides.said, lines["乙"].besides.unmeasured) == ("9 项", "")
    assert "甲：考核 9+2 项，本月未测 汞。" in list(
        sentences(month_of_all(list(Section.objects.all()), JANUARY))
    )
    assert "9+2 项：汞 未测" in page(client, place, "month", month="2019-01")
    assert "氟化物、汞 未测" in page(client, place, "section", "山西·甲")  # in February nothing came yet
    asked = client.get(reverse("water_sections:month_book"), {"month": "2019-01"})
    head, first, second = (
        openpyxl.load_workbook(BytesIO(asked.content)).worksheets[0].iter_rows(values_only=True)
    )
    told = {row[0]: dict(zip(head, row, strict=True)) for row in (first, second)}
    assert [told[c]["考核项目"] for c in ("山西·甲", "山西·乙")] == ["9+2 项", "9 项"]
    assert told["山西·甲"]["本月未测"] == "汞"


def test_a_result_below_its_limit_is_a_measurement(place: City, tmp_path: Path) -> None:
    section(place, "山西·甲", extra="氟化物、汞")
    path = tmp_path / "x.csv"
    path.write_text("site,time,code,value,period\n山西·甲,2019-01-01,w21017,未检出,month\n", "utf-8")
    import_files(archive(), [path], received=clock.now(), delay=None)
    assert month_of_all(list(Section.objects.all()), JANUARY).lines[0].besides.missing == ("汞",)


@pytest.fixture
def years(place: City, tmp_path: Path) -> City:
    """甲: six years; ammonia rises each year, oxygen rises, phosphorus swings; 2016 has only 7 months of permanganate, so that has five. 乙: three years."""
    rows = []
    for n, year in enumerate(range(2013, 2019)):
        for number in range(1, 13):
            rows += [month("山西·甲", "w21003", 0.2 + 0.1 * n, year, number)]
            rows += [month("山西·甲", "w01009", 6 + n, year, number)]
            rows += [month("山西·甲", "w21011", 0.1 + 0.05 * (n % 2), year, number)]
            if year != 2016 or number <= 7:
                rows.append(month("山西·甲", "w01019", 5 - 0.5 * n, year, number))
            if year > 2015:
                rows.append(month("山西·乙", "w21003", 0.3, year, number))
    section(place, "山西·甲")
    section(place, "山西·乙")
    deliver(tmp_path, rows)
    return place


def test_years_rise_and_fall_by_the_test_of_daniel(client: Client, years: City) -> None:
    """rs of six rising years is 1 and its critical value 0.829; of five falling ones -1 and 0.900."""
    first, second = trends_of(list(Section.objects.order_by("code").reverse()))
    told = {t.item.name: (len(t.means), t.rs, t.critical, t.said, t.tone) for t in first.items}
    assert told["nh3n"] == (6, 1.0, 0.829, "显著上升", "bad")
    assert told["do"] == (6, 1.0, 0.829, "显著上升", "good")
    assert told["codmn"] == (5, -1.0, 0.9, "显著下降", "good")
    assert told["tp"][3:] == ("无显著趋势", "")
    assert first.years == tuple(range(2013, 2019))
    assert first.of("nh3n").means[-1] == (2018, 0.7)  # type: ignore[union-attr]
    assert [(t.item.name, t.said, t.critical) for t in second.items] == [
        ("nh3n", "不足 5 年，不作检验", None)
    ]
    shown = page(client, years, "section_trends", "山西·甲")
    for part in ("2013", "0.829", "1.000", "显著下降"):
        assert part in shown
    city = page(client, years, "trends")
    assert "rs 1.00, N 6" in city
    assert "不足 5 年，不作检验" in city
    assert reverse("water_sections:section_trends", args=["山西·甲"]) in page(
        client, years, "section", "山西·甲"
    )


def test_a_lake_shows_its_trophic_state_and_on_what_it_rests(
    client: Client, place: City, tmp_path: Path
) -> None:
    """Chlorophyll 10 mg/m³ alone gives 10 (2.5 + 1.086 ln 10) = 50.0; TP 0.05 mg/L 10 (9.436 + 1.624 ln 0.05) = 45.7; weights 1 and 0.7056."""
    section(place, "山西·湖", kind="lake")
    section(place, "山西·河")
    deliver(
        tmp_path,
        [
            month("山西·湖", "w01016", 0.01),
            month("山西·湖", "w21011", 0.05),
            month("山西·湖", "w21011", 0.05, 2018, 12),
            month("山西·河", "w01016", 0.01),
        ],
    )
    lines = {x.section.name: x for x in month_of_all(list(Section.objects.all()), JANUARY).lines}
    state = lines["湖"].nutrition
    assert state is not None
    assert state.state is not None
    assert state.state.index == pytest.approx((50.006 + 0.7056 * 45.709) / 1.7056, abs=0.01)
    assert state.rests_on == "叶绿素a、总磷（缺 3 项，权重重新归一）"
    assert lines["河"].nutrition is None
    shown = page(client, place, "section", "山西·湖")
    for part in ("48.2", "中营养", "权重重新归一", "没有叶绿素a，不作评价"):
        assert part in shown
    assert "营养状态" not in page(client, place, "section", "山西·河")
    assert "TLI 48.2 中营养" in page(client, place, "month", month="2019-01")
    assert any(
        "综合营养状态指数 48.2，中营养" in s
        for s in sentences(month_of_all(list(Section.objects.all()), JANUARY))
    )


def test_every_item_of_the_index_has_a_name() -> None:
    assert all(NAMES[n] == items()[n].chinese for n in NAMES if n in items())


def test_the_year_that_runs_is_no_year_yet(place: City, tmp_path: Path) -> None:
    section(place, "山西·甲")
    deliver(tmp_path, [month("山西·甲", "w21003", 0.3, 2019, n) for n in (1, 2)])
    (found,) = trends_of(list(Section.objects.all()))
    assert found.years == ()
