"""Warning levels on paths made by hand. Thresholds: the national rules of 2018 and 2024 (环大气〔2024〕6号)."""

import re
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.control import warning
from bihuan.domain.control.warning import Settings

OLD, NEW = date(2019, 1, 10), date(2024, 12, 1)


def paths(
    first: date, *members: list[int], primary: str = "PM2.5", step: timedelta = timedelta(days=1)
) -> pl.DataFrame:
    rows = [
        {"member": m, "date": first + k * step, "aqi": aqi, "primary": primary}
        for m, days in enumerate(members)
        for k, aqi in enumerate(days)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("first", "days", "level"),
    [
        (OLD, [210, 190, 210], "none"),  # two single days are not 48 h
        (OLD, [210, 205], "yellow"),
        (OLD, [201, 201, 201], "orange"),
        (OLD, [210, 210, 210, 210], "orange"),  # 96 h, but never above 300
        (OLD, [310, 310, 210, 210], "red"),
        (OLD, [310, 210, 210, 310], "orange"),  # above 300, but not for 48 h in a row
        (OLD, [100, 500], "red"),
        (OLD, [200, 200, 200], "none"),  # "above" is not "at"
        (NEW, [201], "yellow"),
        (NEW, [151, 151], "yellow"),
        (NEW, [151, 100, 151], "none"),
        (NEW, [151, 151, 151], "orange"),
        (NEW, [201, 201], "orange"),
        (NEW, [201, 301, 201], "red"),
        (NEW, [201, 201, 100, 301], "orange"),  # the day above 300 is not within the 72 h
        (NEW, [500], "yellow"),
    ],
)
def test_level_of_one_path(first: date, days: list[int], level: str) -> None:
    assert warning.evaluate(paths(first, days)).exactly[level] == 1.0


def test_probabilities_come_from_whole_paths_not_from_single_days() -> None:
    # Each day is above 200 in half of the members, but never in the same member twice.
    outlook = warning.evaluate(paths(OLD, [210, 100, 210, 100], [100, 210, 100, 210]))
    assert outlook.days["p200"].to_list() == [0.5, 0.5, 0.5, 0.5]
    assert outlook.exactly["none"] == 1.0
    assert outlook.suggested is None
    assert outlook.sentence.startswith("未达预警条件")


def test_suggested_is_the_highest_level_that_is_likely_enough() -> None:
    members = [[210, 210, 210], [210, 210, 210], [210, 210, 100], [100, 100, 100]]
    outlook = warning.evaluate(paths(OLD, *members))
    assert outlook.at_least == {"yellow": 0.75, "orange": 0.5, "red": 0.0}
    assert outlook.suggested == "orange"
    strict = warning.evaluate(paths(OLD, *members), Settings(suggest_at=0.6))
    assert strict.suggested == "yellow"
    assert "黄色预警（达到该级及以上的概率75%" in strict.sentence


def test_ozone_and_dust_start_no_coloured_warning() -> None:
    assert warning.evaluate(paths(NEW, [250, 250], primary="O3_8h")).suggested is None
    dusty = paths(NEW, [250, 250], primary="PM10").with_columns(pm25=pl.lit(60.0), pm10=pl.lit(400.0))
    assert warning.evaluate(dusty).suggested is None
    smoke = dusty.with_columns(pm25=pl.lit(200.0))
    assert warning.evaluate(smoke).suggested == "orange"


def test_moving_24_hour_means_as_a_setting() -> None:
    hourly = Settings(step_hours=1)
    # 48 h above 200 = the 24 h means of 25 hours in a row.
    assert warning.evaluate(_hourly(24), hourly).exactly["none"] == 1.0
    assert warning.evaluate(_hourly(25), hourly).exactly["yellow"] == 1.0


def _hourly(above: int) -> pl.DataFrame:
    rows = [{"member": 0, "hour": k, "aqi": 210 if k < above else 100, "primary": "PM2.5"} for k in range(60)]
    start = pl.datetime(2019, 1, 10) + pl.duration(hours="hour")
    return pl.DataFrame(rows).select("member", start.alias("date"), "aqi", "primary")


def test_rule_by_date_and_by_name() -> None:
    assert warning.rule_on(date(2023, 12, 31)).name == "2018"
    assert warning.rule_on(date(2024, 1, 1)).name == "2024"
    assert warning.evaluate(paths(OLD, [201]), Settings(rule="2024")).suggested == "yellow"
    with pytest.raises(LookupError, match="2018-01-01"):
        warning.rule_on(date(2015, 1, 1))


def test_release_needs_more_than_36_hours_below_the_start_level() -> None:
    on = OLD
    calm = paths(on, [230, 150, 120], [230, 190, 210], [230, 100, 100])
    assert warning.may_release(calm, "yellow", on=on, measured_below=True) == (True, pytest.approx(2 / 3))
    assert warning.may_release(calm, "yellow", on=on, measured_below=False)[0] is False
    short = paths(on, [230, 150])
    assert warning.may_release(short, "yellow", on=on, measured_below=True) == (False, 0.0)


def test_the_worst_day_is_the_highest_of_the_whole_span() -> None:
    # The first day is likelier above 200 (3 of 3), the second has the higher median (246).
    outlook = warning.evaluate(paths(OLD, [239, 190, 100], [239, 246, 100], [239, 250, 100]))
    assert "1月11日最重：日AQI中位数246，超过200的概率67%，超过150的概率100%" in outlook.sentence


def test_days_that_ozone_drives_are_told_from_those_of_particles() -> None:
    outlook = warning.evaluate(paths(OLD, [250, 250], primary="O3_8h"))
    assert "超过200的概率100%，超过150的概率100%（其中颗粒物主导的0%和0%）" in outlook.sentence


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 500)] * 3), min_size=1, max_size=5),
    st.sampled_from(["PM2.5", "PM10", "O3_8h", "NO2"]),
)
def test_the_sentence_never_says_less_than_the_table_of_days(
    members: list[tuple[int, ...]], primary: str
) -> None:
    said = warning.evaluate(paths(OLD, *map(list, members), primary=primary)).sentence
    found = re.search(r"1月(\d+)日最重：日AQI中位数(\d+)，超过200的概率(\d+)%，超过150的概率(\d+)%", said)
    assert found is not None
    by_day = [sorted(day) for day in zip(*members, strict=True)]
    medians = [f"{np.median(day):.0f}" for day in by_day]
    shown = by_day[int(found[1]) - OLD.day]
    assert found[2] == max(medians, key=int) == f"{np.median(shown):.0f}"
    assert found[3] == f"{100 * sum(a > 200 for a in shown) / len(shown):.0f}"
    assert found[4] == f"{100 * sum(a > 150 for a in shown) / len(shown):.0f}"


def test_no_paths_is_said() -> None:
    with pytest.raises(ValueError, match="issue a forecast"):
        warning.evaluate(paths(OLD, [1]).clear())
