"""The table, a unit, the trucks, the official workbook out and in, and the monthly report: the same numbers everywhere, worked by hand."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.clean.tonnes import of_ways
from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.made import bring_file
from bihuan.kit.registers.plan import Fate
from bihuan.registry.hours import archive
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport import reading
from bihuan.scenarios.clean_transport.models import Haul, Report
from bihuan.scenarios.clean_transport.reading import KEPT, keep_sums, road_in, ways_in
from bihuan.scenarios.clean_transport.registers import REPORTS
from bihuan.scenarios.clean_transport.tests.world import batch, passed, report, unit
from bihuan.scenarios.clean_transport.view import goals_for
from tests.people import City
from tests.web.world import MINE, NOW

JANUARY = date(2019, 1, 1)
MONTH = {"since": "2019-01", "until": "2019-01"}
LOAD = {"net_kg": 30_000.0}


@pytest.fixture
def month(place: City) -> City:
    """600 t by rail; on the road 300 t of 国五, 60 t electric, 30 t of which nobody knows fuel and stage, 国六 10 t, one trip without a weight: 1,000 t.

    Clean are 660 t, perhaps 690: 66.0 to 69.0 %, with 国六 67.0 to 70.0 %.
    """
    unit(place)
    batch()
    electric = {"plate": "晋C00001D", "colour": "yellow_green", "fuel": "electric", "stage": "electric"}
    passed(
        [
            *([LOAD] * 10), LOAD | electric, LOAD | electric, LOAD | {"plate": "晋CX0001", "fuel": None, "stage": None},
            {"net_kg": 10_000.0, "plate": "晋CY0001", "stage": "6"}, {"plate": "晋CZ0001"},
        ]
    )  # fmt: skip
    return place


@pytest.fixture
def chief(month: City, client: Client) -> Client:
    """A chief of the city at the browser."""
    client.force_login(month.person("chief", "140300"))
    return client


def rows(answer: Any, sheet: int = 0) -> Iterator[dict[str, Any]]:
    """A sheet of a workbook by its heads."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    heads, *lines = book.worksheets[sheet].iter_rows(values_only=True)
    return (dict(zip(heads, line, strict=True)) for line in lines)


