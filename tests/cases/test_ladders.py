"""The ladder counts in the time of the term: hours of work, working days, hours as they come; what nobody knows is not guessed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.deadlines import CHINA
from bihuan.cases.ladders import LADDERS, Timing
from bihuan.cases.lamps import Lamp, running
from bihuan.cases.models import Notification
from bihuan.cases.reminders import remind
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import State
from tests.cases.world import COUNTY, World

TIMING = Timing()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


# A service desk's example: office 08-18, four hours, handed over on Thursday at 16:00: due on Friday at 10:00.
START, DUE = at("2019-01-31 16:00"), at("2019-02-01 10:00")


@pytest.mark.parametrize(
    ("now", "mark", "rung"),
    [
        ("2019-01-31 17:59", "", None), ("2019-01-31 18:00", "half", None), ("2019-02-01 08:59", "half", None),
        ("2019-02-01 09:00", "1", None), ("2019-02-01 10:59", None, None), ("2019-02-01 11:00", None, 1),
        # Closing time is at 18:00, ten working hours are a day: Saturday 02-02 is worked before Spring Festival.
        ("2019-02-01 14:00", None, 4), ("2019-02-02 09:59", None, 4), ("2019-02-02 10:00", None, 10), ("2019-02-20 12:00", None, 10),
    ],
)  # fmt: skip
def test_a_term_of_hours_is_reminded_in_working_hours(now: str, mark: str | None, rung: int | None) -> None:
    assert Term(Unit.HOURS, 4).due(START, TIMING.calendar) == DUE
    if mark is not None:
        assert TIMING.warned(Unit.HOURS, START, DUE, at(now)) == mark
    reached = TIMING.rung(Unit.HOURS, DUE, at(now)) if at(now) >= DUE else None
    assert (reached.after if reached else None) == rung


@pytest.mark.parametrize(
    ("now", "mark", "rung"),
    [
        # Due at closing time of Tuesday 02-12; Monday 02-11 is the first working day after Saturday and Sunday, 02-02 and 02-03.
        ("2019-02-02 17:59", "", None), ("2019-02-02 18:00", "3", None), ("2019-02-10 12:00", "3", None),
        ("2019-02-11 18:00", "1", None), ("2019-02-13 17:59", None, None), ("2019-02-13 18:00", None, 1),
        ("2019-02-15 18:00", None, 3), ("2019-02-21 18:00", None, 7),
    ],
)  # fmt: skip
def test_a_term_of_working_days_leaves_out_the_days_off(now: str, mark: str | None, rung: int | None) -> None:
    due = at("2019-02-12 18:00")
    if mark is not None:
        assert TIMING.warned(Unit.WORKDAYS, START, due, at(now)) == mark
    reached = TIMING.rung(Unit.WORKDAYS, due, at(now)) if at(now) >= due else None
    assert (reached.after if reached else None) == rung


@pytest.mark.parametrize(
    ("unit", "due", "now", "lamp"),
    [
        (Unit.HOURS, "2019-02-01 10:00", "2019-01-31 17:00", Lamp("green", "还剩 3 个工作小时")),
        (Unit.HOURS, "2019-02-01 10:00", "2019-01-31 18:00", Lamp("yellow", "还剩 2 个工作小时")),
        (Unit.HOURS, "2019-02-01 10:00", "2019-02-01 09:30", Lamp("yellow", "还剩 30 分钟")),
        (Unit.HOURS, "2019-02-01 10:00", "2019-02-01 20:00", Lamp("red", "超期 8 个工作小时")),
        (Unit.WORKDAYS, "2019-02-12 18:00", "2019-02-01 18:00", Lamp("green", "还剩 4 个工作日")),
        (Unit.WORKDAYS, "2019-02-12 18:00", "2019-02-05 12:00", Lamp("yellow", "还剩 2 个工作日")),
        (Unit.AT_ONCE, "2019-02-01 00:00", "2019-01-31 18:00", Lamp("green", "还剩 6 小时")),
        (Unit.AT_ONCE, "2019-02-01 00:00", "2019-01-31 20:00", Lamp("yellow", "还剩 4 小时")),
        (Unit.DAYS, "2019-02-08 00:00", "2019-02-04 23:59", Lamp("green", "还剩 3 天")),
        (Unit.DAYS, "2019-02-08 00:00", "2019-02-05 00:00", Lamp("yellow", "还剩 3 天")),
    ],
)  # fmt: skip
def test_the_lamp_counts_as_the_term_does(unit: Unit, due: str, now: str, lamp: Lamp) -> None:
    assert running(unit, START, at(due), at(now), TIMING) == lamp


def test_in_a_year_that_nobody_knows_hours_count_as_they_come() -> None:
    due = at("2039-03-01 10:00")
    assert TIMING.warned(Unit.HOURS, at("2039-02-28 16:00"), due, at("2039-03-01 09:00")) == "1"
    reached = TIMING.rung(Unit.HOURS, due, at("2039-03-01 14:00"))
    assert reached is not None
    assert reached.after == 4
    assert running(Unit.WORKDAYS, None, due, at("2039-02-01 10:00"), TIMING).text == "还剩 28 天"


@given(
    st.sampled_from(list(Unit)), st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 9), st.integers(0, 60 * 24 * 9)
)  # fmt: skip
def test_time_only_climbs_the_ladder(unit: Unit, begin: int, first: int, second: int) -> None:
    minute = timedelta(minutes=1)
    start = at("2019-01-01 08:00") + begin * minute
    due = Term(unit, {Unit.AT_ONCE: 0}.get(unit, 3)).due(start, TIMING.calendar)
    early, late = sorted((start + first * minute, start + second * minute))
    place = ["", "half", *(str(n) for n in sorted(LADDERS[unit].before, reverse=True))]

    def reached(now: datetime) -> int:
        if now < due:
            return place.index(TIMING.warned(unit, start, due, now))
        rung = TIMING.rung(unit, due, now)
        return len(place) + (rung.after if rung else 0)

    assert reached(early) <= reached(late)


def test_a_case_with_a_term_of_hours_is_reminded_within_the_day(world: World) -> None:
    world.wait(seconds=(START - world.at).total_seconds())
    case = world.case(State.PENDING)
    world.wait(seconds=(START - world.at).total_seconds())
    world.go(case, "dispatch", due=Term(Unit.HOURS, 4))
    assert case.due == DUE
    for _ in range(24 * 6):
        world.wait(minutes=10)
        remind(world.at)
    notes = Notification.objects.filter(case=case, step=None)
    assert set(notes.values_list("key", flat=True)) == {
        f"T-halfwh/{DUE:%Y%m%d}0200", f"T-1wh/{DUE:%Y%m%d}0200", f"T+1wh/{DUE:%Y%m%d}0200", f"T+4wh/{DUE:%Y%m%d}0200",
    }  # fmt: skip
    told = {key: set(notes.filter(key__startswith=key).values_list("person__username", flat=True)) for key in ("T-1", "T+4")}  # fmt: skip
    unit = {f"handler_{COUNTY}", f"enterprise_{COUNTY}"}
    assert told == {"T-1": unit, "T+4": unit | {f"dispatcher_{COUNTY}", "dispatcher_140300"}}
    texts = [note.text.removeprefix(f"{case} ") for note in notes.order_by("at", "id")]
    assert list(dict.fromkeys(texts)) == [
        "还剩 2 个工作小时", "还剩 1 个工作小时", "超期 1 个工作小时, 请立即办理", "超期 4 个工作小时, 请承办单位负责人过问",
    ]  # fmt: skip
