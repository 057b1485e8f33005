"""After a 督办 the unit is reminded by the new deadline of the letter, and the case stays late."""

from bihuan.cases.reminders import due_reminders
from bihuan.cases.transitions import State
from tests.cases.world import World


def told(world: World) -> list[str]:
    return [reminder.text for reminder in due_reminders(world.at)]


def test_reminders_go_by_the_new_deadline_and_the_case_stays_late(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=17)
    assert "超期 9 天" in told(world)[0]
    world.go(case, "urge")  # to be answered by 2019-02-05 24:00
    assert told(world) == []
    world.wait(days=6)
    [text] = told(world)
    assert "还剩 1 天" in text
    world.wait(days=5)
    [text] = told(world)
    assert "超期 3 天" in text
    case.refresh_from_db()
    assert case.is_overdue(world.at)


def test_a_new_hand_over_forgets_the_letters_of_the_one_before(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=17)
    world.go(case, "urge")
    for action in ("apply_close", "pass", "close"):
        world.go(case, action)
    world.wait(days=1)
    world.go(case, "reopen")
    world.wait(days=11)
    [text] = told(world)
    assert "超期 3 天" in text
