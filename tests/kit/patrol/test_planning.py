"""Plans, what is due of them, and the route of a day over it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bihuan.cases.errors import IllegalMove
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.models import Plan
from bihuan.kit.patrol.planning import Wanted, day_route, due_of, end_plan, make_plan, plans_of, running
from tests.kit.patrol.world import COUNTY, OFFERED, Field
from tests.patrol.made import LAT, LON, START, points, straight
from tests.people import person as made_person

DAY = date(2019, 2, 25)


def planned(field: Field, **changes: Any) -> Plan:
    wanted = Wanted("河道周巡", "river", field.city.regions[COUNTY], 7, DAY)
    return make_plan(field.person("chief"), replace(wanted, **changes), OFFERED)


def codes(plan: Plan, field: Field) -> dict[str, int | None]:
    return {d.place.code: d.overdue_days for d in due_of(plan, field.person(), OFFERED)}


def test_all_of_a_new_plan_is_due_at_once(field: Field) -> None:
    assert codes(planned(field), field) == {"R1": 0, "S1": 0, "S2": 0}


def test_what_was_walked_is_not_due_until_the_period_is_over(field: Field) -> None:
    plan = planned(field)
    field.walked(points(straight(2000, 1.2)))
    assert codes(plan, field) == {"R1": None, "S1": None, "S2": 0}
    field.wait(days=9)
    assert codes(plan, field) == {"R1": 2, "S1": 2, "S2": 9}


def test_a_third_of_the_river_is_no_visit(field: Field) -> None:
    plan = planned(field, codes=("R1",))
    field.walked(points(straight(700, 1.2)))
    (due,) = due_of(plan, field.person(), OFFERED)
    assert due.overdue_days == 0
    assert due.seen == pytest.approx(0.35, abs=0.06)


def test_who_drove_past_visited_nothing(field: Field) -> None:
    plan = planned(field)
    field.walked(points(straight(2000, 60 / 3.6)))
    assert codes(plan, field)["R1"] == 0


def test_the_route_goes_over_everything_due_once_from_where_the_person_is(field: Field) -> None:
    planned(field)
    planned(field, title="又一个", codes=("S1",))
    found = day_route(field.person(), (LON, LAT), OFFERED)
    assert [d.place.code for d, _leg in found.stops] == ["R1", "S1", "S2"]
    assert found.metres == pytest.approx(9020, abs=30)
    near = day_route(field.person(), (LON, LAT), OFFERED, within_m=2000)
    assert [d.place.code for d, _leg in near.stops] == ["R1", "S1"]
    assert near.left_out == 1


def test_a_plan_of_one_person_is_nobody_elses_and_one_that_ended_is_over(field: Field) -> None:
    ranger = field.person()
    own, ended = planned(field, person=ranger), planned(field)
    planned(field, since=DAY + timedelta(days=3))
    end_plan(field.person("chief"), ended, "改为月巡")
    assert list(running(ranger, DAY)) == [own]
    assert not running(field.person("verifier"), DAY).exists()
    assert not plans_of(field.person("ranger", "140322")).exists()
    with pytest.raises(IllegalMove):
        end_plan(field.person("chief"), ended, "再结束一次")


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({"title": " "}, "title"), ({"objects_of": "sea"}, "objects_of"), ({"codes": ("S9",)}, "codes"), ({"every_days": 0}, "every_days"),
        ({"until": DAY - timedelta(days=1)}, "until"),
    ],
    ids=str,
)  # fmt: skip
def test_a_plan_that_cannot_be_meant_is_refused_with_the_field(
    field: Field, wrong: dict[str, Any], about: str
) -> None:
    with pytest.raises(IllegalMove) as error:
        planned(field, **wrong)
    assert error.value.field == about
    assert not Plan.objects.exists()


def test_a_plan_needs_somebody_who_may_patrol_there(field: Field) -> None:
    outsider = made_person("outsider", ("ranger", field.city.regions["140322"], None))
    with pytest.raises(IllegalMove):
        planned(field, person=outsider)


@pytest.mark.parametrize(("role", "region"), [("ranger", COUNTY), ("verifier", COUNTY), ("chief", "140322")])
def test_plans_are_set_and_ended_by_the_office_of_the_place(field: Field, role: str, region: str) -> None:
    plan = planned(field)
    with pytest.raises(NotAllowed):
        end_plan(field.person(role, region), plan, "不做了")
    wanted = Wanted("x", "river", field.city.regions[COUNTY], 7, DAY)
    with pytest.raises(NotAllowed):
        make_plan(field.person(role, region), wanted, OFFERED)
    assert START.date() == DAY
