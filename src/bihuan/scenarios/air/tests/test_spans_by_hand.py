"""Which days an evaluation is about, how far a target is, and which numbers a calendar shows: counted by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.errors import BihuanError
from bihuan.registry.models import Region, Target
from bihuan.scenarios.air.evaluation import target as targets
from bihuan.scenarios.air.evaluation.spans import Span, month_end, span_of
from tests.statistics.made import days_of

CITY = "city:140300"
TODAY = date(2019, 2, 25)


def read(given_: dict[str, str], today: date = TODAY) -> tuple[date, date]:
    span = span_of(given_, today)
    return span.first, span.last


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, "2019-02-01", "2019-02-24"),
        ({"month": "2019-02"}, "2019-02-01", "2019-02-24"),
        ({"month": "2019-01"}, "2019-01-01", "2019-01-31"),
        ({"month": "2016-02"}, "2016-02-01", "2016-02-29"),
        ({"year": "2019"}, "2019-01-01", "2019-02-24"),
        ({"year": "2018"}, "2018-01-01", "2018-12-31"),
        ({"year": "2016"}, "2016-01-01", "2016-12-31"),  # 366 days are the longest
        ({"from": "2019-02-03", "to": "2019-02-03"}, "2019-02-03", "2019-02-03"),
        ({"from": "2018-12-30", "to": "2019-01-02"}, "2018-12-30", "2019-01-02"),
        ({"from": "2019-02-20", "to": "2019-03-20"}, "2019-02-20", "2019-02-24"),
        ({"month": "2019-03"}, "2019-03-01", "2019-03-01"),  # still to come: its first day, without data
        ({"month": "", "year": "", "from": "", "to": ""}, "2019-02-01", "2019-02-24"),
    ],
)
def test_a_span_is_read_as_the_page_asks_for_it(asked: dict[str, str], first: str, last: str) -> None:
    assert read(asked) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2019, 3, 1), "2019-02-01", "2019-02-28"),  # on the first, the month that has just ended
        (date(2019, 3, 2), "2019-03-01", "2019-03-01"),
        (date(2019, 1, 1), "2018-12-01", "2018-12-31"),
    ],
)
def test_the_month_shown_first_is_that_of_yesterday(today: date, first: str, last: str) -> None:
    assert read({}, today) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "2019-02-20"}, "to "), ({"to": "2019-02-20"}, "from "), ({"month": "2019-2"}, "month "),
        ({"month": "201902"}, "month"), ({"year": "19"}, "year "), ({"year": "2019a"}, "year "),
        ({"from": "2019-02-30", "to": "2019-03-01"}, "from "), ({"from": "20.2.2019", "to": "x"}, "from "),
        ({"from": "2018-01-01", "to": "2019-01-02"}, "366 天"), ({"from": "2019-02-02", "to": "2019-02-01"}, "对调"),
        ({"year": "0001"}, "1901"), ({"year": "9999"}, "2199"), ({"month": "1900-01"}, "1901"), ({"year": "2200"}, "2199"),
    ],
)  # fmt: skip
def test_what_is_no_span_gets_a_sentence_that_says_how_to_write_it(asked: dict[str, str], said: str) -> None:
    with pytest.raises(BihuanError, match=said):
        span_of(asked, TODAY)


@pytest.mark.parametrize(
    ("asked", "month", "year", "needed"),
    [
        ({"month": "2019-01"}, "2019-01", None, 27),
        ({"month": "2019-02"}, "2019-02", None, 25),
        ({"month": "2016-02"}, "2016-02", None, 25),
        ({"year": "2018"}, "", 2018, 324),
        ({"from": "2019-01-01", "to": "2019-01-31"}, "2019-01", None, 27),
        ({"from": "2018-01-01", "to": "2018-12-31"}, "", 2018, 324),
        ({"from": "2019-01-01", "to": "2019-01-30"}, "", None, None),
        ({"from": "2019-01-02", "to": "2019-01-31"}, "", None, None),
        ({"from": "2018-12-01", "to": "2019-01-31"}, "", None, None),
    ],
)
def test_a_month_and_a_year_are_known_however_they_are_asked_for(
    asked: dict[str, str], month: str, year: int | None, needed: int | None
) -> None:
    """GB 3095-2012, table 4: 27 daily means of a month (25 in February), 324 of a year."""
    span = span_of(asked, TODAY)
    assert (span.month, span.year, span.needed) == (month, year, needed)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 365), st.dates(date(1990, 1, 1), date(2090, 1, 1)))  # fmt: skip
def test_no_span_reaches_into_today(first: date, length: int, today: date) -> None:
    last = first + timedelta(days=length)
    span = span_of({"from": str(first), "to": str(last)}, today)
    assert span.first == first
    assert span.first <= span.last <= span.asked_last == last
    assert span.last < today or span.last == first
    assert span.open == (span.last < last)


@pytest.mark.parametrize(("day", "end"), [("2019-02-10", 28), ("2020-02-10", 29), ("2100-02-01", 28), ("2019-12-31", 31)])  # fmt: skip
def test_months_end_on_their_last_day(day: str, end: int) -> None:
    assert month_end(date.fromisoformat(day)).day == end


def goal(item: str, value: float) -> Target:
    return Target(region=Region(code="140300", name="阳泉市"), year=2019, item=item, value=value)


def progress(item: str, value: float, pm25: list[float | None], last: date) -> dict[str, object]:
    days = days_of(date(2019, 1, 1), {"pm25": pm25}, CITY)
    return targets.progress(goal(item, value), days, last)


def test_what_the_rest_of_the_year_may_be_by_hand() -> None:
    """100 days at 60 of a target of 50: (50 x 365 - 100 x 60) / 265 = 46.2264."""
    found = progress("pm25", 50, [60.0] * 100, date(2019, 4, 10))
    assert (found["days"], found["so_far"], found["left"]) == (100, 60.0, 265)
    assert found["allowed"] == pytest.approx(46.2264, abs=1e-4)
    assert found["reachable"] is True


@pytest.mark.parametrize(("so_far", "reachable"), [(400.0, False), (100.0, True)])
def test_a_target_is_out_of_reach_when_clean_air_alone_would_not_do(so_far: float, reachable: bool) -> None:
    """180 days at 400 make 72000, more than 50 x 365 = 18250; at 100 they make 18000, just less."""
    found = progress("pm25", 50, [so_far] * 180, date(2019, 6, 29))
    assert found["reachable"] is reachable


@pytest.mark.parametrize(("mean", "reachable"), [(49.9, True), (50.0, True), (50.1, False)])
def test_on_the_last_day_the_year_itself_decides(mean: float, reachable: bool) -> None:
    found = progress("pm25", 50, [mean] * 365, date(2019, 12, 31))
    assert (found["left"], found["reachable"]) == (0, reachable)


def test_days_after_the_day_asked_for_do_not_count() -> None:
    found = progress("pm25", 50, [*[60.0] * 10, *[500.0] * 10], date(2019, 1, 10))
    assert (found["days"], found["so_far"]) == (10, 60.0)


@pytest.mark.parametrize("item", ["pm25", "good_ratio", "heavy_days"])
def test_of_a_city_that_never_measures_an_item_no_day_is_called_good(item: str) -> None:
    """Its other items are clean on all ten days; the table beside it says nothing either."""
    found = progress(item, 50, [None] * 10, date(2019, 1, 10))
    assert (found["days"], found["so_far"], found["allowed"], found["reachable"]) == (0, None, None, None)


@pytest.mark.parametrize("item", ["pm25", "good_ratio", "heavy_days"])
def test_without_data_nothing_is_said_of_a_target(item: str) -> None:
    found = progress(item, 50, [60.0] * 10, date(2018, 12, 31))
    assert (found["days"], found["so_far"], found["allowed"], found["reachable"]) == (0, None, None, None)


def full(pm25: list[float]) -> dict[str, list[float | None]]:
    """Days with all six items, of which PM2.5 alone decides the index."""
    n = len(pm25)
    return {"pm25": [*pm25], "pm10": [20.0] * n, "so2": [5.0] * n, "no2": [10.0] * n, "co": [0.3] * n, "o3_8h": [20.0] * n}  # fmt: skip


def counted(item: str, value: float, pm25: list[float]) -> dict[str, object]:
    days = days_of(date(2019, 1, 1), full(pm25), CITY)
    return targets.progress(goal(item, value), days, date(2019, 1, 1) + timedelta(days=len(pm25) - 1))


@pytest.mark.parametrize(("had", "most", "spare", "reachable"), [(2, 5, 3, True), (5, 5, 0, True), (6, 5, 0, False), (0, 0, 0, True)])  # fmt: skip
def test_heavy_days_are_those_above_200(had: int, most: float, spare: int, reachable: bool) -> None:
    """PM2.5 of 151 µg/m³ is an index of 201, of 150 one of 200 (HJ 633-2012)."""
    found = counted("heavy_days", most, [151.0] * had + [150.0] * 4 + [20.0] * 20)
    assert (found["so_far"], found["allowed"], found["reachable"]) == (had, spare, reachable)


def test_good_days_that_are_still_needed_by_hand() -> None:
    """40 days, 30 of them good; 80 % of 365 are 292; 262 of the 325 to come."""
    found = counted("good_ratio", 80, [75.0] * 30 + [76.0] * 10)
    assert (found["days"], found["so_far"], found["left"]) == (40, 75.0, 325)
    assert (found["allowed"], found["reachable"]) == (262, True)


def test_a_ratio_that_more_days_cannot_mend_is_out_of_reach() -> None:
    found = counted("good_ratio", 90, [200.0] * 50)
    assert (found["allowed"], found["reachable"]) == (329, False)


def test_a_span_says_whether_it_runs() -> None:
    assert Span(TODAY, TODAY, TODAY + timedelta(days=1)).open
    assert not Span(TODAY, TODAY, TODAY).open
