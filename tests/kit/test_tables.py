"""What is taken away as CSV or Excel opens right in China, keeps its numbers, and runs nothing on who opens it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.errors import BihuanError
from bihuan.kit import tables
from bihuan.kit.downloads import download_table
from bihuan.kit.tables import SHEET_ROWS, Table, as_csv, as_excel
from tests.taken import read, sheet

DANGEROUS = ["=1+1", "+1+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")"]  # fmt: skip


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
