"""Working time over the holidays of 2019, by hand from the official lists, and what must hold for any time."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.timeaxis import CST
from bihuan.domain.worktime import LIBRARY, UnknownYear, WorkCalendar

USUAL = WorkCalendar()
LUNCH = WorkCalendar(office=((time(8), time(12)), (time(14, 30), time(18))))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WHEN = st.datetimes(datetime(2018, 6, 1), datetime(2020, 6, 1), timezones=st.just(CST))  # noqa: DTZ001 - made aware
SPANS = st.integers(0, 60 * 60).map(lambda minutes: minutes * MINUTE)
CALENDARS = st.sampled_from([USUAL, LUNCH])


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CST)


@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        # 国办发明电〔2018〕15号: Spring Festival 2019-02-04 to 02-10 off, Saturday 02-02 and Sunday 02-03 worked.
        ("2019-02-01", "2019-02-03", True), ("2019-02-04", "2019-02-10", False), ("2019-02-11", "2019-02-15", True),
        # National Day 2019-10-01 to 10-07 off, Sunday 09-29 and Saturday 10-12 worked.
        ("2019-09-28", "2019-09-28", False), ("2019-09-29", "2019-09-30", True), ("2019-10-01", "2019-10-07", False),
        ("2019-10-08", "2019-10-12", True), ("2019-10-13", "2019-10-13", False),
    ],
)  # fmt: skip
def test_days_of_2019_are_worked_as_the_state_council_had_it(first: str, last: str, worked: bool) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert USUAL.works(day) is worked, day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2019-01-31", 1, "2019-02-01"), ("2019-02-01", 1, "2019-02-02"), ("2019-02-01", 2, "2019-02-03"),
        ("2019-02-01", 3, "2019-02-11"), ("2019-02-03", 1, "2019-02-11"), ("2019-02-06", 5, "2019-02-15"),
        ("2019-02-06", 6, "2019-02-18"), ("2019-09-27", 1, "2019-09-29"), ("2019-09-30", 1, "2019-10-08"),
        ("2019-09-30", 5, "2019-10-12"), ("2019-09-30", 6, "2019-10-14"), ("2019-12-31", 1, "2020-01-02"),
    ],
)  # fmt: skip
def test_working_days_over_the_holidays(start: str, n: int, end: str) -> None:
    assert USUAL.add_days(date.fromisoformat(start), n) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("opened", "hours", "due"),
    [
        # The service desk: hours 08-18, H+4, opened 16:00 -> 10:00 of the next working day.
        ("2019-01-10 16:00", 4, "2019-01-11 10:00"), ("2019-01-11 16:00", 4, "2019-01-14 10:00"),
        ("2019-02-01 16:00", 4, "2019-02-02 10:00"),  # a Saturday that is worked
        ("2019-02-03 16:00", 4, "2019-02-11 10:00"), ("2019-09-30 16:00", 4, "2019-10-08 10:00"),
        # what ends with the day ends then; outside office hours the clock waits for the opening
        ("2019-01-10 14:00", 4, "2019-01-10 18:00"), ("2019-01-10 18:00", 4, "2019-01-11 12:00"),
        ("2019-01-10 03:00", 4, "2019-01-10 12:00"), ("2019-01-12 12:00", 4, "2019-01-14 12:00"),
        ("2019-02-05 23:59", 4, "2019-02-11 12:00"), ("2019-02-02 17:59", 10, "2019-02-03 17:59"),
        ("2019-02-03 17:59", 30, "2019-02-13 17:59"),
    ],
)  # fmt: skip
def test_working_hours_over_nights_weekends_and_holidays(opened: str, hours: int, due: str) -> None:
    end = USUAL.add_time(china(opened), hours * HOUR)
    assert end == china(due)
    assert USUAL.between(china(opened), end) == hours * HOUR


def test_a_break_at_noon_is_not_worked() -> None:
    assert LUNCH.add_time(china("2019-01-10 11:00"), 2 * HOUR) == china("2019-01-10 15:30")
    assert LUNCH.between(china("2019-01-10 11:30"), china("2019-01-10 15:00")) == HOUR
    assert LUNCH.between(china("2019-01-10 12:00"), china("2019-01-10 14:30")) == timedelta(0)
    assert LUNCH.closes(date(2019, 1, 10)) == china("2019-01-10 18:00")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2019-02-03 15:00", "2019-02-11 11:00", 6), ("2019-02-04 00:00", "2019-02-11 00:00", 0),
        ("2019-01-10 09:00", "2019-01-10 12:00", 3), ("2019-01-10 17:00", "2019-01-10 20:00", 1),
        ("2019-01-10 12:00", "2019-01-10 09:00", 0),
    ],
)  # fmt: skip
def test_working_time_between_two_instants(start: str, end: str, hours: int) -> None:
    assert USUAL.between(china(start), china(end)) == hours * HOUR


@given(CALENDARS, WHEN, SPANS)
def test_what_is_added_is_what_is_measured(calendar: WorkCalendar, at: datetime, span: timedelta) -> None:
    end = calendar.add_time(at, span)
    assert end >= at
    assert calendar.between(at, end) == span


@given(CALENDARS, WHEN, SPANS, SPANS)
def test_working_time_adds_up_and_never_runs_backwards(
    calendar: WorkCalendar, at: datetime, one: timedelta, more: timedelta
) -> None:
    assert calendar.add_time(calendar.add_time(at, one), more) == calendar.add_time(at, one + more)
    assert calendar.add_time(at, one) <= calendar.add_time(at, one + more)
    assert calendar.add_time(at, one) <= calendar.add_time(at + more, one)


@given(CALENDARS, WHEN, SPANS, SPANS)
def test_working_time_of_two_stretches_is_that_of_both(
    calendar: WorkCalendar, at: datetime, one: timedelta, more: timedelta
) -> None:
    middle, end = at + one, at + one + more
    assert calendar.between(at, end) == calendar.between(at, middle) + calendar.between(middle, end)
    assert calendar.between(at, end) <= end - at


def test_a_year_that_nobody_knows_is_refused_and_not_guessed() -> None:
    unknown = LIBRARY[-1] + 1
    last = date(LIBRARY[-1], 12, 31)
    assert USUAL.add_days(last - timedelta(days=1), 1) == last  # does not need it
    for ask in (
        lambda: USUAL.works(date(unknown, 3, 1)),
        lambda: USUAL.add_days(last, 1),
        lambda: USUAL.add_time(datetime.combine(last, time(17, 30), CST), HOUR),
        lambda: USUAL.between(china(f"{unknown}-03-01 08:00"), china(f"{unknown}-03-01 09:00")),
        lambda: USUAL.works(date(LIBRARY[0] - 1, 3, 1)),
    ):
        with pytest.raises(UnknownYear, match="is not known: import the official list"):
            ask()


def days(year: int, *spans: str, worked: tuple[str, ...] = ()) -> dict[date, bool]:
    """An invented list: `02-06..02-12` off, single days worked."""
    listed = {date.fromisoformat(f"{year}-{day}"): True for day in worked}
    for span in spans:
        first, _, last = span.partition("..")
        day, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
        while day <= end:
            listed[day] = False
            day += timedelta(days=1)
    return listed


INVENTED = days(
    2027, "01-01..01-03", "02-05..02-11", "05-01..05-05", "10-01..10-07", worked=("02-13", "10-09")
)


def test_an_imported_list_makes_its_year_known() -> None:
    calendar = WorkCalendar(INVENTED)
    assert calendar.add_days(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert calendar.add_days(date(2027, 2, 4), 2) == date(2027, 2, 13)  # a Saturday that is worked
    assert calendar.add_time(china("2027-09-30 16:00"), 4 * HOUR) == china("2027-10-08 10:00")
    with pytest.raises(UnknownYear, match="2028"):
        calendar.add_days(date(2027, 12, 30), 2)


@pytest.mark.parametrize(
    "listed", [days(2027, "01-01"), days(2027, "01-01..01-03", "02-05..02-11", "05-01..05-05")]
)
def test_a_list_that_lacks_days_off_by_law_makes_no_year_known(listed: dict[date, bool]) -> None:
    with pytest.raises(UnknownYear, match="2027") as refused:
        WorkCalendar(listed).add_days(date(2027, 3, 1), 1)
    assert date(2027, 10, 1) in refused.value.gaps


def test_what_was_imported_goes_before_the_library() -> None:
    calendar = WorkCalendar({date(2019, 2, 2): False, date(2019, 1, 12): True})
    assert not calendar.works(date(2019, 2, 2))
    assert calendar.works(date(2019, 1, 12))
    assert calendar.works(date(2019, 2, 3))
