"""City values: mean of the stations (HJ 663), 75 % of them valid, AQI of the mean."""

from datetime import date

import polars as pl
import pytest

from bihuan.domain.standards import Rules, realtime_index
from bihuan.domain.statistics import city_days, city_hours, published_days
from tests.statistics.made import days_of, hours_of, yangquan

DAY = date(2019, 6, 1)


def four(*values):
    return pl.concat([days_of(DAY, {"pm25": [v]}, site=s) for s, v in zip("abcd", values, strict=True)])


@pytest.mark.parametrize(
    ("values", "expected"), [((10.0, 20.0, 30.0, None), 20.0), ((10.0, 20.0, None, None), None)]
)
def test_three_of_four_stations_make_a_city_value(values, expected):
    city = city_days(four(*values))
    assert city["pm25"].item() == expected
    assert city["valid_pm25"].item() is (expected is not None)


def test_the_share_is_a_choice():
    assert city_days(four(10.0, 20.0, None, None), rules=Rules(city_share=0.5))["pm25"].item() == 15.0


def test_listed_stations_count_even_when_they_send_nothing():
    cities = pl.DataFrame({"site": ["a", "b", "c", "d", "e", "f"], "city": ["x"] * 6})
    assert city_days(four(1.0, 2.0, 3.0, 4.0), cities)["pm25"].item() is None


def test_city_is_rounded_once_from_unrounded_stations():
    # 10.4, 10.4, 10.4, 10.9 -> 10.525 -> 11; from rounded stations (10, 10, 10, 11) it would be 10.
    assert published_days(city_days(four(10.4, 10.4, 10.4, 10.9)))["pm25"].item() == 11.0


def test_index_of_the_mean_not_mean_of_indices():
    # PM2.5 35 and 115 have IAQI 50 and 150; their mean 75 has IAQI 100 (HJ 633-2012 table 1).
    judged = published_days(city_days(four(35.0, 115.0, 35.0, 115.0)))
    assert (judged["aqi"].item(), judged["primary"].item()) == (100, "PM2.5")


def test_several_cities_and_sites_outside():
    cities = pl.DataFrame({"site": ["a", "b", "c"], "city": ["x", "y", "y"]})
    city = city_days(four(10.0, 20.0, 40.0, 99.0), cities)
    assert city.select("site", "pm25").rows() == [("x", 10.0), ("y", 30.0)]


def test_city_hours_feed_the_realtime_index():
    frame = pl.concat([hours_of(DAY, [35.0], site="a"), hours_of(DAY, [115.0], site="b")])
    assert realtime_index(city_hours(frame))["aqi"].to_list() == [100]


def test_a_city_does_not_depend_on_other_cities():
    from bihuan.domain.statistics import daily_values

    days = daily_values(yangquan())
    sites = days["site"].unique().sort()
    cities = pl.DataFrame({"site": sites, "city": ["x", "x", "y", "y", "y"]})
    both = city_days(days, cities)
    alone = city_days(
        days.filter(pl.col("site").is_in(sites[:2].to_list())), cities.filter(pl.col("city") == "x")
    )
    assert both.filter(pl.col("site") == "x").equals(alone)
