"""What is taken away as CSV or Excel opens right in China, says what is simulated, and runs nothing on who opens it."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.models import Case, Finding
from bihuan.errors import BihuanError
from bihuan.kit import tables
from bihuan.kit.downloads import download_table
from bihuan.kit.tables import SHEET_ROWS, Table, as_csv, as_excel
from bihuan.registry.models import Site
from tests.people import City
from tests.web.world import MINE, Objects

DANGEROUS = ["=1+1", "+1+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")"]  # fmt: skip


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_a_table_begins_with_the_mark_by_which_excel_knows_utf8() -> None:
    content = as_csv(Table(["名称"], [["桃北中学"]]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert read(content) == [["名称"], ["桃北中学"]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_a_spreadsheet_would_run_is_only_text(text: str) -> None:
    assert read(as_csv(Table(["名称"], [[text]])))[1] == [f"'{text}"]
    cell = sheet(as_excel(Table(["名称"], [[text.strip()]]), "表"))["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)


@pytest.mark.parametrize("value", ["-3", "+3.5", "-1e-3", "3", "-.5", -3, -0.5, "a=b", "甲-乙", "a@b.cn", ""])
def test_numbers_and_plain_texts_stay_as_they_are(value: Any) -> None:
    assert read(as_csv(Table(["a", "b"], [[value, 1]])))[1][0] == str(value)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30), min_size=1))  # fmt: skip
def test_nothing_that_is_written_begins_a_formula(texts: list[str]) -> None:
    """Whatever stands in a name: a comma, a quote, a line break, a sign of a formula."""
    rows = read(as_csv(Table(["n", "text"], enumerate(texts))))[1:]
    assert [int(r[0]) for r in rows] == list(range(len(texts)))
    for (_, written), text in zip(rows, texts, strict=True):
        assert written in (text, f"'{text}")
        if written.startswith(("=", "@")):
            pytest.fail(f"{written!r} would be run")


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2019, 2, 24, 16, 0, tzinfo=UTC), "2019-02-25 00:00"),
        (datetime(2019, 2, 25, 15, 59, 59, tzinfo=UTC), "2019-02-25 23:59"),
        (datetime(2019, 2, 25, 1, 0), "2019-02-25 01:00"),  # noqa: DTZ001 - a label of China as it is
    ],
)
def test_moments_are_those_of_china(moment: datetime, shown: str) -> None:
    assert read(as_csv(Table(["时间"], [[moment]])))[1] == [shown]
    assert sheet(as_excel(Table(["时间"], [[moment]]), "表"))["A2"].value == shown


def test_both_kinds_hold_the_same_rows_under_the_same_heads() -> None:
    both = Table(["点位", "AQI", "缺项", "模拟"], [["S1", 57, None, "模拟"], ["S2", None, "CO", ""]])
    cells = [[c.value for c in row] for row in sheet(as_excel(both, "表")).iter_rows()]
    assert cells == [["点位", "AQI", "缺项", "模拟"], ["S1", 57, None, "模拟"], ["S2", None, "CO", None]]
    assert read(as_csv(both)) == [
        ["点位", "AQI", "缺项", "模拟"],
        ["S1", "57", "", "模拟"],
        ["S2", "", "CO", ""],
    ]


def test_a_list_without_rows_has_its_heads() -> None:
    empty = Table(["名称", "模拟"], [])
    assert read(as_csv(empty)) == [["名称", "模拟"]]
    assert [[c.value for c in row] for row in sheet(as_excel(empty, "表")).iter_rows()] == [["名称", "模拟"]]


def test_a_csv_has_all_rows_and_a_workbook_that_would_lack_some_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(read(as_csv(Table(["n"], ([n] for n in range(SHEET_ROWS + 1)))))) == SHEET_ROWS + 2
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)
    assert sheet(as_excel(Table(["n"], ([n] for n in range(3))), "表")).max_row == 4
    with pytest.raises(BihuanError, match=r"超过 3 行.*导出 CSV"):
        as_excel(Table(["n"], ([n] for n in range(4))), "表")


def test_a_number_that_is_none_does_not_break_the_workbook() -> None:
    book = sheet(as_excel(Table(["a", "b", "c"], [[float("nan"), float("inf"), 1.5]]), "表"))
    assert book["C2"].value == 1.5


def test_control_characters_and_endless_texts_do_not_break_the_workbook() -> None:
    cell = sheet(as_excel(Table(["a"], [["前\x00\x08后" + "长" * 40_000]]), "表"))["A2"]
    assert cell.value.startswith("前后长")
    assert len(cell.value) <= 32_767


@pytest.mark.parametrize("kind", ["pdf", "", "CSV", "xls", "csv/../x", "html"])
def test_another_kind_is_refused_with_those_there_are(kind: str) -> None:
    with pytest.raises(BihuanError, match="可选 csv 或 xlsx"):
        download_table(kind, "sites", Table(["a"], []))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_browser_keeps_it_as_a_file(kind: str) -> None:
    answer = download_table(kind, "sites", Table(["a"], [[1]]))
    assert answer["Content-Disposition"] == f'attachment; filename="sites.{kind}"'


@pytest.fixture
def officer(client: Client, city: City, objects: Objects) -> Client:
    client.force_login(city.person("dispatcher", "140300"))
    return client


@pytest.mark.parametrize(("name", "model"), [("sites", Site), ("findings", Finding), ("cases", Case)])
def test_every_list_can_be_taken_away_with_its_mark_of_what_is_simulated(
    officer: Client, name: str, model: type[Model]
) -> None:
    for simulated in (False, True):
        model._default_manager.update(simulated=simulated)
        head, first, *_ = read(officer.get(reverse(name), {"as": "csv", "tab": "all"}).content)
        assert bool(first[head.index("模拟")]) is simulated


@pytest.mark.parametrize("name", ["sites", "findings", "cases"])
def test_a_county_takes_away_only_its_own(client: Client, city: City, objects: Objects, name: str) -> None:
    sizes = {}
    for region in (MINE, "140322"):
        client.force_login(city.person("dispatcher", region))
        sizes[region] = len(read(client.get(reverse(name), {"as": "csv", "tab": "all"}).content))
    assert sizes[MINE] > 1
    assert sizes["140322"] <= 1


@pytest.mark.parametrize("name", ["sites", "findings", "cases"])
def test_a_name_that_is_a_formula_leaves_the_house_as_text(
    officer: Client, objects: Objects, name: str
) -> None:
    Site.objects.update(name="=1+1")
    Finding.objects.update(title="=1+1", target_name="=1+1")
    Case.objects.update(title="=1+1")
    cells = [c for row in read(officer.get(reverse(name), {"as": "csv", "tab": "all"}).content) for c in row]
    assert "'=1+1" in cells
    assert "=1+1" not in cells


@pytest.mark.parametrize("name", ["sites", "findings", "cases"])
def test_an_unknown_kind_in_the_address_gets_a_sentence(officer: Client, name: str) -> None:
    answer = officer.get(reverse(name), {"as": "pdf"})
    assert answer.status_code == 400
    assert "可选 csv 或 xlsx" in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["sites", "findings", "cases", "figures", "people", "forecast_scores"])
def test_every_list_without_rows_has_the_heads_that_it_has_with_rows(
    client: Client, city: City, objects: Objects, name: str, kind: str
) -> None:
    """A county without stations, findings, cases; a search that finds nobody; a month without scores."""
    heads = {}
    for region, query in (("140300", {}), ("140322", {"q": "没有这个人", "region": "140322"})):
        client.force_login(city.person("admin" if name == "people" else "dispatcher", region))
        content = client.get(reverse(name), {"as": kind, "tab": "all", **query}).content
        rows = read(content) if kind == "csv" else [[c.value for c in r] for r in sheet(content).iter_rows()]
        heads[region] = rows[0]
    assert len(heads["140300"]) > 4
    assert heads["140300"] == heads["140322"]


def test_a_list_longer_than_a_page_is_taken_away_whole(officer: Client, objects: Objects) -> None:
    fields = Case.objects.values().first() or {}
    Case.objects.bulk_create(Case(**fields | {"id": None, "number": f"n{n}"}) for n in range(120))
    with CaptureQueriesContext(connection) as asked:
        rows = read(officer.get(reverse("cases"), {"as": "csv", "tab": "all"}).content)
    assert {f"n{n}" for n in range(120)} <= {row[0] for row in rows}
    listed = [q["sql"] for q in asked if "original_due" in q["sql"]]
    assert listed
    assert not any("LIMIT" in sql for sql in listed), "a longer list would be cut"
