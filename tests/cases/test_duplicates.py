"""What may be the same: near in place and time and of one kind; by one function for cases and findings."""

import pytest

from bihuan.cases.actions import hand_over
from bihuan.cases.duplicates import Alike, of_case, of_finding, seen_of
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.registry.models import Site
from tests.cases.world import COUNTY, World

SETTING = Alike(500, 7)
LAT, LON = 37.8, 113.6
NORTH = 0.004  # degrees: 444 m


def at(world: World, lat: float | None = LAT, lon: float | None = LON, state: State = State.PENDING) -> Case:
    return world.case(state, lat=lat, lon=lon)


def test_cases_near_in_place_and_time_are_suggested_with_distance_and_time_the_nearest_first(
    world: World,
) -> None:
    mine = at(world)
    world.wait(days=2)
    far, near, same = at(world, LAT + 2 * NORTH), at(world, LAT + NORTH), at(world)
    found = of_case(mine, SETTING)
    assert [n.row for n in found] == [same, near]
    assert found[0].metres == 0
    assert found[1].metres == pytest.approx(444, abs=2)
    assert {n.apart.days for n in found} == {2}
    assert found[1].said == f"相距 {found[1].metres} 米"
    assert far in [n.row for n in of_case(mine, Alike(1000, 7))]


def test_what_came_much_later_or_is_closed_is_not_suggested(world: World) -> None:
    mine, closed = at(world), at(world, state=State.CLOSED)
    world.wait(days=7, minutes=1)
    late = at(world)
    assert of_case(mine, SETTING) == []
    assert closed not in [n.row for n in of_case(late, Alike(500, 30))]
    assert [n.row for n in of_case(late, Alike(500, 8))] == [mine]


def test_without_a_point_those_of_the_same_region_without_one_are_suggested(world: World) -> None:
    mine, other, placed = at(world, None, None), at(world, None, None), at(world)
    (found,) = of_case(mine, SETTING)
    assert (found.row, found.metres, found.said) == (other, None, "同一区划，未定位")
    assert {placed}.isdisjoint({n.row for n in of_case(mine, SETTING)})


def test_findings_of_another_kind_are_another_matter_and_cases_by_hand_may_be_of_any(world: World) -> None:
    Site.objects.create(
        code="S1", name="桃北中学", rank="national", region=world.city.regions[COUNTY], lon=LON, lat=LAT
    )
    by_hand = at(world)
    case = hand_over([world.finding()], world.person("dispatcher"), world.city.governments[COUNTY])
    again = world.finding(check_key="air.jump", item="pm10")
    assert {n.row for n in of_finding(again, SETTING)} == {by_hand, case}
    other = world.finding(check_key="station.down")
    assert {n.row for n in of_finding(other, SETTING)} == {by_hand}
    assert {n.row for n in of_case(by_hand, SETTING)} == {case}


def test_only_what_the_person_may_see_is_suggested(world: World) -> None:
    mine, other = at(world), at(world)
    found = of_case(mine, SETTING)
    assert [n.row for n in seen_of(found, world.person("dispatcher"))] == [other]
    assert seen_of(found, world.person("dispatcher", "140302")) == []


@pytest.mark.parametrize("half", [{"lat": 37.8}, {"lon": 113.6}])
def test_half_a_point_is_no_point(world: World, half: dict[str, float]) -> None:
    case, other = world.case(State.PENDING, **half), world.case(State.PENDING)
    assert [n.row for n in of_case(case, Alike())] == [other]
    assert [n.metres for n in of_case(other, Alike())] == [None]
