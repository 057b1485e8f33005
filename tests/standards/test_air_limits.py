"""Limits and editions. Numbers: GB 3095-2012 tables 1-2 with the 2018 amendment; GB 3095-2026 (both stages)."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.standards import (
    NoStandard,
    advice_of,
    annual_percentiles,
    edition_on,
    editions,
    level_of,
    limit,
    minimum,
    spans,
    weights,
)
from bihuan.domain.standards.tables import rows


@pytest.mark.parametrize(
    ("item", "period", "on", "class_", "expected"),
    [
        ("pm25", "year", date(2019, 6, 1), 2, 35),
        ("pm25", "year", date(2026, 2, 28), 2, 35),
        ("pm25", "year", date(2026, 3, 1), 2, 30),
        ("pm25", "year", date(2030, 12, 31), 2, 30),
        ("pm25", "year", date(2031, 1, 1), 2, 25),
        ("pm25", "day", date(2026, 3, 1), 2, 60),
        ("pm25", "day", date(2031, 1, 1), 1, 25),
        ("pm10", "day", date(2026, 3, 1), 2, 120),
        ("pm10", "year", date(2031, 1, 1), 2, 50),
        ("so2", "day", date(2031, 1, 1), 2, 50),
        ("no2", "day", date(2031, 1, 1), 2, 50),
        ("co", "day", date(2019, 1, 1), 2, 4),
        ("o3", "8h", date(2026, 3, 1), 2, 160),
        ("o3", "8h", date(2026, 3, 1), 1, 100),
        ("tsp", "day", date(2019, 1, 1), 1, 120),
        ("bap", "day", date(2019, 1, 1), 2, 0.0025),
    ],
)
def test_limit_by_date_of_the_data(item, period, on, class_, expected):
    assert limit(item, period, on=on, class_=class_).value == expected


def test_a_named_standard_overrides_the_date():
    assert limit("pm25", "year", on=date(2019, 1, 1), standard="GB3095-2026").value == 30
    assert limit("pm25", "year", on=date(2032, 1, 1), standard="GB3095-2012").value == 35
    assert edition_on(date(2032, 1, 1), "HJ633-2026").name == "GB3095-2026-final"


def test_unknown_names_say_what_is_known():
    with pytest.raises(NoStandard, match="HJ633-2012"):
        editions("HJ633-1999")
    with pytest.raises(NoStandard, match="no limit of class 2 for co, year"):
        limit("co", "year", on=date(2019, 1, 1))


@pytest.mark.parametrize(
    "name",
    ["limits", "breakpoints", "beyond", "editions", "weights", "validity", "annual", "levels", "advice"],
)
def test_every_row_of_law_names_its_source_and_mark(name):
    assert all(r["source"] and r["mark"] in ("S", "S1", "K", "K?") for r in rows(name))


@given(
    st.dates(date(2010, 1, 1), date(2040, 1, 1)),
    st.integers(0, 8000),
    st.sampled_from(["auto", "GB3095-2012", "GB3095-2026"]),
)
def test_spans_cover_every_day_once_and_agree_with_the_single_date(first, days, standard):
    last = first + timedelta(days=days)
    parts = spans(first, last, standard)
    assert parts[0][1] == first
    assert parts[-1][2] == last
    assert all(b[1] - a[2] == timedelta(days=1) for a, b in itertools.pairwise(parts))
    for edition, a, b in parts:
        assert edition_on(a, standard) == edition == edition_on(b, standard)


def test_validity_weights_percentiles_levels():
    # GB 3095 table 4; HJ 663-2026 weights; HJ 663 table 1; HJ 633 table 2.
    assert [minimum(r) for r in ("hours_of_day", "hours_of_8h", "windows_of_day", "days_of_month")] == [
        20,
        6,
        14,
        27,
    ]
    assert (minimum("days_of_february"), minimum("days_of_year")) == (25, 324)
    assert weights("HJ663-2026") == {"pm25": 3, "pm10": 1, "so2": 1, "no2": 2, "co": 1, "o3": 2}
    assert set(weights("HJ663-2013").values()) == {1}
    assert annual_percentiles() == {"so2": 98, "no2": 98, "pm10": 95, "pm25": 95, "co": 95, "o3": 90}
    assert [level_of(a).level for a in (0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500)] == [
        1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6,
    ]  # fmt: skip
    assert level_of(201).category == "重度污染"
    assert level_of(201).hex == "99004C"


@pytest.mark.parametrize(
    ("level", "advice"),
    [
        # HJ 633-2012 table 2, last column.
        (1, "各类人群可正常活动"),
        (2, "极少数异常敏感人群应减少户外活动"),
        (3, "儿童、老年人及心脏病、呼吸系统疾病患者应减少长时间、高强度的户外锻炼"),
        (4, "儿童、老年人及心脏病、呼吸系统疾病患者避免长时间、高强度的户外锻炼，一般人群适量减少户外运动"),
        (5, "儿童、老年人和心脏病、肺病患者应停留在室内，停止户外运动，一般人群减少户外运动"),
        (6, "儿童、老年人和病人应当留在室内，避免体力消耗，一般人群应避免户外活动"),
    ],
)
def test_advice_of_each_level(level: int, advice: str) -> None:
    assert advice_of(level).advice == advice
