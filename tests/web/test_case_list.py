"""The list of cases: which part holds which, in what order, with which lamp, found by what, and taken away as shown."""

import csv
import io
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.actions import open_case
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.domain.timeaxis import CST
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World
from tests.people import City
from tests.web.test_case_steps import signed_in

TOP = "140300"


def numbers(client: Client, tab: str = "all", **asked: str) -> list[str]:
    lines = client.get(reverse("cases"), {"tab": tab, **asked}).context["list"].lines
    return [case.number for case, _lamp in lines]


def lamps(client: Client) -> dict[str, str]:
    lines = client.get(reverse("cases"), {"tab": "all"}).context["list"].lines
    return {case.number: lamp.colour for case, lamp in lines}


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    return signed_in(client, world.person("dispatcher", TOP))


def test_each_part_holds_its_own(officer: Client, world: World) -> None:
    draft = world.case(State.DRAFT)
    running = world.case(State.SIGNED)
    closed = world.case(State.CLOSED)
    void = world.case(State.VOID)
    assert set(numbers(officer, "open")) == {draft.number, running.number}
    assert set(numbers(officer, "finished")) == {closed.number, void.number}
    assert set(numbers(officer)) == {c.number for c in (draft, running, closed, void)}
    assert numbers(officer, "overdue") == []
    assert running.due is not None
    world.wait(days=40)
    assert numbers(officer, "overdue") == [running.number]


def test_a_case_is_overdue_from_the_minute_after_its_deadline(officer: Client, world: World) -> None:
    case = world.case(State.SIGNED)
    assert case.due is not None
    world.wait(seconds=(case.due - world.at).total_seconds())
    assert numbers(officer, "overdue") == []
    world.wait(minutes=1)
    assert numbers(officer, "overdue") == [case.number]
    assert lamps(officer)[case.number] == "red"


def test_the_most_urgent_stands_first_and_what_has_no_deadline_last(officer: Client, world: World) -> None:
    draft = world.case(State.DRAFT)
    later = world.case(State.SIGNED, level="minor")
    world.wait(hours=-1)
    first = world.case(State.SIGNED, level="serious", immediate=True)
    due = {c.number: Case.objects.get(pk=c.pk).due for c in (first, later)}
    assert due[first.number] < due[later.number]  # type: ignore[operator]
    assert numbers(officer) == [first.number, later.number, draft.number]


def test_what_waits_for_me_waits_for_nobody_else(client: Client, world: World) -> None:
    case = world.case(State.DISPATCHED)
    for role, waits in (("handler", True), ("dispatcher", False), ("verifier", False), ("ranger", False)):
        assert (case.number in numbers(signed_in(client, world.person(role)), "mine")) is waits, role
    world.go(case, "sign")
    world.go(case, "plan")
    world.go(case, "apply_close")
    assert numbers(signed_in(client, world.person("handler")), "mine") == []
    assert numbers(signed_in(client, world.person("verifier", TOP)), "mine") == [case.number]


@pytest.mark.parametrize("words", ["苫盖", "平定", "人民政府", "{number}"])
def test_a_case_is_found_by_title_region_unit_and_number(officer: Client, world: World, words: str) -> None:
    case = world.case(State.SIGNED)
    open_case([], world.person("dispatcher", TOP), title="别的事", region=world.city.regions["140322"])
    assert numbers(officer, q=words.format(number=case.number)) == [case.number]
    assert numbers(officer, q="没有这样的") == []
    assert numbers(officer, q="%") == []


@pytest.mark.parametrize(("role", "region", "sees"), [("chief", COUNTY, True), ("ranger", COUNTY, True), ("chief", "140322", False), ("handler", "140322", False), ("auditor", TOP, True)])  # fmt: skip
def test_who_sees_a_case_sees_it_in_the_list(
    client: Client, world: World, role: str, region: str, sees: bool
) -> None:
    case = world.case(State.SIGNED)
    assert (case.number in numbers(signed_in(client, world.person(role, region)))) is sees


def test_the_file_has_the_rows_of_the_part_that_is_shown(officer: Client, world: World) -> None:
    running = world.case(State.SIGNED)
    world.case(State.CLOSED)
    text = officer.get(reverse("cases"), {"tab": "open", "as": "csv"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["编号"], row["标题"], row["区划"], row["承办单位"]) == (
        running.number,
        "料场未苫盖",
        "平定县",
        "平定县人民政府",
    )
    assert row["销号时间"] == ""
    assert running.due is not None
    assert row["期限"].startswith(f"{running.due.astimezone(CST):%Y-%m-%d %H:%M}")


def test_a_title_that_looks_like_a_formula_is_text_in_the_file(officer: Client, world: World) -> None:
    world.case(State.DRAFT, title="=HYPERLINK(1)")
    text = officer.get(reverse("cases"), {"tab": "all", "as": "csv"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert not row["标题"].startswith("=")
    assert "HYPERLINK" in row["标题"]


@pytest.mark.parametrize(
    ("tab", "said"), [("mine", "没有等您办理的问题"), ("reported", "您还没有登记过问题")]
)
def test_an_empty_part_says_what_would_stand_there(
    client: Client, city: City, data_dir: Path, tab: str, said: str
) -> None:
    signed_in(client, city.person("dispatcher", TOP))
    assert said in client.get(reverse("cases"), {"tab": tab}).content.decode()


def test_registering_is_offered_to_those_who_may(client: Client, city: City, data_dir: Path) -> None:
    for role, offered in (("ranger", True), ("dispatcher", True), ("auditor", False), ("enterprise", False)):
        page = signed_in(client, city.person(role, TOP)).get(reverse("cases")).content.decode()
        assert (f'href="{reverse("case_new")}"' in page) is offered, role


def test_a_part_that_does_not_exist_is_the_first_one(officer: Client, world: World) -> None:
    case = world.case(State.PENDING)
    assert numbers(officer, "nonsense") == numbers(officer, "mine") == [case.number]
