"""Which answers count for a round, what it found with the state of its cases, and what changed since the last one."""

from collections import Counter
from datetime import timedelta
from io import BytesIO

import openpyxl
from django.utils.translation import override
from docx import Document

from bihuan.cases.models import Case, Finding
from bihuan.kit.inspection.models import AnswerProblem, Round
from bihuan.kit.inspection.problems import to_case
from bihuan.kit.inspection.rounds import report
from bihuan.kit.inspection.rounds.comparing import Change, compared_with_last, last_round
from bihuan.kit.inspection.rounds.export import sheets
from bihuan.kit.inspection.rounds.planning import skip
from bihuan.kit.inspection.rounds.progress import State, standings
from bihuan.kit.inspection.rounds.troubles import Trouble, troubles
from bihuan.kit.tables import as_book
from tests.kit.inspection.rounds.world import START, Field


def changes(found: Round, field: Field) -> dict[tuple[str, str], Change]:
    who = field.person("chief")
    _then, lines = compared_with_last(found, standings(found, who), who)
    return {(line.task.target, line.label): line.change for line in lines}


def found_in(found: Round, field: Field) -> list[Trouble]:
    return troubles(standings(found, field.person("chief")))


def test_an_answer_before_the_first_day_does_not_count_and_one_of_the_last_day_is_not_late(
    field: Field,
) -> None:
    field.inspected("E1")
    found = field.round(first=1, days=1)
    field.at(2, hours=14)  # 23:00 of the last day
    field.inspected("E2")
    field.at(3)
    assert (field.standing(found, "E1").state, field.standing(found, "E2").state) == (
        State.OVERDUE,
        State.DONE,
    )
    assert not field.standing(found, "E2").late


def test_an_answer_after_the_last_day_counts_and_is_said_to_be_late(field: Field) -> None:
    found = field.round(days=1)
    field.at(2)
    field.inspected("E1")
    standing = field.standing(found, "E1")
    assert (standing.state, standing.late) == (State.DONE, True)


def test_what_was_filled_in_without_signal_counts_when_it_was_filled_in(field: Field) -> None:
    found = field.round(days=1)
    field.at(2)
    field.inspected("E1", said=START + timedelta(hours=3))
    assert not field.standing(found, "E1").late


def test_a_clock_that_is_fast_makes_no_answer_later_than_it_came(field: Field) -> None:
    found = field.round(days=1)
    field.at(1)
    field.inspected("E1", said=START + timedelta(days=40))
    standing = field.standing(found, "E1")
    assert (standing.state, standing.late) == (State.DONE, False)


def test_an_answer_of_the_next_round_is_none_of_the_last(field: Field) -> None:
    old = field.round({"E1": None, "E2": None})
    new = field.round({"E1": None}, first=30)
    field.at(31)
    field.inspected("E1")
    field.inspected("E2")  # is not in the new one
    assert field.standing(old, "E1").state is State.OVERDUE
    assert field.standing(old, "E2").state is State.DONE
    assert field.standing(new, "E1").state is State.DONE


def test_an_answer_by_another_form_or_about_another_object_does_not_count(field: Field) -> None:
    found = field.round({"E1": None})
    field.inspected("E2")
    assert field.standing(found, "E1").state is State.LEFT


