"""Calendar periods; the expected days are those of the calendar."""

from datetime import date, timedelta

import pytest

from bihuan.scenarios.river_chiefs.periods import TITLES, before, period_of


@pytest.mark.parametrize(
    ("kind", "day", "label", "start", "last"),
    [
        ("year", date(2019, 12, 31), "2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("half", date(2019, 7, 1), "2019-H2", date(2019, 7, 1), date(2019, 12, 31)),
        ("quarter", date(2020, 2, 29), "2020-Q1", date(2020, 1, 1), date(2020, 3, 31)),
        ("month", date(2019, 12, 5), "2019-12", date(2019, 12, 1), date(2019, 12, 31)),
        ("ten_days", date(2019, 2, 10), "2019-02-上旬", date(2019, 2, 1), date(2019, 2, 10)),
        ("ten_days", date(2019, 2, 28), "2019-02-下旬", date(2019, 2, 21), date(2019, 2, 28)),
        ("ten_days", date(2019, 12, 31), "2019-12-下旬", date(2019, 12, 21), date(2019, 12, 31)),
        ("week", date(2019, 12, 31), "2020-W01", date(2019, 12, 30), date(2020, 1, 5)),  # ISO 8601
        ("week", date(2019, 3, 3), "2019-W09", date(2019, 2, 25), date(2019, 3, 3)),
    ],
)
def test_a_day_lies_in_one_period(kind: str, day: date, label: str, start: date, last: date) -> None:
    found = period_of(kind, day)
    assert (found.label, found.start, found.last) == (label, start, last)


@pytest.mark.parametrize("kind", TITLES)
def test_periods_follow_each_other_without_a_gap(kind: str) -> None:
    for n in range(800):
        found = period_of(kind, date(2019, 1, 1) + timedelta(days=n))
        assert period_of(kind, found.start) == found == period_of(kind, found.last)
        assert before(found).until == found.start
