"""Everybody concerned is told of a step, nobody else, nobody twice, and not who took it."""

from datetime import timedelta

import pytest

from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.models import Case, Notification
from bihuan.cases.notices import TOLD
from bihuan.cases.reminders import remind, unread
from bihuan.cases.transitions import TABLE, State
from bihuan.registry.models import Person
from tests.cases.world import COUNTY, World
from tests.people import person

UNIT = {f"handler_{COUNTY}", f"enterprise_{COUNTY}"}
OFFICE = {f"dispatcher_{COUNTY}", "dispatcher_140300"}


def told(case: Case, action: str) -> set[str]:
    step = case.steps.filter(action=action).order_by("-seq")[0]
    return {n.person.username for n in Notification.objects.filter(step=step).select_related("person")}


def test_every_step_of_the_table_says_who_is_told() -> None:
    assert set(TOLD) == {t.action for t in TABLE}


def test_who_is_told_along_the_whole_way(world: World) -> None:
    ranger, sender = world.person("ranger"), world.person("dispatcher")
    case = open_case([], ranger, title="扬尘", region=world.city.regions[COUNTY])
    take(case, "submit", ranger)
    assert told(case, "open") == set()
    assert told(case, "submit") == OFFICE
    world.go(case, "dispatch", sender)
    assert told(case, "dispatch") == UNIT | {ranger.username}
    for action in ("sign", "plan", "progress"):
        world.go(case, action)
        assert told(case, action) == {sender.username}, action
    world.go(case, "ask_extension")
    assert told(case, "ask_extension") == OFFICE
    world.go(case, "grant", world.person("chief"))
    assert told(case, "grant") == UNIT
    world.go(case, "apply_close")
    # The county's verifier may not verify the county's own bureau, so only the city's is told.
    assert told(case, "apply_close") == {"verifier_140300", sender.username}
    world.go(case, "fail")
    assert told(case, "fail") == UNIT | {sender.username}
    world.go(case, "apply_close")
    world.go(case, "pass")
    assert told(case, "pass") == UNIT | OFFICE
    world.go(case, "close")
    assert told(case, "close") == UNIT | {ranger.username}
    world.wait(days=20)
    world.go(case, "recheck")
    assert told(case, "recheck") == UNIT | {"verifier_140300"}
    world.go(case, "reopen")
    assert told(case, "reopen") == UNIT | {ranger.username}


def test_a_new_unit_is_told_and_the_leader_after_the_last_return(world: World) -> None:
    case = world.case(State.RETURNED)
    assert told(case, "return") == OFFICE
    world.go(case, "redispatch")
    assert told(case, "redispatch") == {"handler_140322", "enterprise_140322"}
    world.go(case, "return", world.person("handler", "140322"))
    assert told(case, "return") == OFFICE | {f"chief_{COUNTY}", "chief_140300"}


def test_a_hand_over_in_one_go_is_one_entry(world: World) -> None:
    case = hand_over([world.finding()], world.person("dispatcher"), world.city.governments[COUNTY])
    assert told(case, "submit") == set()
    assert told(case, "dispatch") == UNIT
    assert [n.step and n.step.action for n in unread(world.person("handler"))] == ["dispatch"]


def test_one_person_with_several_posts_is_told_once(world: World) -> None:
    region, unit = world.city.regions[COUNTY], world.city.governments[COUNTY]
    both = person("both", ("handler", region, unit), ("dispatcher", region, None))
    world.case(State.PASSED)
    assert unread(both).filter(step__action="pass").count() == 1


def test_a_closed_account_is_not_told(world: World) -> None:
    Person.objects.filter(username=f"handler_{COUNTY}").update(is_active=False)
    case = world.case(State.DISPATCHED)
    assert told(case, "dispatch") == {f"enterprise_{COUNTY}"}


def test_a_refused_step_tells_nobody(world: World) -> None:
    case = world.case(State.DISPATCHED)
    before = Notification.objects.count()
    with pytest.raises(Exception, match="需要填写"):
        take(case, "return", world.person("handler"))
    assert Notification.objects.count() == before


def test_a_unit_that_does_not_report_is_reminded_once_after_three_days(world: World) -> None:
    # 13710 "3": report progress within 3 days. A major case has 30 days, so no deadline is near.
    silent, busy = world.case(State.SIGNED, level="major"), world.case(State.RECTIFYING, level="major")
    world.wait(days=2, hours=23)
    assert remind(world.at) == 0
    world.wait(hours=2)
    assert remind(world.at) == 2
    assert remind(world.at + timedelta(hours=1)) == 0
    [note] = unread(world.person("handler")).filter(step=None)
    assert (note.case, note.text[-4:]) == (silent, "请报进展")
    assert busy.pk != note.case_id
