"""What HJ 75 asks is rows with dates; who makes hours, days, months and amounts is handed those of the date."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import polars as pl
import pytest

from bihuan.domain.emissions.days import capture_rates, days, months
from bihuan.domain.emissions.hours import hours as hours_of
from bihuan.domain.emissions.rules import RULES as TABLE
from bihuan.domain.emissions.rules import rules_on
from bihuan.domain.emissions.substitution import amounts
from bihuan.domain.outlets.dated import NoRule, table
from bihuan.domain.outlets.tables import MARKS, UNCONTROLLED, empty
from tests.emissions.stacks import RULES, at, hours, invalid, minutes, outlets


def test_the_figures_of_hj_75_2017() -> None:
    assert asdict(RULES) == {
        "valid_hour": 45, "valid_day": 20, "valid_month": 25, "valid_february": 23, "valid_quarter": 0.75,
        "good_capture": 0.9, "short_gap": 24, "window_short": 180, "window_long": 720, "window_poor": 2160, "ultra_low": 0.95,
    }  # fmt: skip


def test_every_row_says_from_when_by_what_and_how_sure() -> None:
    rows = table(TABLE)
    assert rows.filter(pl.col("valid_from").is_null() | pl.col("basis").is_null() | ~pl.col("mark").is_in(["K", "K?"])).is_empty()  # fmt: skip


def test_no_figure_is_in_force_twice_and_none_is_missing_in_between() -> None:
    for (key,), rows in table(TABLE).sort("valid_from").group_by("key"):
        ends = rows["valid_until"].to_list()
        assert rows["valid_from"].to_list()[1:] == ends[:-1], key
        assert ends[-1] is None, key


def test_before_there_was_a_standard_there_is_no_rule() -> None:
    assert rules_on(date(2007, 8, 1)).valid_hour == 45
    with pytest.raises(NoRule, match=r"rules.csv of emissions has no .*valid_hour.* in force on 2007-07-31"):
        rules_on(date(2007, 7, 31))


def test_an_hour_is_valid_by_the_minutes_that_the_rules_ask() -> None:
    half = minutes(30)
    none = empty(MARKS)
    assert not hours_of(half, outlets(), none, RULES)["valid_so2"].item()
    assert hours_of(half, outlets(), none, replace(RULES, valid_hour=30))["valid_so2"].item()


def test_a_day_and_a_month_are_valid_by_what_the_rules_ask() -> None:
    frame = invalid(hours(24), 0, 5, "D")  # 19 valid hours
    assert not days(frame, RULES)["valid_so2"].item()
    looser = replace(RULES, valid_day=19, valid_month=1)
    assert days(frame, looser)["valid_so2"].item()
    assert months(days(frame, looser), looser)["valid_so2"].item()
    assert not months(days(frame, looser), replace(looser, valid_month=2))["valid_so2"].item()


def test_february_has_a_number_of_its_own() -> None:
    frame = hours(24 * 20, since=at(0, month=2))
    short = replace(RULES, valid_february=20)
    assert not months(days(frame, RULES), RULES)["valid_so2"].item()
    assert months(days(frame, short), short)["valid_so2"].item()
    june = hours(24 * 20)
    assert not months(days(june, short), short)["valid_so2"].item()


@pytest.mark.parametrize(("valid_quarter", "enough"), [(0.75, False), (0.5, True)])
def test_a_quarter_has_enough_by_the_share_that_the_rules_ask(valid_quarter: float, enough: bool) -> None:
    frame = invalid(hours(100), 0, 40, "D")
    rates = capture_rates(frame, replace(RULES, valid_quarter=valid_quarter), until=at(0, 100))
    assert rates["enough"].to_list() == [enough] * 3


def test_a_substitute_looks_back_as_far_as_the_rules_say() -> None:
    """An hour of 9 kg lies 12 hours before the gap: within 20 hours, and not within 10."""
    frame = hours(60).with_columns(so2_kg=pl.when(pl.col("start") == at(0, 18)).then(9.0).otherwise("so2_kg"))
    frame = invalid(frame, 30, 31, "D")
    rates = pl.DataFrame({"site": ["A"], "quarter": [date(2024, 4, 1)], "item": ["so2"], "rate": [0.95]})

    def put(window: float) -> tuple[float, str]:
        rules = replace(RULES, window_short=window)
        made = amounts(frame, rates, empty(MARKS), empty(UNCONTROLLED), rules)
        row = made.filter(pl.col("start") == at(0, 30)).select("so2_kg", "so2_kg_basis").row(0)
        return float(row[0]), str(row[1])

    assert put(20) == (9.0, "substituted:20")
    usual = frame.filter(pl.col("start") == at(0) + timedelta(hours=1))["so2_kg"].item()
    assert put(10) == (usual, "substituted:10")
