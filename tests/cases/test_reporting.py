"""Problems that people saw themselves: who may register what and where, and to whom they go first."""

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Upload
from bihuan.cases.models import Case
from bihuan.cases.reporting import RECEIVED, SEEN, regions, report, reported, sources
from bihuan.cases.transitions import State
from bihuan.registry.models import Person
from tests.cases.world import COUNTY, World, photo
from tests.people import CITY_CODE

HERE = "140302"
FIELDS = {"title": "料场未苫盖", "source": Case.Source.PATROL}


def told(world: World, by: Person, **more: Any) -> Case:
    given: dict[str, Any] = {"region": world.city.regions[COUNTY], **FIELDS, **more}
    return report(by, **given)


def test_orders_from_above_are_registered_by_the_office_alone(world: World) -> None:
    assert sources(world.person("ranger")) == SEEN
    assert sources(world.person("dispatcher")) == (*SEEN, *RECEIVED)


def test_a_problem_is_registered_where_ones_post_is_and_nowhere_else(world: World) -> None:
    assert [r.pk for r in regions(world.person("ranger"))] == [COUNTY]
    assert regions(world.person("auditor", CITY_CODE)) == []
    everywhere = [r.pk for r in regions(world.person("dispatcher", CITY_CODE))]
    assert everywhere[0] == CITY_CODE
    assert {COUNTY, HERE} < set(everywhere)
    with pytest.raises(IllegalMove):
        told(world, world.person("ranger"), region=world.city.regions[HERE])
    assert not Case.objects.exists()


def test_what_a_grid_worker_saw_waits_for_the_office_with_its_photo(world: World) -> None:
    worker = world.person("ranger")
    case = told(world, worker, note="风大扬尘", files=[photo()])
    assert (case.state, case.organisation, case.due) == (State.PENDING, None, None)
    first, second = case.steps.order_by("seq")
    assert (first.action, first.note, first.actor, first.files.count()) == ("open", "风大扬尘", worker, 1)
    assert second.action == "submit"
    assert list(reported(worker)) == [case]
    assert not reported(world.person("dispatcher")).exists()


def test_with_a_unit_it_is_handed_over_at_once_by_who_may(world: World) -> None:
    unit, due = world.city.governments[COUNTY], world.at + timedelta(days=2)
    case = told(world, world.person("dispatcher"), organisation=unit, due=due)
    assert (case.state, case.organisation, case.due) == (State.DISPATCHED, unit, due)
    with pytest.raises(IllegalMove):
        told(world, world.person("ranger"), organisation=unit, due=due)
    assert Case.objects.count() == 1


def test_a_file_that_is_refused_leaves_no_case(world: World) -> None:
    with pytest.raises(BadFile):
        told(world, world.person("ranger"), files=[photo(), Upload("run.exe", b"MZ")])
    assert not Case.objects.exists()
