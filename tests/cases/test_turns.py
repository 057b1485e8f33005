"""Whose turn it is: what the page of each case would let a person do, asked of many cases at once."""

from typing import Any

import pytest

from bihuan.cases import rules
from bihuan.cases.actions import moves
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.cases.turns import TURN, todo
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from tests.cases.world import WAYS, World

OTHER = "140322"


def one_by_one(person: Person) -> set[int]:
    """The cases whose own page offers the person a step that is waited for."""
    cases = visible(Case.objects.all(), person)
    return {c.pk for c in cases if any(m.allowed and m.transition.action in TURN for m in moves(c, person))}


@pytest.fixture
def many(world: World) -> World:
    """Cases in every state, twice each; handed to another county; returned once and twice; a lead with a co-unit; a list."""
    for state in (*WAYS, *WAYS):
        world.case(state)
    for returns in (1, 2):
        case = world.case(State.RETURNED)
        while case.returns < returns:
            world.go(case, "redispatch")
            world.go(case, "return", world.person("handler", OTHER))
    world.go(world.case(State.RETURNED), "redispatch")
    world.go(world.case(State.RECTIFYING), "add_unit")
    world.go(world.case(State.LISTED), "break_down")
    return world


def test_many_at_once_are_those_that_one_by_one_are_mine(many: World) -> None:
    found = {person: set(todo(person).values_list("pk", flat=True)) for person in Person.objects.all()}
    assert found == {person: one_by_one(person) for person in found}
    assert sum(map(len, found.values())) > 50


def test_of_cases_that_are_alike_the_rules_are_asked_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, why_not = list[int](), rules.why_not

    def counted(case: Case, *more: Any) -> str:
        asked.append(case.pk)
        return why_not(case, *more)

    for _ in range(8):
        world.case(State.DISPATCHED)
    monkeypatch.setattr(rules, "why_not", counted)
    assert todo(world.person("handler")).count() == 8
    assert len(set(asked)) == 1
