"""An answer is kept as it was sent, once; what is refused is kept too; what it calls a problem is a finding, and a case in one step."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan import clock
from bihuan.cases import evidence
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import State
from bihuan.errors import NotAllowed
from bihuan.kit.inspection import answers, export, guards, report, versions
from bihuan.kit.inspection.answers import Refused, Sent, place_for, receive
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer, AnswerProblem, FormVersion, RefusedAnswer
from bihuan.kit.inspection.problems import to_case
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Person
from tests.cases.world import photo
from tests.kit.inspection.made import NOW, asked, workbook
from tests.people import City

SURVEY = (
    asked("select_one yn", "tidy", required="yes", problem=". = 'no'", severity="serious", basis="规定 1", requirement="清理"),
    asked("image", "p"),
    asked("geopoint", "w"),
    asked("begin repeat", "r"),
    asked("decimal", "x", problem=". > 5"),
    {"type": "end repeat"},
)  # fmt: skip


@dataclass
class Field:
    """A form of regions, and who fills it in."""

    form: Form
    city: City
    folder: Path

    def person(self, role: str = "ranger") -> Person:
        return self.city.person(role)

    def send(
        self, inside: str, instance: str = "uuid:1", by: str = "ranger", version: str = "1", files: tuple[evidence.Upload, ...] = ()
    ) -> Answer:  # fmt: skip
        who = self.person(by)
        xml = f'<data id="f" version="{version}">{inside}<meta><instanceID>{instance}</instanceID></meta></data>'
        return receive(self.form, who, place_for(self.form, who, "140321"), Sent(xml.encode(), files, NOW))

    def replace(
        self, *survey: dict[str, str], by: str = "chief", reason: str = "新规定", **settings: str
    ) -> FormVersion:
        path = workbook(self.folder / "new.xlsx", survey or SURVEY, **settings)
        return versions.replace(self.form, path, "新表.xlsx", self.city.person(by, "140300"), reason)


@pytest.fixture
def field(city: City, data_dir: Path) -> Iterator[Field]:
    clock.set_replay(NOW, 0)
    form = Form("f", "检查", workbook(data_dir / "f.xlsx", SURVEY))
    versions.in_force(form)
    return Field(form, city, data_dir)


BAD = "<tidy>no</tidy><p>a.jpg</p><w>37.8 113.6 0 0</w><r><x>1</x></r><r><x>6</x></r>"
FINE = "<tidy>yes</tidy>"


def test_an_answer_is_kept_as_it_was_sent_with_its_version_and_what_was_made_of_it(field: Field) -> None:
    made = field.send(BAD, files=(photo(name="a.jpg"),))
    kept = Answer.objects.get(pk=made.pk)
    assert BAD in kept.xml
    assert kept.sha256 == hashlib.sha256(kept.xml.encode()).hexdigest()
    assert (kept.form.version, kept.at, kept.said_at, kept.lat, kept.lon) == ("1", NOW, NOW, 37.8, 113.6)
    assert (kept.score, kept.score_most) == (0, 10)
    assert [f.name for f in kept.files.all()] == ["a.jpg"]


def test_an_answer_that_is_sent_twice_is_kept_once(field: Field) -> None:
    first = field.send(BAD, files=(photo(name="a.jpg"),))
    assert field.send(BAD, files=(photo(name="a.jpg"),)) == first
    assert (Answer.objects.count(), Finding.objects.count()) == (1, 2)


def test_another_answer_under_the_same_number_is_refused_and_kept(field: Field) -> None:
    field.send(FINE)
    with pytest.raises(Refused, match="同一记录号"):
        field.send("<tidy>no</tidy>")
    assert "no" in RefusedAnswer.objects.get().xml


@pytest.mark.parametrize(
    ("inside", "version", "why"),
    [
        ("", "1", "必填"),
        ("<tidy>yes</tidy>", "0", "没有版本 0"),
        ("<tidy>perhaps</tidy>", "1", "不在可选项中"),
    ],
)
def test_what_is_refused_is_kept_whole_with_its_photos_and_taken_in_by_nobody(
    field: Field, inside: str, version: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        field.send(inside or "<tidy/>", version=version, files=(photo(name="a.jpg"),))
    with pytest.raises(Refused):
        field.send(inside or "<tidy/>", version=version, files=(photo(name="a.jpg"),))
    refused = RefusedAnswer.objects.get()  # once, however often it is sent
    assert (refused.version, refused.files.get().name) == (version, "a.jpg")
    assert evidence.path_of(refused.files.get().sha256).is_file()
    assert (Answer.objects.count(), Finding.objects.count()) == (0, 0)


def test_bytes_that_are_no_answer_are_refused_and_kept(field: Field) -> None:
    who = field.person()
    with pytest.raises(Refused, match="读不懂"):
        receive(field.form, who, place_for(field.form, who, "140321"), Sent(b"<data\xff"))
    assert RefusedAnswer.objects.get().xml == "<data\\xff"


def test_a_disguised_photo_is_refused_before_anything_is_written(field: Field) -> None:
    with pytest.raises(BadFile):
        field.send(BAD, files=(evidence.Upload("a.jpg", b"<script>"),))
    assert Answer.objects.count() == 0


def test_who_may_not_find_problems_there_may_not_inspect_there(field: Field) -> None:
    for who, region in (("handler", "140321"), ("ranger", "140322")):
        with pytest.raises(NotAllowed):
            place_for(field.form, field.person(who), region)


def test_a_problem_is_a_finding_with_its_photo_and_place(field: Field) -> None:
    answer = field.send(BAD, files=(photo(name="a.jpg"),))
    tidy, x = AnswerProblem.objects.select_related("finding")
    assert (tidy.finding.title, tidy.finding.severity, tidy.finding.basis) == (
        "tidy：否",
        "serious",
        "规定 1",
    )
    assert (x.finding.item, x.number) == ("x#2", 2)
    assert tidy.finding.evidence["照片"] == "a.jpg"
    assert tidy.finding.evidence["记录号"] == answer.instance
    assert (tidy.photos, tidy.lat) == (["a.jpg"], 37.8)


def test_the_same_problem_found_again_is_the_same_finding(field: Field) -> None:
    field.send("<tidy>no</tidy>")
    clock.set_replay(NOW + timedelta(hours=1), 0)
    field.send("<tidy>no</tidy>", "uuid:2")
    assert (Finding.objects.count(), AnswerProblem.objects.count()) == (1, 2)


@pytest.mark.parametrize(("by", "state"), [("ranger", State.PENDING), ("dispatcher", State.PENDING)])
def test_a_problem_becomes_a_case_with_its_photo_in_one_step(field: Field, by: str, state: State) -> None:
    field.send(BAD, by=by, files=(photo(name="a.jpg"),))
    problem = AnswerProblem.objects.first()
    assert problem is not None
    case = to_case(problem, field.person(by))
    assert (case.state, case.source, case.requirement, case.lat) == (state, Case.Source.PATROL, "清理", 37.8)
    assert [f.name for step in case.steps.all() for f in step.files.all()] == ["a.jpg"]
    with pytest.raises(IllegalMove, match="已交办"):
        to_case(AnswerProblem.objects.get(pk=problem.pk), field.person(by))


def test_the_office_hands_a_problem_straight_over_to_the_unit_responsible(field: Field) -> None:
    unit = field.city.governments["140321"]
    who = field.person("dispatcher")
    place = place_for(field.form, who, "140321")
    of_unit = replace(place, target=replace(place.target, organisation=unit))
    xml = b'<data id="f" version="1"><tidy>no</tidy><meta><instanceID>u</instanceID></meta></data>'
    answer = receive(field.form, who, of_unit, Sent(xml))
    case = to_case(answer.problems.get(), who)
    assert (case.state, case.organisation) == (State.DISPATCHED, unit)


def test_another_workbook_is_in_force_and_older_answers_keep_their_version(field: Field) -> None:
    old = field.send(FINE)
    made = field.replace(*SURVEY, asked("text", "why", required="yes"), version="2")
    assert versions.in_force(field.form) == made
    assert Answer.objects.get(pk=old.pk).form.version == "1"
    field.send(FINE, "uuid:2", version="1")  # a phone that had loaded the old one
    with pytest.raises(Refused, match="必填"):
        field.send(FINE + "<why/>", "uuid:3", version="2")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": "1"}, "版本 1 已有"),
        ({"version": "2", "form_id": "g"}, "settings!.2 form_id"),
    ],
)
def test_a_broken_workbook_is_refused_with_its_place_and_the_old_one_stays(
    field: Field, change: dict[str, str], why: str
) -> None:
    with pytest.raises(versions.BadWorkbook, match=why):
        field.replace(asked("text", "a"), **change)
    assert versions.in_force(field.form).version == "1"
    kept = field.folder / "forms" / hashlib.sha256((field.folder / "new.xlsx").read_bytes()).hexdigest()
    assert kept.is_file()  # as it came, before it was read


def test_a_workbook_is_replaced_by_who_may_and_with_a_reason(field: Field) -> None:
    with pytest.raises(NotAllowed):
        field.replace(by="ranger", version="2")
    with pytest.raises(IllegalMove, match="理由"):
        field.replace(reason=" ", version="2")


def test_answers_and_versions_hang_on_the_log_and_the_database_refuses_to_change_them(field: Field) -> None:
    field.send(BAD, files=(photo(name="a.jpg"),))
    assert check_log() == []
    guards.create(connection)
    for table in ("answer", "formversion", "answerfile", "answerproblem"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM inspection_{table}")
    guards.drop(connection)


def test_photos_of_answers_are_not_swept_away(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    field.send(BAD, files=(photo(name="a.jpg"),))
    monkeypatch.setattr(evidence, "UNUSED_FOR", timedelta(0))
    assert evidence.sweep() == 0


def test_answers_are_taken_away_with_a_column_for_each_question_and_a_sheet_for_each_repeat(
    field: Field,
) -> None:
    field.send(BAD, files=(photo(name="a.jpg"),))
    first, repeats = export.sheets(field.form, list(answers.answers_of(field.form, field.person())))
    assert list(first.table.heads)[-3:] == ["tidy", "p", "w"]
    (row,) = first.table.rows
    assert row[-3:] == ["否", "a.jpg", "37.8 113.6 0 0"]
    assert [r[-2:] for r in repeats.table.rows] == [[1, 1.0], [2, 6.0]]


def test_one_answer_is_a_word_paper_with_its_photo(field: Field) -> None:
    from io import BytesIO

    from docx import Document

    paper = Document(BytesIO(report.as_word(field.send(BAD, files=(photo(name="a.jpg"),)))))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert {"tidy", "否（问题）", "平定县", "0 / 10"} <= set(cells)
    assert len(paper.inline_shapes) == 1
