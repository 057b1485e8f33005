from datetime import date

import polars as pl
import pytest

from bihuan.domain.emissions.compliance import over_days, over_hours, ultra_low_shares
from tests.emissions.stacks import RULES, at, change, hours, invalid, limit, outlets


def test_the_converted_mean_is_judged_and_the_limit_itself_is_no_exceedance():
    frame = change(change(hours(3), 1, 2, so2=34.0, so2_zs=35.0), 2, 3, so2=30.0, so2_zs=42.0)
    over = over_hours(frame, outlets(), limit(35))
    assert over.select("site", "item", "start", "value", "limit").rows() == [("A", "so2", at(0, 2), 42, 35)]
    assert over["times"].item() == pytest.approx(1.2)
    # Without reference oxygen the measured mean is judged.
    plain = over_hours(frame, outlets(ref_o2=None), limit(33))
    assert plain["value"].to_list() == [34]


def test_only_valid_unmarked_hours_are_judged():
    frame = hours(4, so2_zs=100.0)
    frame = change(invalid(frame, 0, 1, "D"), 1, 2, mark="停炉")
    frame = change(frame, 2, 3, so2_zs=None)
    assert over_hours(frame, outlets(), limit(35))["start"].to_list() == [at(0, 3)]


def test_the_limit_of_the_local_day_counts_when_it_changes_in_mid_month():
    limits = pl.concat([limit(50, until=date(2024, 6, 15)), limit(35, date(2024, 6, 15))])
    frame = hours(48, since=at(13), so2_zs=40.0)  # 14 and 15 June
    over = over_hours(frame, outlets(), limits)
    assert over["start"].to_list() == [at(14, h) for h in range(24)]
    assert over["limit"].unique().to_list() == [35]
    assert over_hours(frame, outlets(), limit(35, date(2024, 7, 1))).is_empty()
    assert over_hours(frame, outlets(), limit(35, until=date(2024, 6, 14))).is_empty()


def test_of_two_limits_in_force_the_stricter_counts_and_ultra_low_is_another_thing():
    frame = hours(1, so2_zs=40.0)
    assert over_hours(frame, outlets(), pl.concat([limit(50), limit(38)]))["limit"].to_list() == [38]
    assert over_hours(frame, outlets(), pl.concat([limit(50), limit(35, ultra_low=True)])).is_empty()
    assert over_hours(frame, outlets(), limit(35, period="day")).is_empty()


def test_day_over_its_limit():
    limits = pl.concat([limit(9.9, period="day"), limit(100)])
    frame = hours(24)  # 10 mg/m³ converted
    assert over_days(frame, outlets(), limits, RULES).select("date", "value").rows() == [
        (date(2024, 6, 1), 10)
    ]
    assert over_days(invalid(frame, 0, 4, "D"), outlets(), limits, RULES).height == 1
    assert over_days(invalid(frame, 0, 5, "D"), outlets(), limits, RULES).is_empty()
    assert over_days(invalid(frame, 0, 5, "F"), outlets(), limits, RULES).is_empty()
    # Marked hours are not in the mean: without them the day is at its limit.
    limits = limit(10, period="day")
    marked = change(hours(24), 0, 4, so2_zs=500.0, mark="启炉")
    assert over_days(marked, outlets(), limits, RULES).is_empty()
    assert over_days(change(marked, 0, 4, mark=None), outlets(), limits, RULES).height == 1


def test_ultra_low_share_leaves_start_and_stop_out():
    own = limit(10, ultra_low=True)
    # 100 hours: 94 at the limit, 6 over it, of which 2 in a start and 1 invalid: 97 judged.
    frame = change(hours(100), 0, 6, so2_zs=10.1)
    frame = invalid(change(frame, 0, 2, mark="启炉"), 5, 6, "D")
    row = ultra_low_shares(frame, outlets(), own, RULES).row(0, named=True)
    assert (row["month"], row["item"], row["judged"], row["within"]) == (date(2024, 6, 1), "so2", 97, 94)
    assert row["share"] == pytest.approx(94 / 97)
    assert row["met"]
    unmarked = ultra_low_shares(change(frame, 0, 2, mark=None), outlets(), own, RULES)
    assert unmarked.select("judged", "within", "met").rows() == [(99, 94, False)]  # 94.9 %
    edge = change(hours(100), 0, 5, so2_zs=10.1)
    assert ultra_low_shares(edge, outlets(), own, RULES)["met"].to_list() == [True]  # 95 of 100


def test_ultra_low_share_is_of_each_month():
    frame = change(hours(48, since=at(29)), 24, 48, so2_zs=20.0)
    shares = ultra_low_shares(frame, outlets(), limit(10, ultra_low=True), RULES)
    assert shares.select("month", "share").rows() == [(date(2024, 6, 1), 1.0), (date(2024, 7, 1), 0.0)]
