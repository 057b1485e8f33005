"""Deadlines, stopped clocks, extensions, lamps, reminders."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.cases.actions import hand_over
from bihuan.cases.deadlines import end_of_day, span_text, term_days
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ladders import Timing
from bihuan.cases.lamps import Lamp
from bihuan.cases.models import Case, Notification
from bihuan.cases.reminders import due_reminders, remind, unread
from bihuan.cases.transitions import State
from tests.cases.world import COUNTY, World

DAY = timedelta(days=1)


@pytest.mark.parametrize(("level", "days"), [("minor", 7), ("moderate", 7), ("serious", 30), ("major", 30)])
def test_13710_terms(world: World, level: str, days: int) -> None:
    # 13710: general matters 7 days, heavy or complex ones a month; handed over 2019-01-12 14:00, until 24:00.
    case = world.case(State.DISPATCHED, level=level)
    assert case.due == case.original_due == datetime(2019, 1, 12, 16, tzinfo=UTC) + days * DAY
    assert case.term_days == days


def test_immediate_cases_have_three_days(world: World) -> None:
    case = world.case(State.DISPATCHED, immediate=True)
    assert case.due == datetime(2019, 1, 15, 16, tzinfo=UTC)


def test_a_deadline_can_be_given_but_not_in_the_past(world: World) -> None:
    case = world.case(State.PENDING)
    with pytest.raises(IllegalMove, match="期限必须晚于现在"):
        world.go(case, "dispatch", due=world.at)
    world.go(case, "dispatch", due=world.at + 2 * DAY)
    assert case.due == world.at + 2 * DAY


def test_the_clock_stands_still_while_it_is_verified(world: World) -> None:
    case = world.case(State.VERIFYING)
    due = case.due
    assert due is not None
    world.wait(days=5)
    world.go(case, "fail")
    assert case.due == due + 5 * DAY
    assert case.original_due == due + 5 * DAY
    assert case.stopped_seconds == 5 * 86400
    assert case.stopped_at is None


def test_the_clock_stands_still_while_a_return_is_in_review(world: World) -> None:
    case = world.case(State.RETURNED)
    due = case.due
    assert due is not None
    world.wait(hours=30)
    world.go(case, "insist")
    assert case.due == due + timedelta(hours=30)


def test_another_unit_gets_a_new_term(world: World) -> None:
    case = world.case(State.RETURNED)
    world.wait(days=3)
    with pytest.raises(IllegalMove, match="就是退回的单位"):
        world.go(case, "redispatch", organisation=world.city.governments[COUNTY])
    world.go(case, "redispatch")
    assert case.due == datetime(2019, 1, 22, 16, tzinfo=UTC)


def test_a_rebound_keeps_its_number_and_gets_a_new_deadline(world: World) -> None:
    case = world.case(State.CLOSED)
    number, unit = case.number, case.organisation
    world.wait(days=60)
    world.go(case, "reopen")
    assert (case.number, case.organisation, case.reopened, case.state) == (number, unit, 1, State.DISPATCHED)
    assert case.due == datetime(2019, 3, 20, 16, tzinfo=UTC)
    assert case.closed_at is None


def test_extension_at_most_half_once_and_before_the_deadline(world: World) -> None:
    case = world.case(State.RECTIFYING)
    due = case.due
    assert due is not None
    for days in (0, 4, -1, "三"):
        with pytest.raises(IllegalMove, match="延期"):
            world.go(case, "ask_extension", days=days)
    world.go(case, "ask_extension", days=3)
    with pytest.raises(IllegalMove, match="1 至 3 天"):
        world.go(case, "grant", days=4)
    world.go(case, "grant", days=2)
    assert (case.due, case.original_due, case.extensions) == (due + 2 * DAY, due, 1)
    with pytest.raises(IllegalMove, match="已延期 1 次"):
        world.go(case, "ask_extension", days=1)


def test_extension_too_late(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=8)
    with pytest.raises(IllegalMove, match="期限已过"):
        world.go(case, "ask_extension", days=1)


def test_a_refused_extension_leaves_the_deadline(world: World) -> None:
    case = world.case(State.EXTENSION)
    due = case.due
    world.wait(days=1)
    world.go(case, "refuse")
    assert (case.due, case.extensions, case.state) == (due, 0, State.RECTIFYING)


def test_urging_only_when_late_and_without_moving_the_deadline(world: World) -> None:
    case = world.case(State.RECTIFYING)
    due = case.due
    with pytest.raises(IllegalMove, match="尚未超期"):
        world.go(case, "urge")
    world.wait(days=20)
    step = world.go(case, "urge", due=world.at + 3 * DAY)
    assert case.due == due
    assert step.data["due"].startswith("2019-02-04T06:00")


def test_the_lamp(world: World) -> None:
    # Due 2019-01-19 24:00; now 2019-01-12 14:00: 7 days and 10 hours.
    case = world.case(State.SIGNED)
    assert case.lamp(world.at, Timing()) == Lamp("green", "还剩 7 天 10 小时")
    assert case.lamp(world.at + 5 * DAY, Timing()) == Lamp("yellow", "还剩 2 天 10 小时")
    assert case.lamp(world.at + 7 * DAY + timedelta(hours=9, minutes=30), Timing()).text == "还剩 30 分钟"
    assert case.lamp(world.at + 8 * DAY + timedelta(hours=10), Timing()) == Lamp("red", "超期 1 天")
    assert world.case(State.VERIFYING).lamp(world.at + 30 * DAY, Timing()) == Lamp("grey", "待核查, 未逾期")
    assert world.case(State.PENDING).lamp(world.at, Timing()) == Lamp("grey", "待交办")


def test_late_in_verification_stays_late(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=9)
    world.go(case, "apply_close")
    assert case.is_overdue(world.at + 30 * DAY)
    assert case.lamp(world.at, Timing()).text == "待核查, 逾期 1 天 14 小时"


def test_span_in_words() -> None:
    assert span_text(timedelta(days=2, hours=4)) == "2 天 4 小时"
    assert span_text(timedelta(days=1)) == "1 天"
    assert span_text(timedelta(hours=3, minutes=5)) == "3 小时"


def test_twenty_four_hours_belongs_to_the_day_that_ends() -> None:
    start = datetime(2019, 1, 12, 6, tzinfo=UTC)
    day = datetime(2019, 1, 19, tzinfo=UTC).date()
    assert term_days(start, end_of_day(day)) == 7


@pytest.mark.parametrize(
    ("days", "key", "roles"),
    [
        (4.5, "T-3", {"handler", "enterprise"}),
        (7, "T-1", {"handler", "enterprise"}),
        (8.5, "T+1", {"handler", "enterprise"}),
        (10.5, "T+3", {"handler", "enterprise", "dispatcher"}),
        (14.5, "T+7", {"handler", "enterprise", "dispatcher", "chief"}),
        (22.5, "T+15", {"handler", "enterprise", "dispatcher", "chief"}),
        (37.5, "T+30", {"handler", "enterprise", "dispatcher", "chief"}),
    ],
)
def test_the_ladder_of_reminders(world: World, days: float, key: str, roles: set[str]) -> None:
    world.case(State.SIGNED)
    world.case(State.VERIFYING)
    [reminder] = due_reminders(world.wait(days=days))
    assert reminder.key.startswith(f"{key}/")
    remind(world.at)
    told = {n.person.username for n in Notification.objects.filter(step=None).select_related("person")}
    offices = {f"{r}_{c}" for r in roles & {"dispatcher", "chief"} for c in (COUNTY, "140300")}
    assert told == {f"{r}_{COUNTY}" for r in roles & {"handler", "enterprise"}} | offices


def test_nobody_is_told_twice(world: World) -> None:
    case = world.case(State.SIGNED)
    world.wait(days=5)
    assert remind(world.at) == 2
    assert remind(world.wait(minutes=10)) == 0
    [note] = unread(world.person("handler")).filter(step=None)
    assert note.case == case
    assert "还剩" in note.text


def test_two_clicks_from_finding_to_hand_over(world: World) -> None:
    finding = world.finding(severity="serious")
    case = hand_over([finding], world.person("dispatcher"), world.city.governments[COUNTY], note="三日内查清")
    assert (case.state, case.level, case.basis) == (State.DISPATCHED, "serious", "HJ 818-2018")
    assert [s.action for s in case.steps.all()] == ["open", "submit", "dispatch"]
    finding.refresh_from_db()
    assert finding.status == "handed"
    with pytest.raises(IllegalMove, match="已交办, 不能再交办"):
        hand_over([finding], world.person("dispatcher"), world.city.governments[COUNTY])
    assert Case.objects.count() == 1


def test_a_hand_over_that_fails_leaves_nothing(world: World) -> None:
    finding = world.finding()
    with pytest.raises(IllegalMove):
        hand_over([finding], world.person("ranger"), world.city.governments[COUNTY])
    finding.refresh_from_db()
    assert (finding.status, Case.objects.count()) == ("new", 0)
