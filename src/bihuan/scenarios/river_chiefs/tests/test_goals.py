"""一河一策: reached by number or by word, late after the deadline, and progress that is written once."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from bihuan.cases.errors import IllegalMove
from bihuan.errors import NotAllowed
from bihuan.registry.models import Person
from bihuan.scenarios.river_chiefs.goals import State, enter, goals_of, standings_of
from bihuan.scenarios.river_chiefs.models import Goal, GoalEntry
from bihuan.scenarios.river_chiefs.tests.world import Water, make_goal


def state(person: Person) -> State:
    (found,) = standings_of(goals_of(person))
    return found.state


def test_the_newest_number_against_the_target_and_the_day_after_the_deadline_is_late(water: Water) -> None:
    goal = make_goal(water.city, water.reach.river, deadline=date(2019, 3, 10))
    handler = water.city.person("handler")
    water.at(10)
    assert state(handler) is State.RUNNING
    enter(handler, goal, "截流十一个", 11)
    water.at(11)
    assert state(handler) is State.LATE
    enter(handler, goal, "截流十二个", 12)
    assert state(handler) is State.DONE
    water.at(12)
    enter(handler, goal, "复核少一个", 11)
    assert state(handler) is State.LATE
    water.at(9)
    assert state(handler) is State.RUNNING  # nothing of that was known then


def test_at_most_is_reached_from_above_and_without_a_number_by_word(water: Water) -> None:
    handler, river = water.city.person("handler"), water.reach.river
    enter(handler, make_goal(water.city, river, "M", sense=Goal.Sense.MOST, target=0.5), "氨氮降到", 0.5)
    enter(handler, make_goal(water.city, river, "W", target=None), "方案已批", done=True)
    enter(handler, make_goal(water.city, river, "N", target=None), "正在编制")
    found = {s.goal.pk: (s.state, s.aim) for s in standings_of(goals_of(handler))}
    assert found == {"M": (State.DONE, "≤ 0.5 个"), "W": (State.DONE, ""), "N": (State.RUNNING, "")}


def test_who_may_write_and_what_is_needed(water: Water) -> None:
    goal = make_goal(water.city, water.reach.river)
    for role, region in (("ranger", "140321"), ("handler", "140322"), ("chief", "140322")):
        with pytest.raises(NotAllowed):
            enter(water.city.person(role, region), goal, "x", 1)
    with pytest.raises(IllegalMove, match="数值"):
        enter(water.city.person("handler"), goal, "没有数")
    with pytest.raises(IllegalMove, match="做了什么"):
        enter(water.city.person("handler"), goal, " ", 1)


def test_an_entry_is_never_changed(water: Water) -> None:
    entry = enter(water.city.person("handler"), make_goal(water.city, water.reach.river), "截流", 3)
    with pytest.raises(DatabaseError), transaction.atomic():
        GoalEntry.objects.filter(pk=entry.pk).update(value=12)


def test_a_deadline_before_its_year_is_refused(water: Water) -> None:
    goal = make_goal(water.city, water.reach.river)
    goal.deadline = date(2018, 12, 31)
    with pytest.raises(ValidationError):
        goal.clean()


def test_the_page_takes_an_entry_and_the_list_tells_what_is_late(client: Client, water: Water) -> None:
    make_goal(water.city, water.reach.river, deadline=date(2019, 3, 10))
    client.force_login(water.city.person("handler"))
    client.post(reverse("river_chiefs:goal", args=["G1"]), {"value": "3", "note": "已截流三个"})
    assert "已截流三个" in client.get(reverse("river_chiefs:goal", args=["G1"])).content.decode()
    water.at(11)
    late = client.get(reverse("river_chiefs:goals"), {"tab": "late"}).content.decode()
    assert "截流污水口" in late
    assert "截流污水口" not in client.get(reverse("river_chiefs:goals"), {"tab": "done"}).content.decode()
