"""An English reader gets the same paper in English, headed once; a Chinese reader the Chinese one; persons' words stay."""

import io
from datetime import timedelta

import pytest
from django.utils.translation import override
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bihuan.cases import reminders
from bihuan.cases.actions import hand_over
from bihuan.cases.models import Case, IssuedPaper
from bihuan.cases.papers import paper
from bihuan.cases.transitions import Paper, State
from bihuan.english import COMMON, UNOFFICIAL, Written, joined, told, unofficial
from bihuan.kit.tables import Table, as_csv, as_excel
from bihuan.phrasebook import read_phrases
from bihuan.printable import Book
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World, with_paper
from tests.papers.words import book_cells, left_chinese, lost_numbers, word_lines

# Sentences that the software says too, here by a person: they stay as they were written.
NOTE = "预计明天完成"
DONE = "完成"
TITLE = "PM10 连续 7 小时未变（132 µg/m³），疑似采样或通讯故障"


def names(world: World) -> list[str]:
    regions = [r.name for r in world.city.regions.values()]
    return [
        *regions,
        *(g.name for g in world.city.governments.values()),
        "环交",
        "桃北中学",
        "李四",
        "阳泉市公安局",
    ]


def dispatched(world: World) -> Case:
    return hand_over(
        [world.finding(title=TITLE)], world.person("dispatcher"), world.city.governments[COUNTY], liable="王五", note=NOTE,
        place="冠山镇", lat=37.8, lon=113.6, requirement=DONE,
    )  # fmt: skip


def case_numbers(case: Case) -> list[str]:
    """The numbers of its papers, which stay as they are."""
    return [issued.number for issued in IssuedPaper.objects.filter(step__case=case)]


def made(world: World, kind: Paper) -> Case:
    if kind is Paper.DISPATCH:
        return dispatched(world)
    case = with_paper(world, kind)
    if kind is Paper.URGE:
        world.wait(days=17)
        world.go(case, "urge", note=NOTE, due=world.at + timedelta(days=3))
    return case


@pytest.mark.parametrize("kind", list(Paper))
def test_a_paper_of_a_case_is_told_whole_with_its_numbers(world: World, kind: Paper) -> None:
    case = made(world, kind)
    chinese = word_lines(paper(case, kind))
    with override("en"):
        english = word_lines(paper(case, kind))
    assert english.count(UNOFFICIAL) == 1
    assert english[0] == UNOFFICIAL
    assert UNOFFICIAL not in chinese
    assert lost_numbers(chinese, english) == {}
    kept = [*names(world), *case_numbers(case), case.title, case.description, NOTE, DONE, "王五", "冠山镇", "办理", "现场.jpg"]  # fmt: skip
    assert left_chinese(english, [text for text in kept if text]) == []


def test_what_persons_wrote_in_a_paper_stays(world: World) -> None:
    with override("en"):
        [table] = Document(io.BytesIO(paper(dispatched(world), Paper.DISPATCH))).tables
    rows = {row.cells[0].text: row.cells[1].text for row in table.rows}
    assert rows["What has to be done"] == f"{DONE}\n{NOTE}"
    assert rows["Dispatched on"] == "2019-01-12 14:00"
    assert rows["Place"].endswith("冠山镇 (37.80000° N, 113.60000° E)")
    assert "桃北中学 PM10 unchanged for 7 h (132 µg/m³)" in rows["Problem"]


@pytest.mark.parametrize("days", [-2, 1, 3, 7, 15, 30])
def test_reminders_are_told_when_they_are_read(world: World, days: int) -> None:
    case = dispatched(world)
    assert case.due is not None
    world.wait(seconds=(case.due - world.at).total_seconds() + days * 86_400)
    [reminder] = reminders.due_reminders(world.at)
    assert told(reminder.text) == reminder.text
    with override("en"):
        english = told(reminder.text)
    assert left_chinese([english], names(world)) == []
    assert lost_numbers([reminder.text], [english]) == {}
    assert ("left" if days < 0 else "overdue by") in english


def test_a_unit_that_is_silent_is_reminded_in_english(world: World) -> None:
    case = world.case(State.RECTIFYING)
    Case.objects.filter(pk=case.pk).update(
        due=world.at + timedelta(days=90), dispatched_at=world.at + timedelta(seconds=1)
    )
    world.wait(days=60)
    [reminder] = reminders.silent_units(world.at)
    with override("en"):
        english = told(reminder.text)
    assert "please report progress" in english
    assert left_chinese([english], [*names(world), case.title]) == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        (
            "平定县 平定县人民政府 承办岗 未读，转上一级",
            "平定县 平定县人民政府 Handler: not read; it went to the next rung",
        ),
        ("承办单位 岗位无人，转由上一级处理", "nobody holds the post"),
        ("两次发送中断", "two tries were cut off"),
        ("环交〔2019〕0001 油烟 还剩 3 个工作小时", "3 working hours left"),
    ],
)
def test_why_a_reminder_came_is_told_in_english(chinese: str, english: str) -> None:
    with override("en"):
        assert english in told(chinese)


ROWS = Table(
    ["对象", "规则", "理由", "级别", "模拟", "大小"],
    [["桃北中学", "停产", Written("停产"), "一级 优", "是", 3.5]],
)


def test_tables_keep_their_columns_and_what_persons_wrote() -> None:
    chinese, before = as_csv(ROWS).decode("utf-8-sig").splitlines(), book_cells(as_excel(ROWS, "findings"))
    assert chinese[0] == "对象,规则,理由,级别,模拟,大小"
    assert before[1:] == [*ROWS.heads, *(str(cell) for row in ROWS.rows for cell in row)]
    with override("en"):
        english, after = as_csv(ROWS).decode("utf-8-sig").splitlines(), book_cells(as_excel(ROWS, "findings"))
    assert left_chinese([english[0]], []) == []
    cells = english[1].split(",", 3)
    assert (cells[0], cells[2], english[1].split(",")[-1]) == ("桃北中学", "停产", "3.5")
    assert len(after) == len(before)
    assert after[7:10] == ["桃北中学", cells[1], "停产"]


def test_a_long_name_of_a_sheet_is_cut_at_excels_limit() -> None:
    memory = io.BytesIO()
    with override("en"), Book(memory) as book:
        book.add_worksheet("新限值旧算法综合指数")
    assert book_cells(memory.getvalue()) == ["Composite index, new limits, old method"[:31]]


@pytest.mark.parametrize("text", ["=1+1", "https://example.com", "@SUM(A1)", ""])
def test_what_persons_wrote_is_no_formula_in_a_workbook(text: str) -> None:
    [cell] = load_workbook(io.BytesIO(as_excel(Table(["理由"], [[Written(text)]]), "a"))).active["A2:A2"][0]
    assert (cell.value or "", cell.data_type, cell.hyperlink) == (text, "s" if text else "n", None)


def test_a_chinese_reader_is_told_nothing_anew() -> None:
    sentences = [chinese for chinese, _ in read_phrases(COMMON)]
    assert [text for text in sentences if told(text) != text] == []
    assert unofficial() == ""
    assert joined("会商决定：待定。", "", "规则。") == "会商决定：待定。规则。"


@given(st.sampled_from([chinese for chinese, _ in read_phrases(COMMON)]))
def test_words_of_persons_stay_even_when_the_software_says_the_same(text: str) -> None:
    with override("en"):
        assert told(Written(text)) == text
        assert joined("备注", Written(text)) == f"Remarks {text}"