def test_the_newest_answer_gives_the_score_and_all_of_them_the_problems(field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    field.at(0, hours=1)
    field.inspected("E1", sign="no")
    standing = field.standing(found, "E1")
    assert standing.last is not None
    assert standing.last.score == 10
    assert [(t.problem.label, t.times) for t in found_in(found, field)] == [("fence", 1), ("sign", 1)]


def test_the_same_problem_told_twice_is_one_line_of_the_ledger(field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    field.at(0, hours=1)
    field.inspected("E1", fence="no")
    (line,) = found_in(found, field)
    assert (line.times, line.state, line.closed, line.case) == (2, "新发现", False, None)


def test_the_ledger_tells_the_case_and_forgets_one_that_was_voided(field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    case = to_case(AnswerProblem.objects.get(), field.person("ranger"))
    (line,) = found_in(found, field)
    assert (line.case, line.state, line.overdue) == (case, "待交办", False)
    Case.objects.filter(pk=case.pk).update(state="void")
    assert found_in(found, field)[0].case is None


def test_a_case_past_its_term_is_overdue_until_it_is_closed(field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    case = to_case(AnswerProblem.objects.get(), field.person("ranger"))
    Case.objects.filter(pk=case.pk).update(state="rectifying", due=START + timedelta(days=1))
    assert not found_in(found, field)[0].overdue
    field.at(2)
    assert found_in(found, field)[0].overdue
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=START + timedelta(days=2))
    (line,) = found_in(found, field)
    assert (line.overdue, line.closed, line.closed_at) == (False, True, START + timedelta(days=2))


def test_a_merged_finding_is_told_as_the_one_it_went_up_in(field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    field.inspected("E2", fence="no")
    first, second = Finding.objects.order_by("pk")
    Finding.objects.filter(pk=second.pk).update(status="merged", merged_into=first, running=False)
    (line,) = found_in(found, field)
    assert (line.finding, line.times) == (first, 2)


def test_what_changed_since_the_last_round_is_told_question_by_question(field: Field) -> None:
    field.round()
    field.inspected("E1", fence="no", sign="no")
    field.inspected("E2", fence="no")
    field.inspected("E3", fence="no")
    new = field.round(first=10, title="夏季检查")
    field.at(10)
    field.inspected("E1", fence="no", sign="yes")
    field.inspected("E2", fence="", sign="no")
    assert changes(new, field) == {
        ("E1", "fence"): Change.STILL,
        ("E1", "sign"): Change.MENDED,
        ("E2", "sign"): Change.NEW,
        ("E2", "fence"): Change.UNASKED,  # nobody answered it: that mends nothing
        ("E3", "fence"): Change.UNSEEN,
    }


def test_a_problem_of_an_object_that_was_left_out_last_time_is_not_called_new(field: Field) -> None:
    field.round()
    field.inspected("E2")
    new = field.round(first=10)
    field.at(10)
    field.inspected("E1", fence="no")
    assert changes(new, field) == {("E1", "fence"): Change.FIRST}


def test_the_last_round_is_the_nearest_before_with_the_same_form_and_an_object_of_it(field: Field) -> None:
    who = field.person("chief")
    first = field.round({"E1": None})
    other = field.round({"E2": None}, first=5)
    again = field.round({"E1": None, "E3": None}, first=5)
    assert last_round(first, who) is None
    assert last_round(other, who) is None
    assert last_round(again, who) == first
    assert last_round(field.round({"E1": None}, first=9), who) == again
    assert last_round(field.round({"E1": None}, first=9), who) == Round.objects.filter(since=START.date() + timedelta(days=9)).earliest("pk")  # fmt: skip


def test_the_workbook_tells_progress_ledger_and_comparison(field: Field) -> None:
    first = field.round()
    field.inspected("E1", fence="no")
    skip(field.person(), field.task(first, "E2"), "停产")
    assert [s.title for s in sheets(first, field.person())] == ["进度", "问题台账"]
    new = field.round(first=10)
    field.at(10)
    field.inspected("E1")
    book = openpyxl.load_workbook(BytesIO(as_book(*sheets(new, field.person()))))
    assert [row[2] for row in book["与上轮比较"].iter_rows(min_row=2, values_only=True)] == ["已整改"]
    old = openpyxl.load_workbook(BytesIO(as_book(*sheets(first, field.person()))))
    rows = {row[0]: row[4:6] for row in old["进度"].iter_rows(min_row=2, values_only=True)}
    assert rows == {"厂E1": ("已检查", None), "厂E2": ("已跳过", "停产"), "厂E3": ("逾期未检查", None)}
    (line,) = old["问题台账"].iter_rows(min_row=2, values_only=True)
    assert line[:6] == ("厂E1", "平定县", "fence", "否", "修复", "规定 1")


def test_the_word_summary_says_the_counts_the_problems_and_the_change(field: Field) -> None:
    field.round()
    field.inspected("E1", fence="no")
    new = field.round(first=10, title="夏季检查")
    field.at(10)
    field.inspected("E1", sign="no")
    skip(field.person(), field.task(new, "E2"), "停产")
    paper = Document(BytesIO(report.as_word(new, field.person())))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "应检查 3 个对象，已检查 1 个，跳过 1 个，待检查 1 个，逾期未检查 0 个。" in text
    assert "与上轮比较（春季检查）" in text
    assert [[c.text for c in row.cells] for row in paper.tables[-1].rows[1:]] == [
        ["新问题", "1"],
        ["已整改", "1"],
    ]
    cells = Counter(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert cells["停产"] == 1
    assert cells["sign：否"] == 1


def test_the_summary_is_told_in_english(field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    with override("en"):
        paper = Document(BytesIO(report.as_word(found, field.person("chief"))))
    told = "\n".join(p.text for p in paper.paragraphs)
    assert "3 objects to inspect, 1 inspected, 0 skipped, 2 left, 0 overdue." in told
    assert [c.text for c in paper.tables[0].rows[0].cells][1:3] == ["To inspect", "inspected"]
