"""Each check: an episode that must fire, and a near miss that must not. Faults are put into made or real air."""

import json

import numpy as np
import polars as pl
import pytest

from bihuan.domain import quality
from bihuan.domain.checks import FINDINGS
from bihuan.domain.outages import OUTAGES
from bihuan.domain.timeaxis import HOUR
from tests.quality.air import QUIET, SITES, flat, places, put, values_of, window

A = SITES[0]
ALL = (
    quality.beyond_range,
    quality.stuck,
    quality.spike,
    quality.pm_inversion,
    quality.neighbour_deviation,
    quality.site_gap,
    quality.network_gap,
    quality.sudden_drop,
    quality.cut_off,
)


def found(table: pl.DataFrame) -> list[tuple[str, str, int, int]]:
    """(target, item, first hour of the frame, number of hours)."""
    rows = table.iter_rows(named=True)
    return [
        (r["target"], r["item"], (r["start"] - QUIET) // HOUR, (r["until"] - r["start"]) // HOUR)
        for r in rows
    ]


@pytest.mark.parametrize("check", ALL, ids=lambda c: c.__name__)
def test_empty_and_even_air_give_the_table_of_findings_without_rows(check):
    alone = places().filter(pl.col("site") == A)
    for hours, sites in ((flat(), places()), (flat().clear(), places()), (flat(sites=(A,)), alone)):
        table = check(hours, sites)
        assert dict(table.schema) == FINDINGS
        assert table.height == 0


def test_range_reports_what_no_instrument_shows():
    hours = put(flat(), A, "co", 5, [90.0, 90.0])
    table = quality.beyond_range(hours, places())
    assert found(table) == [(A, "co", 5, 2)]
    assert json.loads(table["evidence"][0])["最极端"] == 90.0


def test_range_leaves_real_dust_alone():
    # The highest real PM10 hour of the 2019 data set is 4985 µg/m³ (its README).
    assert quality.beyond_range(put(flat(), A, "pm10", 5, [4985.0]), places()).height == 0


def test_range_allows_the_noise_of_zero():
    assert quality.beyond_range(put(flat(), A, "so2", 5, [-2.0]), places()).height == 0
    assert found(quality.beyond_range(put(flat(), A, "so2", 5, [-9.0]), places())) == [(A, "so2", 5, 1)]


def test_four_equal_hours_of_lively_air_are_stuck():
    hours = put(flat(), A, "pm10", 10, [132.0] * 4)
    table = quality.stuck(hours, places())
    assert found(table) == [(A, "pm10", 10, 4)]
    assert table["title"][0].startswith("PM10 连续 4 小时未变（132 µg/m³）")


def test_three_equal_hours_are_not_stuck():
    assert quality.stuck(put(flat(), A, "pm10", 10, [132.0] * 3), places()).height == 0


def test_equal_hours_at_the_detection_limit_are_not_stuck():
    assert quality.stuck(put(flat(), A, "so2", 10, [3.0] * 20), places()).height == 0


def test_of_thousands_of_series_none_is_stuck_because_one_of_so_many_must_stand_still():
    """Whole numbers around 60 with a tenth of equal neighbours: runs of six are rare in one series, not in four thousand."""
    number, hours_each = 4000, 72
    values = np.random.default_rng(8).integers(56, 66, number * hours_each).astype(float)
    values[40:50] = 60.0  # one series that really stands still for ten hours
    city = pl.DataFrame(
        {
            "site": np.repeat([f"T{n:04}" for n in range(number)], hours_each),
            "start": [QUIET + n * HOUR for n in range(hours_each)] * number,
            "pm10": values,
        }
    )
    table = quality.stuck(city, places())
    assert "T0000" in table["target"].to_list()
    assert table.height <= 5  # 15 where each series is judged as if it were the only one


def test_equal_hours_of_a_coarsely_rounded_item_are_not_stuck():
    steady = [1.2, 1.2, 1.2, 1.3, 1.3, 1.3] * 12
    assert (
        quality.stuck(put(flat(), A, "co", 0, [*steady[:30], *[1.2] * 5, *steady[35:]]), places()).height == 0
    )


def test_a_single_hour_apart_is_a_spike():
    table = quality.spike(put(flat(), A, "pm25", 20, [600.0]), places())
    assert found(table) == [(A, "pm25", 20, 1)]
    assert table["magnitude"][0] > 400


def test_a_rise_that_stays_is_no_spike():
    assert quality.spike(put(flat(), A, "pm25", 20, [600.0] * 10), places()).height == 0


def test_a_rise_that_all_neighbours_share_is_no_spike():
    hours = flat()
    for site in SITES:
        hours = put(hours, site, "pm10", 20, [900.0])
    assert quality.spike(hours, places()).height == 0


def test_pm25_above_pm10_for_two_hours_is_an_inversion():
    assert found(quality.pm_inversion(put(flat(), A, "pm25", 8, [190.0, 200.0]), places())) == [
        (A, "pm25", 8, 2)
    ]


def test_a_good_hour_between_does_not_split_an_inversion():
    hours = put(put(flat(), A, "pm25", 8, [190.0, 200.0]), A, "pm25", 11, [190.0])
    assert found(quality.pm_inversion(hours, places())) == [(A, "pm25", 8, 4)]


def test_an_inversion_within_the_instruments_error_is_none():
    hours = put(put(flat(), A, "pm10", 8, [95.0, 95.0]), A, "pm25", 8, [104.0, 105.0])
    assert quality.pm_inversion(hours, places()).height == 0


def test_one_item_that_leaves_the_neighbours_for_three_hours_deviates():
    assert found(quality.neighbour_deviation(put(flat(), A, "so2", 30, [160.0] * 3), places())) == [
        (A, "so2", 30, 3)
    ]


def test_two_hours_apart_are_not_a_deviation():
    assert quality.neighbour_deviation(put(flat(), A, "so2", 30, [160.0] * 2), places()).height == 0


def test_several_items_together_are_local_pollution_not_an_instrument():
    hours = put(put(flat(), A, "so2", 30, [160.0] * 4), A, "no2", 30, [190.0] * 4)
    assert quality.neighbour_deviation(hours, places()).height == 0


def test_a_site_that_always_differs_is_taken_as_it_is():
    hours = flat()
    high = [2 * v for v in values_of(hours, A, "no2")]
    assert quality.neighbour_deviation(put(hours, A, "no2", 0, list(high)), places()).height == 0


def _without(hours: pl.DataFrame, sites: tuple[str, ...], first: int, count: int) -> pl.DataFrame:
    gone = pl.col("site").is_in(sites) & pl.col("start").is_between(
        QUIET + first * HOUR, QUIET + (first + count) * HOUR, closed="left"
    )
    return hours.filter(~gone)


def test_a_silent_site_among_others_is_its_own_gap():
    hours = _without(flat(), (A,), 12, 3)
    assert found(quality.site_gap(hours, places())) == [(A, "", 12, 3)]
    assert quality.network_gap(hours, places()).height == 0


def test_two_missing_hours_and_the_hour_on_its_way_are_no_gap():
    assert quality.site_gap(_without(flat(), (A,), 12, 2), places()).height == 0
    assert quality.site_gap(_without(flat(), (A,), 71, 1), places(), least_hours=1).height == 0


def test_all_sites_silent_at_once_is_the_publishers_gap():
    hours = _without(flat(), SITES, 12, 3)
    table = quality.network_gap(hours, places())
    assert quality.site_gap(hours, places()).height == 0
    assert found(table) == [("140300", "", 12, 3)]
    assert table["target_kind"][0] == "region"
    assert "发布方" in table["title"][0]


def test_one_blank_item_is_a_gap_of_the_item_unless_the_site_never_has_it():
    assert found(quality.site_gap(put(flat(), A, "pm10", 20, [None] * 9), places())) == [(A, "pm10", 20, 9)]
    assert quality.site_gap(put(flat(), A, "pm10", 0, [None] * 72), places()).height == 0


def test_a_local_fall_while_the_neighbours_stay_is_suspicious():
    table = quality.sudden_drop(put(flat(), A, "pm10", 40, [50.0] * 5), places())
    assert found(table) == [(A, "pm10", 40, 5)]


def test_a_fall_that_the_neighbours_share_is_weather():
    hours = flat()
    for site in SITES:
        hours = put(hours, site, "pm10", 40, [50.0] * 5)
    assert quality.sudden_drop(hours, places()).height == 0


def test_a_hot_spot_that_returns_to_the_neighbours_is_no_interference():
    usual = values_of(flat(), A, "pm10")
    assert (
        quality.sudden_drop(put(flat(), A, "pm10", 30, [v * 3 for v in usual[30:40]]), places()).height == 0
    )


def test_values_piled_up_under_a_limit_while_the_neighbours_exceed_it_are_cut_off():
    cut = [min(v, 74.0 + i % 2) for i, v in enumerate(values_of(flat(), A, "pm25"))]
    table = quality.cut_off(put(flat(), A, "pm25", 0, list(cut)), places())
    assert [(r["target"], r["item"]) for r in table.iter_rows(named=True)] == [(A, "pm25")]
    assert json.loads(table["evidence"][0])["上限"] == 75.0


def test_the_same_maximum_again_and_again_is_cut_off():
    cut = [min(v, 41.0) for v in values_of(flat(no2=60.0), A, "no2")]
    table = quality.cut_off(put(flat(), A, "no2", 0, list(cut)), places())
    assert json.loads(table["evidence"][0])["形态"] == "同一最大值反复出现"


def test_values_under_a_limit_with_neighbours_under_it_are_just_clean():
    assert quality.cut_off(flat(pm25=62.0), places()).height == 0


@pytest.mark.parametrize("site", SITES)
def test_faults_put_into_real_air_are_found(site):
    real, near = window(), places()
    base = values_of(real, site, "pm25")
    assert (site, "pm25", 30, 6) in found(quality.stuck(put(real, site, "pm25", 30, [157.0] * 6), near))
    assert (site, "pm25", 30, 1) in found(quality.spike(put(real, site, "pm25", 30, [base[30] + 700]), near))
    assert quality.beyond_range(put(real, site, "o3", 30, [1500.0]), near).height == 1
    high = max(range(30, 60), key=lambda i: min(base[i - 3 : i + 4]))
    fallen = put(real, site, "pm25", high, [v * 0.2 for v in base[high : high + 4]])
    assert any(r[:2] == (site, "pm25") for r in found(quality.sudden_drop(fallen, near)))
    cut = put(real, site, "pm25", 0, [min(v, 75.0) for v in base])
    assert any(r[:2] == (site, "pm25") for r in found(quality.cut_off(cut, near)))


def test_hours_that_ended_while_the_centre_itself_was_down_are_nobodys_gap():
    """Hours 12 to 14 end at 13:00 to 15:00 of the frame; the centre was down from 12:30 to 15:10."""
    since, until = QUIET + 12.5 * HOUR, QUIET + 15.2 * HOUR
    ours = pl.DataFrame([(since, until)], schema=OUTAGES, orient="row")
    alone, all_of_them = _without(flat(), (A,), 12, 3), _without(flat(), SITES, 12, 3)
    assert quality.site_gap(alone, places(), ours).height == 0
    assert quality.network_gap(all_of_them, places(), ours).height == 0
    assert found(quality.site_gap(_without(flat(), (A,), 12, 7), places(), ours)) == [(A, "", 15, 4)]