def test_the_table_tells_tonnes_by_way_and_the_share_as_an_interval(chief: Client) -> None:
    (one, total) = rows(chief.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx"}))
    for row in (one, total):
        assert (row["合计（t）"], row["铁路（t）"], row["国五（t）"], row["新能源汽车（t）"]) == (
            1000,
            600,
            300,
            60,
        )
        assert (row["国六（t）"], row["燃料和阶段不明（t）"], row["阶段不明（t）"], row["未称重车次"]) == (
            10,
            30,
            0,
            1,
        )
        assert (row["清洁运输比例"], row["清洁运输比例（国六计入）"]) == ("66.0%–69.0%", "67.0%–70.0%")
    assert (one["目标（%）"], one["结论"]) == (80, "未达到")
    page = chief.get(reverse("clean_transport:index"), MONTH).content.decode()
    assert "66.0%–69.0%" in page
    assert "≥ 80%" in page


def test_a_unit_of_which_nothing_came_is_unknown_and_not_zero(chief: Client, month: City) -> None:
    unit(month, "V002", industry="水泥")
    (_one, two, _total) = rows(chief.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx"}))
    assert (two["合计（t）"], two["铁路（t）"], two["清洁运输比例"], two["结论"]) == (
        None,
        None,
        "—",
        "不能确定",
    )


def test_a_unit_that_weighs_nothing_has_unknown_tonnes_and_its_trips(chief: Client, month: City) -> None:
    unit(month, "V002")
    passed([{"unit": "V002", "site": "V002-G1"}, {"unit": "V002", "site": "V002-G1"}])
    (_one, two, _total) = rows(chief.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx"}))
    assert (two["合计（t）"], two["国五（t）"], two["未称重车次"], two["结论"]) == (None, None, 2, "不能确定")


def test_goals_stand_with_their_source_and_how_many_they_ask(chief: Client, month: City) -> None:
    """In 2021 three texts ask something of a steel works: its own goal, 35 of 2019, and grade B."""
    found = list(
        rows(
            chief.get(
                reverse("clean_transport:index"), {"since": "2018-01", "until": "2018-01", "as": "xlsx"}
            ),
            2,
        )
    )
    assert [(r["目标（%）"], r["依据"], r["自"], r["单位数"]) for r in found] == [
        (80, "用车单位登记的清洁运输目标", None, 1)
    ]
    later = goals_for(VehicleUser.objects.get(), date(2021, 1, 1))
    assert [(g.goal, float(g.percent), g.six) for g in later] == [
        ("own", 80, False),
        ("steel_ultra_low", 80, False),
        ("steel_b", 50, True),
    ]


def test_rows_are_by_industry_or_month_and_narrowed_by_industry(chief: Client, month: City) -> None:
    unit(month, "V002", industry="水泥")
    found = list(rows(chief.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx", "by": "industry"})))
    assert [(r["行业"], r["合计（t）"]) for r in found] == [("水泥", None), ("钢铁", 1000), ("合计", 1000)]
    asked = {"since": "2018-12", "until": "2019-01", "as": "xlsx", "by": "month"}
    found = list(rows(chief.get(reverse("clean_transport:index"), asked)))
    assert [(r["月份"], r["合计（t）"]) for r in found] == [
        ("2018-12", None),
        ("2019-01", 1000),
        ("合计", 1000),
    ]
    found = list(
        rows(chief.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx", "industry": "水泥"}))
    )
    assert [r["合计（t）"] for r in found] == [None, None]


def test_the_road_is_told_by_fuel_with_the_unknown_apart(chief: Client) -> None:
    found = {
        r["燃料"]: r for r in rows(chief.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx"}), 1)
    }
    assert {fuel: r["合计（t）"] for fuel, r in found.items()} == {"柴油": 310, "电": 60, "不明": 30}
    assert (found["柴油"]["国五（t）"], found["柴油"]["国六（t）"], found["柴油"]["未称重车次"]) == (
        300,
        10,
        1,
    )


@pytest.mark.parametrize(
    "wrong", [{"since": "2019-02", "until": "2019-01"}, {"since": "2016-01", "until": "2019-01"}, {"by": "x"}]
)
def test_what_cannot_be_asked_is_said(chief: Client, wrong: dict[str, str]) -> None:
    assert chief.get(reverse("clean_transport:index"), wrong).status_code == 400


def test_a_unit_is_told_what_would_reach_its_goal(chief: Client) -> None:
    """80 % of 1,000 t are 800 t, 660 t are clean: 140 t are missing. The truck with 300 t moves them; of 焦炭 all 340 t that are not clean could go by rail."""
    page = chief.get(reverse("clean_transport:unit", args=["V001"]), {"month": "2019-01"})
    assert [x["line"].name for x in page.context["lines"]] == ["2019-01"], "months without data are not told"
    gap = page.context["gap"]
    assert gap.missing == 140
    assert [(f["cargo"], f["tonnes"], f["needed"]) for f in gap.flows] == [("焦炭", 340, True)]
    assert [(t["plate"], t["tonnes"]) for t in gap.trucks] == [("晋C12345", 300)]
    assert "140 t" in page.content.decode()


def test_what_was_reported_stands_beside_what_was_weighed(chief: Client) -> None:
    report(rail=600.0, six=200.0)
    page = chief.get(reverse("clean_transport:unit", args=["V001"]), {"month": "2019-01"})
    compared = page.context["compared"]
    assert (compared.reported, compared.weighed, compared.difference) == (800, 1000, 0.2)
    assert (compared.ways["six"], compared.ways["water"]) == ((200, 10), (None, 0))
    assert "75.0%" in page.content.decode()


def test_the_official_workbook_goes_out_and_comes_in_again(chief: Client, tmp_path: Path) -> None:
    path = tmp_path / "统计表.xlsx"
    path.write_bytes(chief.get(reverse("clean_transport:official"), MONTH).content)
    bring_file(REPORTS, path)
    told = {r.cargo: r for r in Report.objects.all()}
    assert set(told) == {"铁矿石", "焦炭"}
    coke = told["焦炭"]
    assert (coke.rail, coke.new_energy, coke.six, coke.other, coke.unknown, coke.total) == (
        0,
        60,
        10,
        300,
        30,
        400,
    )
    assert (coke.unit_id, coke.year, coke.month, coke.direction, coke.unweighed) == ("V001", 2019, 1, "in", 1)
    assert (
        chief.get(reverse("clean_transport:unit", args=["V001"]), {"month": "2019-01"})
        .context["compared"]
        .difference
        == 0
    )


def test_a_wrong_workbook_is_refused_by_cell(chief: Client, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(chief.get(reverse("clean_transport:official"), MONTH).content))
    sheet = book.worksheets[0]
    heads = [c.value for c in sheet[1]]
    sheet.cell(2, heads.index("合计（t）") + 1).value = 999
    sheet.cell(3, heads.index("铁路（t）") + 1).value = "很多"
    path = tmp_path / "统计表.xlsx"
    book.save(path)
    kept = keep(path)
    refused = {
        row.number: [(p.name, p.why) for p in row.problems]
        for row in plan_of(REPORTS, kept, None).of(Fate.REFUSED)
    }
    assert {number: [name for name, _why in problems] for number, problems in refused.items()} == {
        2: ["total"],
        3: ["rail"],
    }
    assert "不符" in refused[2][0][1]


def test_trucks_to_replace_have_kilometres_only_where_the_haul_is_known(chief: Client) -> None:
    """Ten visits of 2 x 40 km are 800 km; at 4.721 g/km of NOx (国五) that are 3.777 kg."""
    asked = {"month": "2019-01", "as": "xlsx"}
    first = {r["号牌"]: r for r in rows(chief.get(reverse("clean_transport:trucks"), asked))}
    assert set(first) == {"晋C12345", "晋CY0001", "晋CZ0001"}, "the electric one and the unknown one are none"
    assert (
        first["晋C12345"]["车次"],
        first["晋C12345"]["行驶里程（km）"],
        first["晋C12345"]["NOx（kg）"],
    ) == (10, None, None)
    Haul.objects.create(unit_id="V001", km=40.0)
    second = next(rows(chief.get(reverse("clean_transport:trucks"), asked)))
    assert (second["号牌"], second["行驶里程（km）"], second["NOx（kg）"]) == ("晋C12345", 800, 3.777)
    assert "3.78" in chief.get(reverse("clean_transport:trucks"), {"month": "2019-01"}).content.decode()


def test_the_report_upward_has_the_numbers_of_the_table(chief: Client) -> None:
    report()
    paper = Document(io.BytesIO(chief.get(reverse("clean_transport:word"), MONTH).content))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "清洁运输月报2019-01" in text
    assert "重点用车单位 1 家，有门禁称重或批次数据的 1 家，上报清洁运输统计表的 1 家。" in text
    assert "运输量合计 0.10 万t，清洁运输比例 66.0%–69.0%，国六计入后 67.0%–70.0%。" in text
    assert "有比例要求的 1 家：达到 0 家，未达到 1 家，不能确定 0 家。" in text
    assert [c.text for c in paper.tables[1].rows[1].cells][:5] == [
        "单位V001",
        "80%（未达到）",
        "0.10",
        "0.06",
        "0.01",
    ]


def test_sums_are_made_once_and_again_when_a_day_changes(month: City) -> None:
    folder = archive().root / KEPT
    before = ways_in(JANUARY, NOW)
    kept = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert ways_in(JANUARY, NOW).equals(before)
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == kept
    passed([LOAD | {"start": datetime(2019, 1, 7, 9, tzinfo=CST)}])
    after = ways_in(JANUARY, NOW)
    assert float(after["kg"].sum()) - float(before["kg"].sum()) == 30_000
    changed = {name for name in kept if not (folder / name).exists()}
    assert {name[:10] for name in changed} == {"2019-01-07", "month-2019"}
    assert len(list(folder.iterdir())) == len(kept)


def test_what_came_later_than_asked_is_not_told_and_a_record_sent_again_counts_once(month: City) -> None:
    early = NOW - timedelta(days=2)
    assert ways_in(JANUARY, early).is_empty()
    before = float(ways_in(JANUARY, NOW)["kg"].sum())
    passed([LOAD | {"number": "1-0", "net_kg": 20_000.0}], NOW - timedelta(hours=1))
    assert ways_in(JANUARY, NOW)["kg"].sum() == before - 10_000


def test_sums_that_went_meanwhile_are_read_from_the_passages(
    month: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ways_in(JANUARY, NOW)
    monkeypatch.setattr(reading, "_sums", lambda *_: Path("nowhere.parquet"))
    assert ways_in(JANUARY, NOW).equals(whole)
    assert ways_in(JANUARY, NOW, {"V009"}).is_empty()


def test_the_job_makes_sums_ahead(month: City) -> None:
    """Four rows: diesel of 国五 with the trip without a weight, of 国六, electric, and the unknown."""
    assert keep_sums(NOW) == "4 行"
    kept = archive().root / KEPT
    assert {p.name[:13] for p in kept.iterdir() if not p.name.startswith("2")} == {
        "month-2019-01",
        "loads-2019-01",
    }


def test_the_road_of_a_month_is_that_of_its_sums_and_follows_its_passages(month: City) -> None:
    for _ in range(2):
        assert road_in(JANUARY, NOW).equals(of_ways(ways_in(JANUARY, NOW), JANUARY))
    assert road_in(JANUARY, NOW)["tonnes"].sum() == 400
    passed([LOAD, LOAD])
    assert road_in(JANUARY, NOW)["tonnes"].sum() == 460
    assert road_in(JANUARY, NOW, {"V009"}).is_empty()
    assert road_in(JANUARY, NOW - timedelta(days=2)).is_empty()
    assert road_in(date(2018, 6, 1), NOW).is_empty()
    assert len(list((archive().root / KEPT).glob("loads-*"))) == 1


def test_a_person_of_another_county_sees_none_of_it(client: Client, month: City) -> None:
    client.force_login(month.person("chief", next(r for r in month.regions if r not in (MINE, "140300"))))
    (total,) = rows(client.get(reverse("clean_transport:index"), MONTH | {"as": "xlsx"}))
    assert total["合计（t）"] is None
