"""Days, months and limits of a sewage outlet, worked by hand."""

from datetime import date, timedelta

import polars as pl
import pytest

from bihuan.domain.sewage.compliance import over_days, over_hours, ph_outside
from bihuan.domain.sewage.days import days, months
from tests.sewage.outlets import RULES, at, change, hours, invalid, limit, still

DAY = timedelta(days=1)


def one(frame: pl.DataFrame) -> dict[str, object]:
    """The only day of some hours."""
    return days(frame, RULES).row(0, named=True)


def test_the_daily_mean_is_weighted_with_the_flow() -> None:
    # 12 h of 20 mg/L at 100 m³/h and 12 h of 60 mg/L at 300 m³/h: (24,000 + 216,000) / 4,800 = 50, not 40.
    row = one(change(hours(24), 12, 24, cod=60.0, water_flow=300.0, volume=300.0))
    assert row["cod"] == pytest.approx(50.0)
    assert (row["volume"], row["cod_hours"], row["valid_cod"]) == (4800.0, 24, True)


@pytest.mark.parametrize(("lost", "valid"), [(6, True), (7, False)])
def test_a_day_needs_three_quarters_of_its_hours(lost: int, valid: bool) -> None:
    row = one(invalid(hours(24), 0, lost, "cod"))
    assert (row["cod_hours"], row["cod_due"], row["valid_cod"]) == (24 - lost, 24, valid)


@pytest.mark.parametrize(("lost", "valid"), [(2, True), (3, False)])
def test_hours_without_discharge_are_not_due(lost: int, valid: bool) -> None:
    # 16 h without discharge leave 8 h due, of which 6 are exactly 75 %.
    row = one(invalid(still(hours(24), 0, 16), 16, 16 + lost, "cod"))
    assert (row["cod_due"], row["cod_hours"], row["valid_cod"]) == (8, 8 - lost, valid)
    assert row["cod"] == pytest.approx(20.0)


def test_hours_that_never_came_are_due() -> None:
    assert (one(hours(18))["valid_cod"], one(hours(17))["valid_cod"]) == (True, False)


def test_an_hour_without_a_valid_flow_has_no_weight() -> None:
    frame = change(invalid(hours(24), 0, 7, "water_flow"), 0, 7, cod=500.0)
    row = one(frame)
    assert (row["cod"], row["cod_hours"], row["valid_cod"]) == (pytest.approx(20.0), 17, False)


def test_a_day_without_any_discharge_is_not_valid_and_has_no_mean() -> None:
    row = one(still(hours(24), 0, 24))
    assert (row["cod"], row["cod_due"], row["valid_cod"], row["volume"]) == (None, 0, False, 0.0)


def test_ph_is_a_plain_mean_with_its_ends() -> None:
    row = one(change(hours(24), 0, 6, ph=9.0, water_flow=900.0))
    assert (row["ph"], row["ph_min"], row["ph_max"]) == (pytest.approx(7.5), 7.0, 9.0)


def test_a_month_needs_three_quarters_of_its_days_with_discharge() -> None:
    # 30 days: 10 without discharge; of the 20 due 5 are lost: exactly 75 %.
    whole = still(hours(30 * 24), 0, 240)

    def month(lost: int) -> dict[str, object]:
        return months(days(invalid(whole, 240, 240 + 24 * lost, "cod"), RULES), RULES).row(0, named=True)

    assert (month(5)["cod_days"], month(5)["cod_due"], month(5)["valid_cod"]) == (15, 20, True)
    assert not month(6)["valid_cod"]


def test_a_month_is_weighted_with_the_volume_of_its_days() -> None:
    # Day 1: 20 mg/L, 2,400 m³; day 2: 50 mg/L, 7,200 m³: (48,000 + 360,000) / 9,600 = 42.5
    frame = change(hours(48), 24, 48, cod=50.0, water_flow=300.0, volume=300.0)
    assert months(days(frame, RULES), RULES).row(0, named=True)["cod"] == pytest.approx(42.5)


def test_only_days_are_over_and_at_the_limit_is_within() -> None:
    frame = hours(24, cod=40.0)
    assert over_days(frame, limit(40.0), RULES).is_empty()
    (row,) = over_days(hours(24, cod=44.0), limit(40.0), RULES).to_dicts()
    assert (row["date"], row["value"], row["times"]) == (
        date(2024, 6, 1),
        pytest.approx(44.0),
        pytest.approx(1.1),
    )
    # One hour of 300 in a day of 20: the hour is noticed, the day is (23 x 20 + 300) / 24 = 31.7 and within.
    peak = change(hours(24), 5, 6, cod=300.0)
    assert over_days(peak, limit(40.0), RULES).is_empty()
    assert over_hours(peak, limit(40.0))["start"].to_list() == [at(0, 5)]


def test_a_limit_counts_from_its_date() -> None:
    later = limit(10.0, valid_from=date(2024, 6, 2))
    found = over_days(hours(48), later, RULES)
    assert found["date"].to_list() == [date(2024, 6, 2)]


def test_marked_hours_are_due_and_no_evidence() -> None:
    marked = change(hours(24, cod=44.0), 0, 7, mark="事故")
    assert over_days(marked, limit(40.0), RULES).is_empty()  # 17 of 24
    assert over_days(change(hours(24, cod=44.0), 0, 6, mark="事故"), limit(40.0), RULES).height == 1


def test_ph_has_two_ends() -> None:
    frame = change(change(hours(24), 3, 4, ph=9.1), 7, 8, ph=5.9)
    assert ph_outside(frame, limit(9.0, "ph", low=6.0))["start"].to_list() == [at(0, 3), at(0, 7)]
    assert ph_outside(change(hours(24), 3, 4, ph=9.0), limit(9.0, "ph", low=6.0)).is_empty()
