"""Deadlines counted on a calendar: 24:00 in China, leap days, years, the shortest and the longest; and extensions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.deadlines import (
    CHINA,
    LAST,
    end_of_day,
    later,
    local_day,
    span_text,
    term_days,
)
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ladders import Timing
from bihuan.cases.lamps import Lamp, running, standing
from bihuan.cases.models import Case
from bihuan.cases.term_rules import OFFERED
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import State
from bihuan.domain.worktime import WorkCalendar
from tests.cases.terms import decided
from tests.cases.world import COUNTY, World

DAY, HOUR, MINUTE, TICK = (
    timedelta(days=1),
    timedelta(hours=1),
    timedelta(minutes=1),
    timedelta(microseconds=1),
)
WHEN = st.datetimes(datetime(2015, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made UTC by hypothesis


CALENDAR = WorkCalendar()


def of_days(days: int) -> Term:
    """So many calendar days; 0: 立即."""
    return Term(Unit.DAYS, days) if days else Term(Unit.AT_ONCE)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("handed", "days", "due"),
    [
        ("2019-01-12 14:00", 7, "2019-01-20 00:00"),
        ("2019-01-12 00:00", 7, "2019-01-20 00:00"),
        ("2019-01-12 23:59", 7, "2019-01-20 00:00"),
        ("2019-01-13 00:00", 7, "2019-01-21 00:00"),
        ("2019-12-31 10:00", 1, "2020-01-02 00:00"),
        ("2020-02-27 10:00", 1, "2020-02-29 00:00"),
        ("2020-02-28 10:00", 1, "2020-03-01 00:00"),  # the 29th is a whole day
        ("2019-02-28 10:00", 1, "2019-03-02 00:00"),
        ("2019-01-31 10:00", 30, "2019-03-03 00:00"),
        ("2020-01-31 10:00", 30, "2020-03-02 00:00"),
        ("2019-01-12 14:00", 0, "2019-01-13 00:00"),
        ("2019-01-12 19:59", 0, "2019-01-13 00:00"),
        ("2019-01-12 20:00", 0, "2019-01-13 00:00"),  # exactly four hours are left
        ("2019-01-12 20:01", 0, "2019-01-13 00:01"),
        ("2019-12-31 23:30", 0, "2020-01-01 03:30"),
    ],
)
def test_a_term_ends_at_24_00_of_its_last_day_in_china(handed: str, days: int, due: str) -> None:
    assert of_days(days).due(china(handed), CALENDAR) == china(due)


@given(WHEN, st.sampled_from([t.length for t in OFFERED if t.length]))
def test_a_term_of_n_days_has_n_days(at: datetime, days: int) -> None:
    due = of_days(days).due(at, CALENDAR)
    assert term_days(at, due) == days
    assert days * DAY < due - at <= (days + 1) * DAY
    assert due.astimezone(UTC).strftime("%H:%M:%S.%f") == "16:00:00.000000"


@given(WHEN)
def test_at_once_is_today_and_never_less_than_four_hours(at: datetime) -> None:
    due = of_days(0).due(at, CALENDAR)
    assert 4 * HOUR <= due - at <= DAY
    assert term_days(at, due) in (0, 1)


@given(st.dates(date(1992, 1, 1), date(2090, 1, 1)))
def test_every_day_in_china_has_24_hours(day: date) -> None:
    """No summer time since 1992: a deadline is never an hour early or late."""
    assert end_of_day(day).astimezone(UTC) - end_of_day(day - DAY).astimezone(UTC) == DAY
    assert local_day(end_of_day(day) - TICK) == day
    assert local_day(end_of_day(day)) == day + DAY


@pytest.mark.parametrize(
    ("check", "level", "days"),
    [
        # docs/cases.md: by level
        (None, "minor", 7), (None, "moderate", 7), (None, "serious", 30), (None, "major", 30),
        ("patrol", "moderate", 7), ("drone.smoke", "major", 30),
        # 立即 for a limit exceeded now, a day where it is slight
        ("cems.limits.hour", "serious", 0), ("cems.limits.day", "major", 0), ("cems.limits.hour", "minor", 1),
        ("sewage.limits.day", "serious", 0), ("sewage.limits.day", "moderate", 1),
        # 1 day for arrival
        ("cems.arrival.silent", "minor", 1), ("cems.arrival.silent", "major", 1), ("sewage.arrival.late", "serious", 1),
        # 3 days for station quality and for suspicions
        ("air.stuck", "minor", 3), ("air.stuck", "major", 3), ("cems.flat", "serious", 3), ("sewage.flat", "major", 3),
        ("cems.flat", "minor", 7), ("heavy_pollution.plan", "moderate", 1),
        # a key that only begins alike
        ("airport.noise", "moderate", 7), ("cemsx.limits.hour", "serious", 30),
    ],
)  # fmt: skip
def test_the_usual_term_follows_from_check_and_level(check: str | None, level: str, days: int) -> None:
    assert decided(level, [check] if check else []) == of_days(days)


@pytest.mark.parametrize(
    ("checks", "immediate", "days"),
    [
        (["air.stuck", "cems.limits.hour"], False, 0),
        (["air.stuck", "patrol"], False, 3),
        (["patrol", "drone"], False, 30),
        ([], True, 3),
        (["cems.arrival.silent"], True, 1),
        (["cems.limits.hour"], True, 0),
    ],
)
def test_of_several_findings_the_shortest_term_counts_and_立行立改_has_three_days_at_most(
    checks: list[str], immediate: bool, days: int
) -> None:
    assert decided("serious", checks, urgent=immediate) == of_days(days)


def test_a_day_before_the_notice_has_its_terms_too() -> None:
    assert decided("moderate", now=datetime(2014, 1, 1, tzinfo=UTC)) == of_days(7)


def test_a_level_that_nobody_knows_has_no_term() -> None:
    with pytest.raises(KeyError, match="grave"):
        decided("grave")


@pytest.mark.parametrize(
    ("term", "longest"), [(1, 0), (2, 1), (3, 1), (7, 3), (8, 4), (15, 7), (30, 15), (365, 182)]
)
def test_an_extension_is_at_most_half_of_the_term_rounded_down(world: World, term: int, longest: int) -> None:
    case = world.case(State.PENDING)
    world.go(case, "dispatch", due=end_of_day(local_day(world.at) + term * DAY))
    assert case.term_days == term
    for action in ("sign", "plan"):
        world.go(case, action)
    with pytest.raises(IllegalMove, match="不能延期" if not longest else f"1 至 {longest} 天"):
        world.go(case, "ask_extension", days=longest + 1)
    if longest:
        due = case.due
        assert due is not None
        world.go(case, "ask_extension", days=longest)
        world.go(case, "grant")
        assert case.due == due + longest * DAY


def rectifying(world: World) -> Case:
    return world.case(State.RECTIFYING)


def test_an_extension_may_be_asked_for_until_the_very_deadline(world: World) -> None:
    case, late = rectifying(world), rectifying(world)
    assert case.due is not None
    world.wait(seconds=(case.due - world.at).total_seconds())
    world.go(case, "ask_extension", days=1)
    world.wait(seconds=1)
    with pytest.raises(IllegalMove, match="期限已过"):
        world.go(late, "ask_extension", days=1)


def test_the_office_may_grant_less_never_more_and_all_when_it_says_nothing(world: World) -> None:
    less, all_of_it = rectifying(world), rectifying(world)
    due = less.due
    assert due is not None
    for case in (less, all_of_it):
        world.go(case, "ask_extension", days=2)
    with pytest.raises(IllegalMove, match="1 至 2 天"):
        world.go(less, "grant", days=3)
    world.go(less, "grant", days=1)
    world.go(all_of_it, "grant")
    assert (less.due, all_of_it.due) == (due + DAY, due + 2 * DAY)
    assert less.original_due == all_of_it.original_due == due


def test_a_withdrawn_or_refused_request_may_be_made_again_and_a_granted_one_not(world: World) -> None:
    case = rectifying(world)
    for action in ("withdraw", "refuse", "grant"):
        world.go(case, "ask_extension", days=1)
        world.go(case, action)
    with pytest.raises(IllegalMove, match="已延期 1 次"):
        world.go(case, "ask_extension", days=1)


def test_another_hand_over_may_be_extended_once_more(world: World) -> None:
    case = rectifying(world)
    world.go(case, "ask_extension", days=1)
    world.go(case, "grant")
    for action in ("apply_close", "pass", "close", "reopen", "sign", "plan", "ask_extension"):
        world.go(case, action)
    assert (case.state, case.extensions) == (State.EXTENSION, 0)


def test_time_in_review_is_given_back_to_the_second_and_an_extension_adds_to_it(world: World) -> None:
    case = rectifying(world)
    due = case.due
    assert due is not None
    world.go(case, "ask_extension", days=3)
    world.go(case, "grant")
    world.go(case, "apply_close")
    world.wait(days=1, hours=2, minutes=3, seconds=4)
    world.go(case, "fail")
    stood = timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert (case.due, case.original_due) == (due + 3 * DAY + stood, due + stood)


@pytest.mark.parametrize(
    ("left", "colour", "text"),
    [
        (3 * DAY + TICK, "green", "还剩 3 天"),
        (3 * DAY, "yellow", "还剩 3 天"),
        (DAY, "yellow", "还剩 1 天"),
        (DAY - TICK, "yellow", "还剩 23 小时"),
        (HOUR - TICK, "yellow", "还剩 59 分钟"),
        (timedelta(0), "yellow", "还剩 0 分钟"),
        (-MINUTE, "red", "超期 1 分钟"),
        (-DAY, "red", "超期 1 天"),
        (-25 * HOUR, "red", "超期 1 天 1 小时"),
    ],
)
def test_the_lamp_changes_on_the_instant(left: timedelta, colour: str, text: str) -> None:
    now = datetime(2019, 1, 12, 6, tzinfo=UTC)
    assert running(Unit.DAYS, now, now + left, now, Timing()) == Lamp(colour, text)


def test_a_lamp_that_stands_says_how_it_stood() -> None:
    now = datetime(2019, 1, 12, 6, tzinfo=UTC)
    assert standing(now, now, "待核查") == Lamp("grey", "待核查, 未逾期")
    assert standing(now, now + HOUR, "待核查") == Lamp("grey", "待核查, 逾期 1 小时")


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_length_in_words_is_never_longer_than_it_is(span: timedelta) -> None:
    units = {"天": DAY, "小时": HOUR, "分钟": MINUTE}
    parts = span_text(span).split(" ")
    said = sum((int(n) * units[u] for n, u in zip(parts[::2], parts[1::2], strict=True)), timedelta(0))
    assert said <= span < said + (MINUTE if parts[-1] == "分钟" else HOUR if len(parts) == 4 or parts[-1] == "小时" else DAY)  # fmt: skip


def test_no_deadline_leaves_the_calendar() -> None:
    assert later(LAST - DAY, 30 * DAY) == LAST
    assert later(LAST, DAY) == LAST
    assert later(LAST - 2 * DAY, DAY) == LAST - DAY


@pytest.mark.parametrize("due", [timedelta(days=366), timedelta(seconds=1)])
def test_a_deadline_within_a_year_is_taken(world: World, due: timedelta) -> None:
    case = world.case(State.PENDING)
    world.go(case, "dispatch", due=world.at + due)
    assert case.due == world.at + due


@pytest.mark.parametrize("due", [timedelta(days=366, seconds=1), timedelta(0), -DAY])
def test_a_deadline_beyond_or_before_is_refused(world: World, due: timedelta) -> None:
    case = world.case(State.PENDING)
    with pytest.raises(IllegalMove, match="办结期限"):
        world.go(case, "dispatch", due=world.at + due, organisation=world.city.governments[COUNTY])
    assert case.due is None
