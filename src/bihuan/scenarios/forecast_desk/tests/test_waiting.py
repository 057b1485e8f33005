"""A version that waits for approval stands in the inbox of those who may give it: the newest of each place, once."""

from datetime import timedelta

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


def test_a_replay_to_before_the_newer_version_asks_for_the_one_that_waited_then(world: World) -> None:
    run = world.run()
    first = world.propose(run=run)
    world.later(2)
    world.propose(run=run)
    (line,) = waiting_for(world.person("chief"), world.at - timedelta(hours=1))
    assert line.subject == str(first)
    assert waiting_for(world.person("chief"), world.at - timedelta(hours=3)) == []


def test_versions_of_two_places_wait_beside_each_other(world: World) -> None:
    run = world.run()
    city = world.propose(run=run)
    station = world.propose(run=run, key="S1", by=world.person("dispatcher", "140311"))
    assert {w.subject for w in waiting_for(world.person("chief"), world.at)} == {str(city), str(station)}
    (line,) = waiting_for(world.person("chief", "140311"), world.at)
    assert (line.subject, line.by) == (str(station), "dispatcher_140311")
