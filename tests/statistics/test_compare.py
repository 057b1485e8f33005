"""Ranking with ties, changes, targets, exceedance multiples, dust side by side."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.statistics import (
    change_rate,
    dust_candidates,
    dust_side_by_side,
    exceedance_multiple,
    ranking,
    remaining_allowance,
    same_period_last_year,
    without_dust,
)
from tests.statistics.made import days_of, hours_of


def test_equal_values_share_a_rank_and_the_next_is_skipped():
    table = pl.DataFrame(
        {"site": list("abcd"), "start": [date(2019, 6, 1)] * 4, "composite": [3.1, 2.0, 2.0, None]}
    )
    assert ranking(table).select("site", "rank").rows() == [("b", 1), ("c", 1), ("a", 3), ("d", None)]


def test_ranking_by_good_days_puts_the_most_first():
    table = pl.DataFrame({"site": list("ab"), "start": [date(2019, 6, 1)] * 2, "good_ratio": [50.0, 90.0]})
    assert ranking(table, "good_ratio", descending=True)["site"].to_list() == ["b", "a"]


@pytest.mark.parametrize(("now", "before", "expected"), [(35.0, 40.0, -12.5), (40.0, 0.0, None), (None, 40.0, None), (41.0, 40.0, 2.5)])  # fmt: skip
def test_change_rate(now, before, expected):
    frame = pl.DataFrame({"n": [now], "b": [before]}, {"n": pl.Float64, "b": pl.Float64})
    assert frame.select(change_rate(pl.col("n"), pl.col("b"))).item() == expected


def test_same_period_last_year():
    days = pl.concat([
        days_of(date(2018, 1, 1), {"pm25": [50.0] * 40}),
        days_of(date(2019, 1, 1), {"pm25": [40.0] * 31}),
    ])  # fmt: skip
    got = same_period_last_year(days, date(2019, 1, 1), date(2019, 1, 31)).row(0, named=True)
    assert (got["pm25"], got["pm25_before"], got["pm25_change"]) == (40.0, 50.0, -20.0)
    assert got["good_ratio_change"] == 0.0


def test_what_the_rest_of_the_year_may_be():
    # 300 days at 36, target 35 for 365 days: (35 x 365 - 36 x 300) / 65 = 30.38.
    assert remaining_allowance(35.0, 300, 36.0, 65) == pytest.approx(1975 / 65)
    assert remaining_allowance(35.0, 365, 36.0, 0) is None


@given(st.floats(10, 80), st.integers(1, 364), st.floats(0, 200))
def test_the_allowance_reaches_the_target_exactly(target, so_far, mean):
    rest = remaining_allowance(target, so_far, mean, 365 - so_far)
    assert (mean * so_far + rest * (365 - so_far)) / 365 == pytest.approx(target)


def test_exceedance_multiple():
    frame = pl.DataFrame({"x": [75.0, 76.0, 150.0]})
    assert frame.select(exceedance_multiple(pl.col("x"), 75.0))["x"].to_list() == [None, 0.01, 1.0]


def test_dust_is_removed_from_particles_only_and_both_results_stand():
    days = days_of(date(2019, 5, 1), {"pm10": [100.0, 700.0, 100.0], "pm25": [30.0, 90.0, 30.0]})
    affected = pl.DataFrame({"site": ["a"], "date": [date(2019, 5, 2)]})
    less = without_dust(days, affected)
    assert less["pm10"].to_list() == [100.0, None, 100.0]
    assert less["valid_pm25"].to_list() == [True, False, True]
    assert less["so2"].to_list() == days["so2"].to_list()
    row = dust_side_by_side(days, affected, "month").row(0, named=True)
    assert (row["pm10"], row["pm10_deducted"]) == (300.0, 100.0)
    assert (row["good_days"], row["good_days_deducted"]) == (2, 3)
    assert row["so2"] == row["so2_deducted"]


def test_dust_of_single_hours():
    hours = hours_of(date(2019, 5, 1), [900.0, 80.0], "pm10")
    assert without_dust(hours, hours.head(1).select("site", "start"))["pm10"].to_list() == [None, 80.0]


def test_a_dust_episode_is_suggested_with_its_end():
    # Rule: >= 2 x the mean of the six hours before and > 150; over when back within 10 % of that mean.
    frame = hours_of(date(2019, 5, 1), [80.0] * 6 + [160.0, 900.0, 400.0, 88.0, 85.0, 80.0], "pm10")
    row = dust_candidates(frame).row(0, named=True)
    assert (row["hours"], row["highest"], row["before"]) == (3, 900.0, 80.0)
    assert row["first"] == frame["start"][6]
    assert row["last"] == frame["start"][8]


def test_a_slow_rise_or_a_low_one_is_no_dust():
    slow = [80.0 * 1.1**n for n in range(20)]
    assert dust_candidates(hours_of(date(2019, 5, 1), slow, "pm10")).is_empty()
    assert dust_candidates(hours_of(date(2019, 5, 1), [40.0] * 6 + [150.0] * 3, "pm10")).is_empty()
    assert dust_candidates(hours_of(date(2019, 5, 1), [], "pm10")).is_empty()


def test_a_gap_within_the_six_hours_is_time_not_rows():
    frame = hours_of(date(2019, 5, 1), [80.0] * 6 + [80.0] * 6 + [400.0], "pm10")
    gone = frame.filter(~pl.col("start").is_in([frame["start"][11] - timedelta(hours=h) for h in range(4)]))
    assert dust_candidates(gone).is_empty()  # only two of the six hours before are known
