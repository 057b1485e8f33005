"""Periods out of control run from the last passed check to the next passed one."""

from datetime import UTC, datetime, timedelta

import polars as pl

from bihuan.domain.emissions.quality_control import QUALITY, uncontrolled

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
