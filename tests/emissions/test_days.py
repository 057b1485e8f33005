from datetime import date

import polars as pl
import pytest

from bihuan.domain.emissions.days import DAYS, MONTHS, capture_rates, days, months
from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.outlets.tables import MARKS, empty
from tests.emissions.stacks import RULES, at, change, hours, invalid


def day(frame: pl.DataFrame, **parameters: bool) -> dict[str, object]:
    made = days(frame, RULES, **parameters)
    assert made.schema == DAYS
    return made.row(0, named=True)


@pytest.mark.parametrize(("valid", "is_valid"), [(19, False), (20, True)])
def test_20_valid_hours_make_a_day(valid, is_valid):
    one = day(invalid(hours(24), valid, 24, "D"))
    assert (one["so2_hours"], one["valid_so2"]) == (valid, is_valid)
    # Hours that are not there count no more than invalid ones.
    assert day(hours(valid))["valid_so2"] == is_valid


def test_the_local_day_begins_at_16_utc():
    made = days(pl.concat([hours(1, since=at(0, 23)), hours(1, since=at(1, 0))]), RULES)
    assert made["date"].to_list() == [date(2024, 6, 1), date(2024, 6, 2)]


def test_the_mean_is_of_valid_hours():
    frame = change(invalid(hours(24), 22, 24, "D"), 22, 24, so2=900.0, so2_zs=900.0)
    frame = change(frame, 0, 11, so2=20.0, so2_zs=30.0)
    one = day(frame)
    assert one["so2"] == pytest.approx(14)  # (11 x 20 + 11 x 8) / 22
    assert one["so2_zs"] == pytest.approx(20)  # (11 x 30 + 11 x 10) / 22


def test_the_amount_of_a_day_is_the_sum_of_hours_not_mean_times_24():
    # 22 valid hours of 2 kg: 44 kg. Mean x 24 would be 48; mean concentration x mean flow x 24 h as well.
    assert day(invalid(hours(24), 22, 24, "D"))["so2_kg"] == pytest.approx(44)
    # One great hour counts once: 23 x 2 + 50.
    assert day(change(hours(24), 3, 4, so2_kg=50.0))["so2_kg"] == pytest.approx(96)
    assert day(invalid(hours(24), 0, 24, "D"))["so2_kg"] is None


def test_hours_of_a_stop_are_not_demanded():
    # 10 hours ran: 6 of them valid, 4 may lack, as on any day.
    frame = invalid(invalid(hours(24), 0, 14, "F"), 14, 18, "D")
    one = day(frame)
    assert (one["so2_hours"], one["so2_stopped"], one["valid_so2"]) == (6, 14, True)
    assert not day(frame, stops_excused=False)["valid_so2"]
    assert not day(invalid(frame, 18, 19, "D"))["valid_so2"]
    assert not day(invalid(hours(24), 0, 24, "F"))["valid_so2"]


def month_of(valid_days: int, month: int, year: int = 2024) -> dict[str, object]:
    made = months(days(hours(24 * valid_days, since=at(0, month=month, year=year)), RULES), RULES)
    assert made.schema == MONTHS
    return made.row(0, named=True)


@pytest.mark.parametrize(
    ("month", "valid_days", "is_valid"), [(6, 24, False), (6, 25, True), (2, 22, False), (2, 23, True)]
)
def test_25_valid_days_make_a_month_23_in_february(month, valid_days, is_valid):
    one = month_of(valid_days, month)
    assert (one["so2_days"], one["valid_so2"]) == (valid_days, is_valid)


def test_a_month_is_the_mean_of_valid_days_and_the_sum_of_all():
    bad = invalid(hours(24, since=at(1), so2=900.0, so2_kg=1.0), 0, 12, "D")
    made = months(
        days(pl.concat([hours(24, since=at(0), so2=8.0), bad, hours(24, since=at(2), so2=12.0)]), RULES),
        RULES,
    )
    one = made.row(0, named=True)
    assert one["month"] == date(2024, 6, 1)
    assert one["so2"] == pytest.approx(10)  # not the bad day's 900
    assert one["so2_days"] == 2
    assert one["so2_kg"] == pytest.approx(48 + 12 + 48)


def test_days_of_a_stop_are_not_demanded():
    frame = pl.concat([hours(24 * 20), invalid(hours(24 * 5, since=at(20)), 0, 120, "F")])
    assert months(days(frame, RULES), RULES)["valid_so2"].item()
    assert not months(days(frame, RULES), RULES, stops_excused=False)["valid_so2"].item()
    assert not months(days(frame.head(24 * 24), RULES), RULES)["valid_so2"].item()


def test_capture_rate_of_the_quarter():
    # 8 days from 27 June: 4 in each quarter. Second quarter: 96 h, 24 of stop, 54 of 72 valid: 75 %.
    frame = hours(192, since=at(26))
    frame = invalid(invalid(frame, 0, 24, "F"), 24, 42, "D")
    rates = capture_rates(frame, RULES, until=at(34)).filter(pl.col("item") == "so2")
    assert rates.select("quarter", "valid", "ran", "rate", "enough").rows() == [
        (date(2024, 4, 1), 54, 72, 0.75, True),
        (date(2024, 7, 1), 96, 96, 1.0, True),
    ]
    worse = capture_rates(invalid(frame, 42, 43, "M"), RULES, until=at(30)).filter(pl.col("item") == "so2")
    assert worse.select("valid", "ran", "enough").rows() == [(53, 72, False)]


def test_hours_that_never_came_lower_the_capture_rate():
    full = whole_hours(hours(75), ["A"], empty(MARKS), since=at(0), until=at(0, 100))
    assert capture_rates(full, RULES, until=at(0, 100))["rate"].to_list() == [0.75] * 3
    idle = invalid(hours(24), 0, 24, "F")
    assert capture_rates(idle, RULES, until=at(1))["rate"].to_list() == [None] * 3
