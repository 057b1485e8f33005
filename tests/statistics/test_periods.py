"""Months and years: HJ 663 annex A percentiles, GB 3095 table 4 validity, composite index, good days."""

from datetime import date
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.standards import Rules
from bihuan.domain.statistics import both_bases, period_values, span_values
from tests.statistics.made import days_of

YEAR = date(2019, 1, 1)


def month(first=date(2019, 6, 1), standard="auto", rules=None, **values):
    return period_values(days_of(first, values), "month", standard, rules or Rules()).row(0, named=True)


@pytest.mark.parametrize(
    ("first", "length", "known", "valid"),
    [
        (date(2019, 6, 1), 30, 27, True),
        (date(2019, 6, 1), 30, 26, False),
        (date(2019, 2, 1), 28, 25, True),
        (date(2019, 2, 1), 28, 24, False),
    ],
)
def test_days_that_make_a_month(first, length, known, valid):
    got = month(first, pm25=[30.0] * known + [None] * (length - known))
    assert (got["pm25"], got["valid_pm25"], got["n_pm25"]) == (30.0, valid, known)


@pytest.mark.parametrize(
    ("gaps", "valid"),
    [([], True), (range(4), True), (range(5), False), (list(range(0, 360, 8))[:42], False)],
)
def test_days_that_make_a_year(gaps, valid):
    # 324 days, and in each month 27 (February 25): January without 4 days is full, without 5 it is not.
    values = [None if n in gaps else 30.0 for n in range(365)]
    got = period_values(days_of(YEAR, {"pm25": values}), "year").row(0, named=True)
    assert got["valid_pm25"] is valid
    assert got["valid_no2"] is True


def test_a_year_that_has_only_begun_is_not_valid():
    assert period_values(days_of(YEAR, {"pm25": [30.0] * 330}), "year")["valid_pm25"].item() is False


def annex_a(values: list[float], share: Fraction) -> Fraction:
    """HJ 663 annex A: k = 1 + (n - 1) p; X_s + (X_s+1 - X_s)(k - s)."""
    ranked = sorted(Fraction(v) for v in values)
    k = 1 + (len(ranked) - 1) * share
    s = int(k)
    return ranked[s - 1] + (ranked[min(s, len(ranked) - 1)] - ranked[s - 1]) * (k - s)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_percentiles_follow_annex_a(values):
    got = month(o3_8h=[float(v) for v in values])
    assert got["o3_8h_90"] == float(round(annex_a(values, Fraction(9, 10))))
    assert annex_a(values, Fraction(9, 10)) == pytest.approx(np.quantile(values, 0.9))


def test_old_statistics_are_whole_and_new_ones_have_a_decimal():
    values = {"pm25": [30.0, 30.0, 30.5], "co": [0.5, 0.6, 0.8]}
    old, new = month(**values), month(standard="GB3095-2026", **values)
    assert (old["pm25"], old["co_95"]) == (30.0, 0.8)
    assert (new["pm25"], new["co_95"]) == (30.2, 0.78)


def test_means_are_not_rounded_twice_unless_wanted():
    values = {"pm25": [10.4, 10.4, 10.8]}  # mean 10.533; of published days (10, 10, 11): 10.333
    assert month(**values)["pm25"] == 11.0
    assert month(rules=Rules(mean_of="published"), **values)["pm25"] == 10.0


LIMITS = {"pm25": 35.0, "pm10": 70.0, "so2": 60.0, "no2": 40.0, "co": 4.0, "o3_8h": 160.0}


def at_limits(length=30, **changes):
    return {k: [v] * length for k, v in {**LIMITS, **changes}.items()}


def test_composite_of_a_month_at_the_old_limits_is_six():
    got = month(**at_limits())
    assert got["composite"] == 6.0
    assert got["composite_basis"] == "HJ663-2013 sum of six; GB3095-2012 class II limits"


def test_composite_of_the_new_standard_is_weighted():
    # Fact sheet: PM2.5 x3, NO2 x2, O3 x2, others x1, limits PM10 60, PM2.5 30: at the limits 10.
    got = month(date(2026, 6, 1), **at_limits(pm25=30.0, pm10=60.0))
    assert got["composite"] == 10.0
    assert got["composite_basis"].startswith("HJ663-2026 weighted sum")
    assert got["composite_basis"].endswith("GB3095-2026 transition class II limits")


def test_composite_needs_all_six():
    assert month(**at_limits(so2=None))["composite"] is None


def test_top_item_is_the_highest_single_index():
    got = month(**at_limits(o3_8h=200.0))
    assert (got["top_item"], got["index_o3"]) == ("o3", 1.25)


def test_composite_of_published_statistics_when_wanted():
    # PM2.5 mean 35.4 -> 35: index 1 when published values are divided, 1.01 when not.
    exact = month(**at_limits(pm25=35.4))
    bulletin = month(rules=Rules(composite_of="published"), **at_limits(pm25=35.4))
    assert (exact["composite"], bulletin["composite"]) == (6.01, 6.0)


def test_good_and_heavy_days_of_days_with_an_index():
    clean = [10.0] * 5
    got = month(
        pm25=[75.0, 76.0, 151.0, 150.0, None, *clean], pm10=[None if n == 4 else 20.0 for n in range(10)]
    )
    assert (got["valid_days"], got["good_days"], got["heavy_days"], got["good_ratio"]) == (10, 7, 1, 70.0)


def test_good_ratio_leaves_out_days_without_an_index():
    nothing = {k: [1.0, 1.0, None] for k in ("pm25", "pm10", "so2", "no2", "co", "o3_8h")}
    got = month(**nothing)
    assert (got["valid_days"], got["good_days"], got["good_ratio"]) == (2, 2, 100.0)


def test_new_edition_does_not_count_days_whose_index_is_withheld():
    got = month(date(2026, 6, 1), pm25=[10.0, 10.0, 75.0], so2=[5.0, None, None])
    assert (got["valid_days"], got["good_days"]) == (2, 1)


def test_both_bases_side_by_side():
    row = both_bases(days_of(date(2019, 6, 1), at_limits()), "month").row(0, named=True)
    # On the new limits with the old sum: 35/30 + 70/60 + 4 = 6.333; weighted: 3 x 35/30 + 70/60 + 1 + 2 + 1 + 2.
    assert row["composite_2012"] == 6.0
    assert row["composite_2026_limits_2013_sum"] == 6.333
    assert row["composite_2026"] == 10.667


def test_a_day_can_be_good_on_the_old_basis_only():
    # 70 µg/m³ lies between the daily limits 60 (2026) and 75 (2012).
    row = both_bases(days_of(date(2019, 6, 1), {"pm25": [70.0] * 30}), "month").row(0, named=True)
    assert (row["good_days_2012"], row["good_days_2026"]) == (30, 0)


def test_year_to_date_is_a_span():
    days = days_of(YEAR, {"pm25": [10.0] * 31 + [40.0] * 28})
    got = span_values(days, YEAR, date(2019, 1, 31)).row(0, named=True)
    assert (got["pm25"], got["valid_days"], got["start"]) == (10.0, 31, YEAR)


def test_months_stand_in_order_and_by_site():
    days = pl.concat([days_of(date(2019, 6, 1), {"pm25": [10.0] * 40}, site=s) for s in "ba"])
    got = period_values(days, "month").select("site", "start").rows()
    assert got == [(s, date(2019, m, 1)) for s in "ab" for m in (6, 7)]
