"""A version that waits for approval stands in the inbox of those who may give it: the newest of each place, once."""

import pytest

from bihuan.scenarios.forecast_desk import actions
from bihuan.scenarios.forecast_desk.tests.world import World
from bihuan.scenarios.resolved import waiting_for
from tests.people import ROLES


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_approve_it_is_asked(world: World, role: str) -> None:
    world.propose()
    assert len(waiting_for(world.person(role), world.at)) == (role == "chief")


def test_nobody_is_asked_to_approve_the_own_version(world: World) -> None:
    chief = world.person("chief")
    world.propose(by=chief)
    assert waiting_for(chief, world.at) == []


@pytest.mark.parametrize("kind", ["approved", "returned"])
def test_an_answer_takes_it_away(world: World, kind: str) -> None:
    actions.act(world.propose(), kind, world.person("chief"), "再议")
    assert waiting_for(world.person("chief"), world.at) == []


def test_a_newer_version_takes_the_place_of_the_one_before(world: World) -> None:
    run = world.run()
    world.propose(run=run)
    newest = world.propose(run=run)
    (line,) = waiting_for(world.person("chief"), world.at)
    assert line.subject == str(newest)
