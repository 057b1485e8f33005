"""Periods out of control run from the last passed check to the next passed one."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from bihuan.domain.emissions.compliance import over_days, over_hours, ultra_low_shares
from bihuan.domain.emissions.days import capture_rates, days
from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.domain.outlets.quality_control import QUALITY, controlled, uncontrolled
from bihuan.domain.outlets.tables import UNCONTROLLED
from tests.emissions.stacks import RULES, at, hours, invalid, limit, outlets

DAY = timedelta(days=1)
FIRST = datetime(2024, 3, 1, 1, tzinfo=UTC)
NOW = FIRST + 30 * DAY


def checks(*rows: tuple[str, str, int, bool]) -> pl.DataFrame:
    made = [(site, item, FIRST + n * DAY, passed) for site, item, n, passed in rows]
    return pl.DataFrame(made, schema=QUALITY, orient="row")


def periods(*rows: tuple[str, str, int, bool]) -> list[tuple[str, str, float, float]]:
    found = uncontrolled(checks(*rows), NOW)
    return [(s, i, (a - FIRST) / DAY, (b - FIRST) / DAY) for s, i, a, b in found.iter_rows()]


def test_from_the_last_passed_check_to_the_next_passed_one() -> None:
    said = [("A", "so2", 0, True), ("A", "so2", 7, True), ("A", "so2", 14, False), ("A", "so2", 15, True)]
    assert periods(*said) == [("A", "so2", 7, 15)]


def test_two_failed_checks_in_a_row_are_one_period() -> None:
    said = [("A", "so2", 7, True), ("A", "so2", 14, False), ("A", "so2", 15, False), ("A", "so2", 20, True)]
    assert periods(*said) == [("A", "so2", 7, 20)]


def test_a_period_that_goes_on_ends_now_and_what_comes_later_is_not_known() -> None:
    assert periods(("A", "nox", 7, True), ("A", "nox", 14, False), ("A", "nox", 40, True)) == [
        ("A", "nox", 7, 30)
    ]


def test_without_a_passed_check_before_it_begins_with_the_failed_one() -> None:
    assert periods(("A", "nox", 14, False), ("A", "nox", 16, True)) == [("A", "nox", 14, 16)]


def test_outlets_and_items_do_not_mix() -> None:
    said = [("A", "so2", 0, True), ("A", "nox", 3, False), ("B", "so2", 5, False), ("A", "so2", 9, True)]
    assert periods(*said) == [("A", "nox", 3, 30), ("B", "so2", 5, 30)]


def test_none() -> None:
    assert periods() == []
    assert periods(("A", "so2", 0, True)) == []


def lost(first: float, until: float, item: str = "so2", site: str = "A") -> pl.DataFrame:
    return pl.DataFrame([(site, item, at(0, first), at(0, until))], schema=UNCONTROLLED, orient="row")


def test_hours_that_a_period_touches_are_invalid_and_have_no_amount_of_that_pollutant_only():
    made = controlled(invalid(hours(6), 4, 5, "D"), lost(1.5, 4.5), POLLUTANTS)
    assert made["valid_so2"].to_list() == [True, False, False, False, False, True]
    assert made["so2_flag"].to_list() == ["N", "Q", "Q", "Q", "D", "N"]
    assert made["so2_kg"].to_list() == [2, None, None, None, None, 2]
    assert made["so2_zs"].to_list() == [10] * 6  # still there to be looked at
    assert made["nox_flag"].to_list() == ["N", "N", "N", "N", "D", "N"]
    for other in (lost(1.5, 4.5, site="B"), pl.DataFrame(schema=UNCONTROLLED)):
        assert controlled(hours(6), other, POLLUTANTS).equals(hours(6))


def test_they_leave_the_judgement_of_hours_days_share_and_capture():
    """24 hours at 40 with limit 35; out of control from 00:00 to 05:00: 19 hours are left, no valid day."""
    frame = hours(24, so2_zs=40.0)
    made = controlled(frame, lost(0, 5), POLLUTANTS)
    assert over_hours(frame, outlets(), limit(35)).height == 24
    assert over_hours(made, outlets(), limit(35)).height == 19
    daily = limit(35, period="day")
    assert over_days(frame, outlets(), daily, RULES).height == 1
    assert over_days(made, outlets(), daily, RULES).is_empty()
    assert over_days(controlled(frame, lost(0, 4), POLLUTANTS), outlets(), daily, RULES).height == 1
    assert days(made, RULES).select("so2_hours", "valid_so2").row(0) == (19, False)
    # 19 of 24; what is out of control still ran.
    rate = capture_rates(made, RULES, until=at(1)).filter(pl.col("item") == "so2")
    assert rate.select("valid", "ran").row(0) == (19, 24)
    assert rate["rate"].item() == pytest.approx(19 / 24)


def test_a_bad_night_out_of_control_does_not_count_in_the_ultra_low_share():
    """100 hours, the first 10 over: 90 %. Six of those out of control: 90 of 94 = 95.7 %."""
    frame = pl.concat([hours(10, so2_zs=20.0), hours(90, since=at(0, 10))])
    own = limit(10, ultra_low=True)
    assert ultra_low_shares(frame, outlets(), own, RULES).select("judged", "within", "met").row(0) == (
        100,
        90,
        False,
    )
    made = ultra_low_shares(controlled(frame, lost(0, 6), POLLUTANTS), outlets(), own, RULES)
    assert made.select("judged", "within", "met").row(0) == (94, 90, True)
