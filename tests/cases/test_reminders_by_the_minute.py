"""The ladder of reminders minute by minute, who stands on which rung, and what starts it anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bihuan.cases.models import Case, Notification
from bihuan.cases.reminders import due_reminders, remind, silent_units, unread
from bihuan.cases.transitions import State
from bihuan.registry.models import Post
from tests.cases.world import COUNTY, World

MINUTE = timedelta(minutes=1)


def keys(world: World) -> list[str]:
    return [r.key.split("/")[0] for r in due_reminders(world.at)]


def told(case: Case, rung: str) -> set[str]:
    notes = Notification.objects.filter(case=case, key__startswith=f"{rung}/").select_related("person")
    return {n.person.username for n in notes}


@pytest.mark.parametrize(
    ("days", "minutes", "expected"),
    [
        (-3, -1, []), (-3, 0, ["T-3"]), (-1, -1, ["T-3"]), (-1, 0, ["T-1"]), (0, -1, ["T-1"]),
        (0, 0, []), (1, -1, []), (1, 0, ["T+1"]), (3, -1, ["T+1"]), (3, 0, ["T+3"]), (7, -1, ["T+3"]), (7, 0, ["T+7"]),
        (15, -1, ["T+7"]), (15, 0, ["T+15"]), (30, -1, ["T+15"]), (30, 0, ["T+30"]), (300, 0, ["T+30"]),
    ],
)  # fmt: skip
def test_each_rung_is_reached_on_its_minute(
    world: World, days: int, minutes: int, expected: list[str]
) -> None:
    case = world.case(State.SIGNED)
    assert case.due is not None
    world.wait(seconds=(case.due + timedelta(days=days, minutes=minutes) - world.at).total_seconds())
    assert keys(world) == expected


def test_a_whole_overdue_month_tells_each_person_once_a_rung(world: World) -> None:
    """The job runs every hour; nobody gets an entry an hour."""
    case = world.case(State.SIGNED)
    for _ in range(40 * 6):
        world.wait(hours=4)
        remind(world.at)
    unit = {f"handler_{COUNTY}", f"enterprise_{COUNTY}"}
    office = {f"dispatcher_{COUNTY}", "dispatcher_140300"}
    chiefs = {f"chief_{COUNTY}", "chief_140300"}
    for rung, wanted in (
        ("T-3", unit), ("T-1", unit), ("T+1", unit), ("T+3", unit | office),
        ("T+7", unit | office | chiefs), ("T+15", unit | office | chiefs), ("T+30", unit | office | chiefs),
    ):  # fmt: skip
        assert told(case, rung) == wanted, rung
    deadlines = Notification.objects.filter(case=case, key__startswith="T")
    assert deadlines.count() == 3 * 2 + 4 + 3 * 6


def test_a_worker_that_stood_for_weeks_says_the_highest_rung_only(world: World) -> None:
    case = world.case(State.SIGNED)
    world.wait(days=8 + 16)
    remind(world.at)
    assert told(case, "T+15")
    assert not told(case, "T+7")
    assert not told(case, "T+1")


@pytest.mark.parametrize("state", [s for s in State if s not in (State.DISPATCHED, State.SIGNED, State.RECTIFYING, State.EXTENSION)])  # fmt: skip
def test_nobody_is_hurried_while_it_is_not_the_units_turn(world: World, state: State) -> None:
    world.case(state)
    world.wait(days=30)
    assert keys(world) == []
    assert silent_units(world.at) == []


def test_a_granted_extension_starts_the_ladder_anew_for_the_new_deadline(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=6, hours=12)
    assert remind(world.at) == 2
    world.go(case, "ask_extension", days=3)
    world.go(case, "grant")
    assert keys(world) == []
    world.wait(days=2)
    assert remind(world.at) == 2
    assert Notification.objects.filter(case=case, key__startswith="T-").count() == 4


def test_a_stop_moves_the_reminders_with_the_deadline(world: World) -> None:
    case = world.case(State.VERIFYING)
    world.wait(days=20)
    world.go(case, "fail")
    assert keys(world) == []
    world.wait(days=5)
    assert keys(world) == ["T-3"]


def test_after_a_rebound_the_unit_is_reminded_again(world: World) -> None:
    case = world.case(State.SIGNED)
    world.wait(days=6)
    assert remind(world.at) == 2
    for action in ("plan", "apply_close", "pass", "close", "reopen"):
        world.go(case, action)
    world.wait(days=6)
    assert remind(world.at) > 0
    assert Notification.objects.filter(case=case, key__startswith="T-").count() == 4


def test_who_came_into_the_unit_later_is_told_and_who_left_is_not(world: World) -> None:
    case = world.case(State.SIGNED)
    world.wait(days=5)
    remind(world.at)
    Post.objects.filter(person__username=f"handler_{COUNTY}").update(until=timezone.now())
    Post.objects.create(
        person=world.person("ranger"), role="handler", region=world.city.regions[COUNTY],
        organisation=world.city.governments[COUNTY],
    )  # fmt: skip
    world.wait(days=2)
    remind(world.at)
    assert told(case, "T-3") == {f"handler_{COUNTY}", f"enterprise_{COUNTY}"}
    assert told(case, "T-1") == {f"ranger_{COUNTY}", f"enterprise_{COUNTY}"}


def test_a_reminder_names_the_case_and_the_time_and_says_what_to_do(world: World) -> None:
    case = world.case(State.SIGNED)
    world.wait(days=7 + 3, hours=11)
    remind(world.at)
    [note] = unread(world.person("dispatcher")).filter(step=None)
    assert note.text == f"{case.number} 料场未苫盖 超期 3 天 1 小时, 请承办单位负责人过问"
    assert not unread(world.person("chief")).filter(step=None).exists()


def test_a_title_of_any_length_can_be_reminded_of(world: World) -> None:
    world.case(State.SIGNED, title="长" * 200)
    world.wait(days=5)
    remind(world.at)
    [note] = unread(world.person("handler")).filter(step=None)
    assert len(note.text) <= 300


@pytest.mark.parametrize(("minutes", "count"), [(-1, 0), (0, 1), (60 * 24 * 20, 1)])
def test_a_unit_that_said_nothing_for_three_days_is_asked_on_the_minute(
    world: World, minutes: int, count: int
) -> None:
    world.case(State.SIGNED, level="major")
    world.wait(days=3, minutes=minutes)
    assert len(silent_units(world.at)) == count


def test_a_plan_is_a_report(world: World) -> None:
    case = world.case(State.SIGNED, level="major")
    world.go(case, "plan")
    world.wait(days=4)
    assert silent_units(world.at) == []


def test_a_signature_or_a_return_that_was_refused_is_no_report(world: World) -> None:
    case = world.case(State.RETURNED, level="major")
    world.go(case, "insist")
    world.go(case, "sign")
    world.wait(days=4)
    assert [r.case for r in silent_units(world.at)] == [case]


def test_a_report_before_the_rebound_does_not_count_after_it(world: World) -> None:
    case = world.case(State.CLOSED, level="major")
    world.wait(days=1)
    world.go(case, "reopen")
    world.wait(days=4)
    assert [r.case for r in silent_units(world.at)] == [case]
