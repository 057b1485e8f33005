"""Word papers, workbooks and files: what stands in them, in which language, and nothing that a program cannot open."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from bihuan.english import UNOFFICIAL, Written
from bihuan.errors import BihuanError
from bihuan.kit import paper
from bihuan.kit.downloads import WORD, download, download_book, download_table
from bihuan.kit.tables import EXCEL, Sheet, Table, as_book, as_csv, as_excel, records, shown, table
from tests.taken import read, sheet


def opened(page: Any) -> Any:
    """The paper as a reader of Word opens it."""
    return Document(io.BytesIO(paper.as_docx(page)))


def test_a_paper_is_a4_in_the_face_of_official_papers() -> None:
    found = opened(paper.a4())
    section, style = found.sections[0], found.styles["Normal"]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert abs(section.left_margin - Cm(2)) < 1000
    assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert style.font.size == Pt(10)
    assert opened(paper.a4(14)).styles["Normal"].font.size == Pt(14)
    assert [p.text for p in found.paragraphs] == []


def test_a_paper_in_english_says_first_that_the_chinese_one_counts() -> None:
    with translation.override("en"):
        page = paper.a4()
        paper.line(page, "首个模型")
        paper.line(page, Written("首个模型"))
        paper.table(page, ["因子"], [["降水"]])
    found = opened(page)
    assert [p.text for p in found.paragraphs] == [UNOFFICIAL, "the first model", "首个模型"]


def test_a_line_has_its_size_weight_and_place() -> None:
    page = paper.a4()
    paper.line(page, "标题", size=20, bold=True, centre=True)
    paper.line(page, "正文")
    title, text = opened(page).paragraphs
    assert (title.alignment, title.runs[0].bold, title.runs[0].font.size) == (
        WD_ALIGN_PARAGRAPH.CENTER,
        True,
        Pt(20),
    )
    assert (text.alignment, text.runs[0].bold, text.runs[0].font.size) == (None, False, None)


def test_a_table_has_its_head_in_bold_and_every_row() -> None:
    page = paper.a4()
    paper.table(page, ["名", "值"], [["甲", "1"], ["乙", ""]])
    paper.table(page, ["名"], [])
    full, bare = opened(page).tables
    assert [[c.text for c in r.cells] for r in full.rows] == [["名", "值"], ["甲", "1"], ["乙", ""]]
    assert [r.cells[0].paragraphs[0].runs[0].bold for r in full.rows] == [True, False, False]
    assert [[c.text for c in r.cells] for r in bare.rows] == [["名"]]


def test_a_row_that_does_not_fit_its_head_is_a_fault_and_no_shifted_paper() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        paper.table(paper.a4(), ["名", "值"], [["甲"]])


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "a\ud800b", "a\uffffb"])
def test_signs_that_no_paper_can_hold_are_left_out(text: str) -> None:
    page = paper.a4()
    paper.line(page, text)
    paper.table(page, ["名"], [[text]])
    found = opened(page)
    assert found.paragraphs[0].text == "ab"
    assert found.tables[0].rows[1].cells[0].text == "ab"


def test_a_file_keeps_its_chinese_name_and_cannot_break_the_answer() -> None:
    answer = download(b"x", "空气质量日报-2019-02-25.docx", WORD)
    assert answer["Content-Type"] == WORD
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%A9%BA")
    assert answer.content == b"x"
    assert (
        download(b"", 'a"b\\c.csv', "text/csv")["Content-Disposition"]
        == 'attachment; filename="a\\"b\\\\c.csv"'
    )


@pytest.mark.parametrize(("kind", "media"), [("csv", "text/csv"), ("xlsx", EXCEL)])
def test_a_table_goes_out_as_what_was_asked_for(kind: str, media: str) -> None:
    answer = download_table(kind, "sites", Table(["名"], [["甲"]]))
    assert answer["Content-Type"] == media
    rows = (
        read(answer.content)
        if kind == "csv"
        else [[c.value for c in r] for r in sheet(answer.content).iter_rows()]
    )
    assert rows == [["名"], ["甲"]]


def test_a_book_has_its_sheets_with_the_sentence_above_the_table_and_the_heads_in_view() -> None:
    answer = download_book(
        "书", Sheet("一", Table(["名", "值"], [["甲", 1]])), Sheet("二", Table(["名"], [["乙"]]), "说明")
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["一", "二"]
    assert [[c.value for c in r] for r in book["一"].iter_rows()] == [["名", "值"], ["甲", 1]]
    assert [[c.value for c in r] for r in book["二"].iter_rows()] == [["说明"], ["名"], ["乙"]]
    assert (book["一"].freeze_panes, book["二"].freeze_panes) == ("A2", "C3")
    assert book["一"]["A1"].font.bold
    assert book["二"]["A2"].font.bold
    assert not book["二"]["A1"].font.bold


def test_a_sentence_above_a_table_costs_it_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bihuan.kit.tables.SHEET_ROWS", 2)
    assert as_book(Sheet("一", Table(["n"], [[1], [2]]), "说明"))
    with pytest.raises(BihuanError, match="超过 2 行"):
        as_book(Sheet("一", Table(["n"], [[1], [2], [3]]), "说明"))


def test_the_name_of_a_sheet_is_cut_where_excel_ends_it() -> None:
    assert openpyxl.load_workbook(io.BytesIO(as_excel(Table(["a"], []), "长" * 40))).sheetnames == ["长" * 31]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2019, 2, 24), "2019-02-24"), (datetime(2019, 2, 24, 16, tzinfo=UTC), "2019-02-25 00:00"), (None, ""), (True, "True"),
        (0, "0"), (1.5, "1.5"), ("甲", "甲"),
    ],
)  # fmt: skip
def test_a_value_stands_in_a_csv_as_people_read_it(value: Any, text: str) -> None:
    assert read(as_csv(Table(["a", "b"], [[value, 1]])))[1][0] == text


def test_a_day_is_a_day_in_a_workbook_too_and_no_number_of_excel() -> None:
    assert sheet(as_excel(Table(["日期"], [[date(2019, 2, 24)]]), "表"))["A2"].value == "2019-02-24"
    assert shown(date(2019, 2, 24)) == "2019-02-24"


def test_a_table_of_objects_asks_each_column_of_each_of_them() -> None:
    found = table({"名": str.upper, "长": len}, ["ab", "c"])
    assert (list(found.heads), [list(row) for row in found.rows]) == (["名", "长"], [["AB", 2], ["C", 1]])
    assert list(table({"名": str}, []).heads) == ["名"]


def test_records_are_a_table_under_the_names_of_the_first() -> None:
    found = records([{"a": 1, "b": 2}, {"a": 3, "b": 4}])
    assert (found.heads, found.rows and list(found.rows)) == (["a", "b"], [[1, 2], [3, 4]])
    nothing = records([])
    assert (nothing.heads, list(nothing.rows)) == ([], [])


def test_heads_and_words_are_told_in_english_and_what_people_wrote_is_not() -> None:
    taken = Table(["因子", Written("因子")], [["降水", Written("降水")]])
    with translation.override("en"):
        assert read(as_csv(taken))[1][1] == "降水"
        assert read(as_csv(taken))[0][1] == "因子"
        told = read(as_csv(taken))
    assert told[0][0][0] < "\u3400"
    assert told[1][0][0] < "\u3400"
