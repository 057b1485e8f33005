"""Daily values: GB 3095 table 4 (20 hours), HJ 663 6.1.2 (ozone), rounding of GB/T 8170."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.statistics import axis, daily_values, maximum_8h, published_days
from tests.statistics.made import hours_of, yangquan

DAY = date(2019, 6, 1)


def test_twenty_hours_make_a_day_and_nineteen_do_not():
    twenty = daily_values(hours_of(DAY, [50.0] * 20 + [None] * 4)).row(0, named=True)
    nineteen = daily_values(hours_of(DAY, [50.0] * 19 + [None] * 5)).row(0, named=True)
    assert (twenty["pm25"], twenty["n_pm25"], twenty["valid_pm25"]) == (50.0, 20, True)
    assert (nineteen["pm25"], nineteen["n_pm25"], nineteen["valid_pm25"]) == (None, 19, False)


def test_the_day_runs_from_label_one_to_label_twentyfour():
    frame = pl.concat([hours_of(DAY, [10.0] * 24), hours_of(DAY + timedelta(days=1), [90.0] * 24)])
    days = daily_values(frame)
    assert days.select("date", "pm25").rows() == [(DAY, 10.0), (DAY + timedelta(days=1), 90.0)]


def test_absent_rows_negative_and_non_finite_values_are_missing():
    values = [float("nan"), -3.0, float("inf"), None] + [10.0] * 20
    row = daily_values(hours_of(DAY, values)).row(0, named=True)
    assert (row["pm25"], row["n_pm25"]) == (10.0, 20)
    for gone in ([float("nan")], [-3.0], [float("inf")]):
        ozone = daily_values(hours_of(DAY, gone + [10.0] * 23, "o3")).row(0, named=True)
        assert (ozone["o3_8h"], ozone["o3_1h"], ozone["n_o3_8h"]) == (10.0, 10.0, 17)
    assert daily_values(hours_of(DAY, [1.0] * 24).head(19))["valid_pm25"].item() is False


def test_an_hour_that_stands_twice_counts_once_and_the_last_wins():
    frame = hours_of(DAY, [10.0] * 24)
    again = frame.head(1).with_columns(pm25=pl.lit(34.0))
    row = daily_values(pl.concat([frame, again])).row(0, named=True)
    assert (row["pm25"], row["n_pm25"]) == (11.0, 24)


def brute_maximum(values: list[float | None]) -> tuple[float | None, int]:
    """The text of HJ 663 in plain Python."""
    means = []
    for end in range(8, 25):
        window = [v for v in values[end - 8 : end] if v is not None]
        if len(window) >= 6:
            means.append(sum(window) / len(window))
    return (max(means) if means else None), len(means)


@settings(max_examples=150)
@given(st.lists(st.one_of(st.none(), st.integers(0, 400).map(float)), min_size=24, max_size=24))
def test_ozone_maximum_follows_the_text(values):
    got = maximum_8h(hours_of(DAY, values, "o3")).row(0, named=True)
    best, windows = brute_maximum(values)
    assert got["n_o3_8h"] == windows
    assert got["o3_8h"] == (pytest.approx(best) if best is not None else None)
    assert got["valid_o3_8h"] == (windows >= 14 or (best is not None and round(best) > 160))


@pytest.mark.parametrize(
    ("level", "gone", "windows", "valid"),
    [
        (100.0, 5, 14, True),  # hours 20..24 missing: windows ending 08..21 have six hours
        (100.0, 6, 13, False),
        (161.0, 6, 13, True),  # fewer than 14, but already above the class II limit
        (160.0, 6, 13, False),  # equal to the limit is no exceedance
        (160.4, 6, 13, False),  # is published as 160
        (300.0, 24, 0, False),
    ],
)
def test_fourteen_windows_or_an_exceedance(level, gone, windows, valid):
    row = maximum_8h(hours_of(DAY, [level] * (24 - gone) + [None] * gone, "o3")).row(0, named=True)
    assert (row["n_o3_8h"], row["valid_o3_8h"]) == (windows, valid)


def test_ozone_of_the_evening_before_does_not_count():
    frame = pl.concat(
        [hours_of(DAY, [300.0] * 24, "o3"), hours_of(DAY + timedelta(days=1), [10.0] * 24, "o3")]
    )
    assert maximum_8h(frame)["o3_8h"].to_list() == [300.0, 10.0]


@pytest.mark.parametrize(("values", "expected"), [([74.0, 75.0] * 12, 74.0), ([75.0, 76.0] * 12, 76.0)])
def test_published_day_rounds_halves_to_even(values, expected):
    assert published_days(daily_values(hours_of(DAY, values)))["pm25"].item() == expected


def test_published_co_has_one_decimal():
    days = daily_values(hours_of(DAY, [0.2, 0.3] * 12, "co"))
    assert published_days(days)["co"].item() == 0.2  # 0.25


def test_daily_index_by_edition():
    frame = pl.concat(
        [hours_of(day, [75.0] * 24).with_columns(pl.lit(20.0).alias(i) for i in ("pm10", "so2", "no2", "o3")).with_columns(co=pl.lit(0.5))
         for day in (date(2026, 2, 28), date(2026, 3, 1))]
    )  # fmt: skip
    judged = published_days(daily_values(frame))
    assert judged["aqi"].to_list() == [100, 114]
    assert judged["primary"].to_list() == ["PM2.5", "PM2.5"]
    assert judged["exceeding"].to_list() == ["", "PM2.5"]


def test_any_order_and_any_set_of_whole_sites_give_the_same():
    frame = yangquan()
    whole = daily_values(frame).sort("site", "date")
    mixed = daily_values(frame.sample(fraction=1.0, shuffle=True, seed=7)).sort("site", "date")
    assert whole.equals(mixed)
    two = frame.filter(pl.col("site").is_in(["1738A", "1743A"]))
    assert (
        daily_values(two).sort("site", "date").equals(whole.filter(pl.col("site").is_in(["1738A", "1743A"])))
    )
    assert daily_values(frame.lazy()).equals(daily_values(frame))


def test_real_days_against_plain_grouping():
    frame = yangquan().with_columns(date=(pl.col("time") - pl.duration(hours=1)).dt.date())
    plain = (
        frame.group_by("site", "date")
        .agg(pl.col("pm25").mean(), n=pl.col("pm25").count())
        .sort("site", "date")
    )
    got = daily_values(frame).sort("site", "date")
    assert got["n_pm25"].to_list() == plain["n"].to_list()
    assert got["valid_pm25"].to_list() == [n >= 20 for n in plain["n"]]
    valid = got["valid_pm25"]
    assert got["pm25"].is_null().to_list() == (~valid).to_list()
    assert (got.filter(valid)["pm25"] - plain.filter(valid)["pm25"]).abs().max() < 1e-9


def test_an_empty_table_gives_an_empty_table():
    days = daily_values(yangquan().clear())
    assert days.height == 0
    assert published_days(days).height == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 25, 51, 60, 100]))
def test_pieces_of_any_length_give_what_the_whole_gives(seed, piece):
    """Days with gaps of three sites, cut wherever a piece ends."""
    frame = yangquan().filter(pl.col("site").is_in(["1738A", "1743A", "1741A"])).sort("site", "start")
    some = frame.head(400).sample(fraction=0.8, seed=seed).sort("site", "start")
    whole = daily_values(some)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(axis, "PIECE", piece)
        assert daily_values(some).equals(whole)


def test_minutes_of_an_hour_count_once():
    """Sixty rows an hour are no hours: of each hour the last row counts."""
    minutes = hours_of(DAY, [10.0] * 24).select("site", "start", pm25=pl.lit(1.0))
    rows = pl.concat(
        minutes.with_columns(pl.col("start") + pl.duration(minutes=m), pm25=pl.lit(float(m)))
        for m in range(0, 60, 10)
    ).sort("start")
    day = daily_values(rows).row(0, named=True)
    assert (day["n_pm25"], day["pm25"]) == (24, 50.0)
