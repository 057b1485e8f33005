"""Lists, maps and files: the numbers of the page, whose they are, units, the mark of practice data, no formula."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import HOUR
from bihuan.kit.tables import Table, as_csv
from bihuan.registry.models import Emitter, Organisation
from bihuan.scenarios.catalogue import checks_of
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.models import Limit, Outlet
from bihuan.scenarios.plant_emissions.tests.asking import (
    KG,
    as_,
    at,
    book,
    everything,
    on_map,
    page,
    sheet,
    six,
    table,
    text,
)
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, lines, receive
from tests.people import City

EXPORTS: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
    ("index", (), {"as": "csv"}),
    ("index", (), {"as": "xlsx"}),
    ("ledger", (), {"as": "xlsx", "month": "2019-02"}),
]
PARTS: list[tuple[str, tuple[str, ...]]] = [
    ("outlet", ()),
    ("calendar", ()),
    ("amounts", ()),
    ("permits", ()),
    ("register", ()),
    ("series", ()),
    ("hour", ("2019022503",)),
]


def taken(client: Client, name: str, *args: str, **query: str) -> str:
    """A file as text, whatever its kind."""
    content = page(client, name, *args, **query).content
    return (
        content.decode("utf-8-sig")
        if query["as"] == "csv"
        else everything(load_workbook(io.BytesIO(content)))
    )


@pytest.fixture
def neighbour(plants: City) -> City:
    """A second enterprise in 平定县, of an organisation of its own, whose kiln has no logger yet."""
    own = Organisation.objects.create(
        name="测试厂E3公司", kind=Organisation.Kind.ENTERPRISE, region=plants.regions["140321"]
    )
    emitter = Emitter.objects.create(
        code="E3", name="测试厂E3", kind="plant", region=plants.regions["140321"], industry="水泥", grade="B",
        organisation=own, lon=113.7, lat=37.9, simulated=True,
    )  # fmt: skip
    kiln = Outlet.objects.create(
        code="E3-1", name="窑尾", emitter=emitter, process="cement_kiln", ref_o2=10, since=at(2, 25), simulated=True
    )  # fmt: skip
    Limit.objects.create(outlet=kiln, item="pm", limit=20, valid_from=at(1, 1).date(), basis="GB 4915-2013")
    return plants


def test_the_row_of_an_outlet_to_take_away(client: Client, plants: City) -> None:
    receive(lines("episode"))
    clock.set_replay(at(2, 25, 4, 3), 0)
    as_(client, plants)
    expected = {
        "状态": "超标", "企业": "测试厂E1", "企业编码": "E1", "排放口": "1号锅炉", "编码": "E1-1", "区县": "平定县",
        "小时": "2019-02-25 03:00", "氮氧化物 mg/m³": "111.0", "氮氧化物限值 mg/m³": "100.0", "氮氧化物标识": "N",
        "颗粒物 mg/m³": "", "颗粒物限值 mg/m³": "", "颗粒物标识": "", "今日有效小时": "4", "今日应有小时": "4", "标记": "",
        "未办结发现": "0", "最后收到": "2019-02-25 04:01:00", "模拟": "是",
    }  # fmt: skip
    (row,) = [r for r in table(client, "index") if r["编码"] == "E1-1"]
    assert row.items() >= expected.items()
    opened = book(client, "index")
    assert opened["排放口"]["A1"].value == "2019-02-25 04:03"
    (cells,) = [r for r in sheet(opened, "排放口") if r["编码"] == "E1-1"]
    assert (cells["氮氧化物 mg/m³"], cells["今日有效小时"], cells["最后收到"], cells["模拟"]) == (
        111, 4, "2019-02-25 04:01:00", "是",
    )  # fmt: skip


def test_a_file_has_what_the_page_is_filtered_to(client: Client, plants: City) -> None:
    receive(lines("episode"))
    clock.set_replay(at(2, 25, 4, 3), 0)
    as_(client, plants)

    def codes(**query: str) -> list[str]:
        return [r["编码"] for r in table(client, "index", **query)]

    assert codes() == ["E1-1", "E2-1"]  # the worst first: over, then offline
    assert codes(county="140322") == ["E2-1"]
    assert codes(emitter="E1") == ["E1-1"]
    assert codes(state="offline") == ["E2-1"]
    assert codes(kind="sewage") == codes(county="140302") == codes(state="stopped") == []
    assert [r["编码"] for r in sheet(book(client, "index", county="140322"), "排放口")] == ["E2-1"]
    report = book(client, "ledger", county="140322", month="2019-02")
    assert {r["编码"] for r in sheet(report, "按排放口")} == {"E2-1"}
    assert {r["企业"] for r in sheet(report, "按企业")} == {"测试厂E2"}
    shown = text(client, "ledger", county="140322", month="2019-02")
    assert ("测试厂E2" in shown, "测试厂E1" in shown) == (True, False)
    assert "没有符合条件的排放口" in text(client, "index", county="140302")


@pytest.mark.parametrize(("name", "args", "query"), EXPORTS)
def test_files_are_of_the_own_county_and_enterprise(
    client: Client, neighbour: City, name: str, args: tuple[str, ...], query: dict[str, str]
) -> None:
    receive(lines("near_miss"))
    for role, region, seen in (
        ("dispatcher", "140300", {"E1-1", "E2-1"}),
        ("dispatcher", "140321", {"E1-1"}),
        ("dispatcher", "140302", set()),
        ("enterprise", "140321", {"E1-1"}),
        ("enterprise", "140322", {"E2-1"}),
    ):
        found = taken(as_(client, neighbour, role, region), name, *args, **query)
        assert {code for code in ("E1-1", "E2-1") if code in found} == seen
        assert ("E3-1" in found) == (role == "dispatcher" and region != "140302")


@pytest.mark.parametrize(("name", "args"), PARTS)
def test_an_enterprise_sees_no_other_of_its_county(
    client: Client, neighbour: City, name: str, args: tuple[str, ...]
) -> None:
    as_(client, neighbour, "enterprise", "140321")
    assert page(client, name, "E3-1", *args).status_code == 404
    assert page(client, name, "E1-1", *args).status_code == 200
    for shown in (
        text(client, "index"),
        str(on_map(client)),
        text(client, "index", emitter="E3"),
    ):
        assert "测试厂E3" not in shown


def test_the_pages_of_an_outlet_that_has_neither_logger_nor_data(client: Client, neighbour: City) -> None:
    as_(client, neighbour)
    shown = text(client, "outlet", "E3-1")
    for part in (
        "没有登记数采仪，因此没有数据",
        "离线",
        "模拟",
        "水泥窑",
        "没有发现",
        "没有标记",
        "近 12 小时没有数据",
    ):
        assert part in shown  # fmt: skip
    cells = [c for _day, row in page(client, "calendar", "E3-1").context["days"] for c in row]
    # It is owed from 25 February on, and the hours to 06:00 are over.
    assert [c.state for c in cells].count("missing") == 6
    assert page(client, "amounts", "E3-1").context["total"] == 0
    # A panel for each limit, and nothing in it.
    (panel,) = page(client, "series", "E3-1").json()["panels"]
    assert (panel["title"], [v for s in panel["series"][:2] for v in s["data"] if v is not None]) == (
        "颗粒物",
        [],
    )
    assert page(client, "series", "E3-1", minutes=1).status_code == 200
    (row,) = [r for r in table(client, "index") if r["编码"] == "E3-1"]
    assert (row["状态"], row["小时"], row["颗粒物 mg/m³"], row["最后收到"]) == ("离线", "", "", "")


def test_an_outlet_that_has_no_logger_lacks_all_its_hours_under_its_enterprises_name(
    client: Client, neighbour: City
) -> None:
    receive(lines("near_miss"))
    report = book(as_(client, neighbour), "ledger", month="2019-02")
    assert {r["企业"] for r in sheet(report, "按企业")} == {"测试厂E1", "测试厂E2", "测试厂E3"}
    (row,) = [r for r in sheet(report, "按排放口") if r["编码"] == "E3-1"]
    assert (row["污染物"], row["应计小时"], row["无法计量小时"], row["排放量 kg"]) == ("颗粒物", 6, 6, 0)
    assert "测试厂E3" in text(client, "ledger", emitter="E3", month="2019-02")


def test_every_file_says_that_its_data_are_simulated_and_in_what_units(client: Client, plants: City) -> None:
    receive(lines("near_miss"))
    as_(client, plants)
    assert {r["模拟"] for r in table(client, "index")} == {"是"}
    report = book(client, "ledger", month="2019-02")
    assert all("（模拟）" in s["A1"].value and "2019年02月排放月报" in s["A1"].value for s in report)
    hours = book(client, "amounts", "E1-1", month="2019-02")
    assert "（模拟）" in hours["逐小时排放量"]["A1"].value
    heads = set(sheet(report, "按排放口")[0])
    assert {"排放量 kg", "均值 mg/m³", "折算均值 mg/m³", "有效捕集率 %", "传输率 %", "超低达标率 %"} <= heads
    assert set(sheet(hours, "逐小时排放量")[0]) == {
        "小时", "标记", "氮氧化物 kg", "氮氧化物来源", "氮氧化物实测 mg/m³", "氮氧化物有效分钟", "标干流量 m³/h",
    }  # fmt: skip
    Outlet.objects.update(simulated=False)
    assert {r["模拟"] for r in table(client, "index")} == {""}
    assert "模拟" not in book(client, "ledger", month="2019-02")["按企业"]["A1"].value
    assert "模拟" not in book(client, "amounts", "E1-1", month="2019-02")["逐小时排放量"]["A1"].value


def test_the_report_says_until_when_it_knows(client: Client, plants: City) -> None:
    receive(lines("near_miss"))
    clock.set_replay(at(2, 25, 3, 20), 0)
    as_(client, plants)
    report = book(client, "ledger", month="2019-02")
    assert "按 2019-02-25 03:20 已收到的数据" in report["按排放口"]["A1"].value
    assert {r["应计小时"] for r in sheet(report, "按排放口")} == {3}
    assert "2019-02-25 03:20" in text(client, "ledger", month="2019-02")


def test_an_enterprise_is_the_sum_of_its_outlets(client: Client, plants: City) -> None:
    Outlet.objects.filter(pk="E2-1").update(emitter="E1")
    receive([*six("E1-1", at(2, 25, 0), 50), *six("E2-1", at(2, 25, 0), 110)])
    clock.set_replay(at(2, 25, 1, 10), 0)
    (row,) = sheet(book(as_(client, plants), "ledger", month="2019-02"), "按企业")
    assert (row["企业"], row["排放口数"], row["污染物"]) == ("测试厂E1", 2, "氮氧化物")
    assert row["排放量 kg"] == pytest.approx(round(160 * KG, 1))
    assert (row["应计小时"], row["有效小时"], row["超标小时"]) == (2, 2, 1)
    assert (row["有效捕集率 %"], row["传输率 %"]) == (100, 100)


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1"])
def test_a_name_is_no_formula(client: Client, plants: City, name: str) -> None:
    Emitter.objects.filter(pk="E1").update(name=name)
    receive(lines("near_miss"))
    as_(client, plants)
    (row,) = [r for r in table(client, "index") if r["编码"] == "E1-1"]
    assert row["企业"] == f"'{name}"
    for opened, where in (
        (book(client, "index"), "排放口"),
        (book(client, "ledger", month="2019-02"), "按排放口"),
    ):
        cells = [c for r in opened[where].iter_rows() for c in r if c.value == name]
        assert cells
        assert {c.data_type for c in cells} == {"s"}


def test_a_number_below_zero_stays_a_number() -> None:
    assert as_csv(Table(["差"], [[-1.5]])).decode("utf-8-sig").splitlines() == ["差", "-1.5"]


def test_the_map_has_each_plant_with_its_worst_outlet(client: Client, plants: City) -> None:
    Outlet.objects.create(code="E1-0", name="备用炉", emitter_id="E1", process="coal_boiler", since=at(2, 25))
    receive(lines("episode"))
    clock.set_replay(at(2, 25, 4, 3), 0)
    first, second = (f["properties"] for f in on_map(as_(client, plants))["features"])
    assert (first["text"], first["name"], first["at"], first["tone"]) == (
        "超标",
        "超标 · 测试厂E1",
        [113.6, 37.8],
        "bad",
    )
    assert first["line"] == "1号锅炉 超标；备用炉 离线"
    assert (first["simulated"], second["text"]) == (True, "离线")
    assert first["url"] == f"{reverse('plant_emissions:index')}?emitter=E1&kind=gas"
    county = on_map(client, county="140322")["features"]
    assert [f["properties"]["name"] for f in county] == ["离线 · 测试厂E2"]
    # An hour before, both were normal: plain signs.
    clock.set_replay(at(2, 25, 2, 55), 0)
    Outlet.objects.filter(pk="E1-0").delete()
    told = on_map(client)
    calm = [f["properties"] for f in told["features"]]
    assert [(p["name"].split(" · ")[0], "text" in p, "tone" in p) for p in calm] == [
        ("正常", False, False)
    ] * 2
    assert told["sign"] == "triangle"
    assert told["note"] == "02-25 02:55"


def test_open_findings_are_counted_and_closed_ones_are_not(client: Client, plants: City) -> None:
    receive(lines("episode"))
    given = inputs(NOW, 24 * HOUR)
    for check in checks_of("plant_emissions"):
        file_findings(check, check.run(*given))
    of_it = Finding.objects.filter(target_kind="outlet", target="E1-1")
    count = of_it.count()
    assert count > 1
    as_(client, plants)

    def counted() -> dict[str, Any]:
        return {r["编码"]: r["未办结发现"] for r in table(client, "index")}

    assert counted()["E1-1"] == str(count)
    for status, rest in (
        ("confirmed", count),
        ("handed", count),
        ("rejected", count - 1),
        ("silenced", count - 1),
    ):
        Finding.objects.filter(pk=of_it.order_by("pk")[0].pk).update(status=status)
        assert counted()["E1-1"] == str(rest)


@pytest.mark.parametrize("kind", ["gas", "sewage"])
def test_a_list_without_outlets_has_its_heads(client: Client, plants: City, kind: str) -> None:
    as_(client, plants)
    every = taken(client, "index", **{"as": "csv", "kind": kind}).splitlines()
    none = taken(client, "index", **{"as": "csv", "kind": kind, "county": "nowhere"}).splitlines()
    assert none == every[:1]
    assert "限值" in none[0]
    assert [c.value for c in book(client, "index", kind=kind, county="nowhere")["排放口"][2]] == none[
        0
    ].split(",")
