"""The league: problems found and solved count, kilometres do not; what comes back is taken away again."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
from django.test import Client
from django.urls import reverse
from docx import Document

from bihuan.cases import actions
from bihuan.scenarios.river_chiefs.league import Row, league
from bihuan.scenarios.river_chiefs.tests.world import Water

SINCE = datetime(2019, 1, 1, tzinfo=UTC)


def of(water: Water, name: str = "王河长") -> Row:
    found = league(water.city.person("chief", "140300"), SINCE)
    return next(row for row in found.people if row.name == name)


def test_walking_and_driving_past_earn_nothing(water: Water) -> None:
    water.walk(4)
    water.walk(5, speed=12)
    assert (of(water).found, of(water).solved) == (0, 0)
    assert league(water.city.person("chief"), SINCE).counties == ()


def test_a_problem_counts_when_its_case_is_verified_and_closed_and_not_while_it_has_come_back(
    water: Water,
) -> None:
    case = water.handed(water.find())
    assert (of(water).found, of(water).solved, of(water).open) == (1, 0, 1)
    water.closed(case)
    assert (of(water).solved, of(water).rate) == (1, 1.0)
    water.field.wait(days=1)
    case.refresh_from_db()
    actions.take(case, "reopen", water.city.person("chief", "140300"), note="又堆上了")
    assert (of(water).solved, of(water).relapsed) == (0, 1)
    water.closed(case)
    assert (of(water).solved, of(water).relapsed) == (1, 0)
    assert [(r.name, r.solved) for r in league(water.city.person("chief"), SINCE).counties] == [("平定县", 1)]


def test_what_was_no_problem_or_of_another_does_not_count(water: Water) -> None:
    finding = water.find()
    case = water.handed(finding)
    actions.take(case, "void", water.city.person("chief"), note="重复")
    assert of(water).found == 0


def test_who_solved_more_stands_first_whoever_walked_more(water: Water) -> None:
    water.walk(4, by="ranger")
    water.closed(water.handed(water.find(by="verifier")))
    found = league(water.city.person("chief"), SINCE).people
    assert [(row.name, row.solved) for row in found] == [("verifier_140321", 1), ("王河长", 0)]
    assert league(water.city.person("chief", "140322"), SINCE).people == ()


def test_it_is_taken_away_as_paper_and_workbook(client: Client, water: Water) -> None:
    water.closed(water.handed(water.find()))
    client.force_login(water.city.person("chief"))
    paper = Document(BytesIO(client.get(reverse("river_chiefs:league_word")).content))
    assert [c.text for c in paper.tables[0].rows[1].cells] == ["1", "平定县", "1", "1", "100%", "0", "0"]
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("river_chiefs:league_book")).content))
    assert [row[1:5] for row in book["河长和巡查员"].iter_rows(min_row=2, values_only=True)] == [
        ("王河长", "村级河长", 1, 1)
    ]
    assert "王河长" in client.get(reverse("river_chiefs:league")).content.decode()
