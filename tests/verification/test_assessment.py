"""Hit rates of the daily index by hand."""

import math
from datetime import date
from typing import Any

import polars as pl
import pytest

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.verification import assessment
from bihuan.domain.verification.days import day_damped, day_persistence, measured_long, paired_days
from tests.verification.rows import T0

DAYS = [date(2019, 2, d) for d in (2, 3, 4)]  # issued at midnight of 1 February: 1, 2, 3 days ahead


def _days(**columns: list[Any]) -> pl.DataFrame:
    fixed = {"site": ["c"] * 3, "item": ["aqi"] * 3, "date": DAYS, "issued": [T0] * 3, "model": ["m"] * 3}
    return pl.DataFrame(fixed | columns, schema_overrides={"issued": INSTANT})


def _measured(**columns: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"site": ["c"] * 3, "date": DAYS} | columns)


def test_level_at_the_edges_of_the_standard() -> None:
    aqi = pl.DataFrame({"a": [0.0, 50.4, 51.0, 100.0, 101.0, 200.0, 300.0, 301.0, 500.0]})
    found = aqi.select(assessment.level_at(pl.col("a"))).to_series().to_list()
    assert found == [1, 1, 2, 2, 3, 4, 5, 6, 6]


def test_range_is_a_share_of_the_value_but_at_least_ten() -> None:
    # 100 +- 25 holds 125; 30 +- 10 holds 21 but not 19 (7.5 would not hold 21).
    days = _days(q50=[100.0, 30.0, 30.0])
    found = assessment.range_hits(days, _measured(aqi=[125, 21, 19]))
    assert found["ahead"].to_list() == [1, 2, 3]
    assert found["hit"].to_list() == [1.0, 1.0, 0.0]
    assert assessment.range_hits(days, _measured(aqi=[125, 21, 19]), ["model"])[
        "hit"
    ].item() == pytest.approx(2 / 3)


def test_constants_of_the_assessment_are_settings() -> None:
    days = _days(q50=[100.0, 30.0, 30.0])
    found = assessment.range_hits(days, _measured(aqi=[125, 21, 19]), share=0.1, least=15)
    assert found["hit"].to_list() == [0.0, 1.0, 1.0]


def test_level_range_holds_two_neighbours_at_most() -> None:
    # Day 1: 90..120 = levels 2-3. Day 2: 40..140 = 1..3, cut to 1-2. Day 3: the same with median 130: 2-3.
    days = _days(q25=[90.0, 40.0, 40.0], q50=[100.0, 80.0, 130.0], q75=[120.0, 140.0, 140.0])
    found = assessment.level_range_hits(days, _measured(level=[3, 3, 3]))
    assert found["hit"].to_list() == [1.0, 0.0, 1.0]
    assert found["levels"].to_list() == [2, 2, 2]


def _members(items: list[list[str | None]]) -> pl.DataFrame:
    rows = [
        {"site": "c", "member": k, "date": day, "primary": p, "issued": T0, "model": "m"}
        for day, paths in zip(DAYS, items, strict=True)
        for k, p in enumerate(paths)
    ]
    return pl.DataFrame(rows, schema_overrides={"issued": INSTANT, "primary": pl.String})


def test_primary_item_is_the_one_of_most_paths() -> None:
    members = _members([["PM2.5", "PM2.5", "O3_8h"], ["PM10,PM2.5", "PM10", ""], ["", None, "PM2.5"]])
    measured = _measured(aqi=[80, 90, 60], primary=["PM2.5", "PM2.5,PM10", "PM2.5"])
    # Day 3: two of three paths say that there is none, and there was one.
    assert assessment.primary_hits(members, measured)["hit"].to_list() == [1.0, 1.0, 0.0]


def test_clean_days_have_no_primary_item_to_hit() -> None:
    members = _members([["PM2.5"], ["PM2.5"], ["PM2.5"]])
    measured = _measured(aqi=[50, 51, 49], primary=["", "PM2.5", ""])
    found = assessment.primary_hits(members, measured)
    assert found.select("ahead", "n").rows() == [(2, 1)]


def test_persistence_of_days_is_the_day_before_the_issue() -> None:
    # Issued on 1 February: the last whole day is 31 January.
    measured = pl.DataFrame(
        {
            "site": ["c"] * 3,
            "date": [date(2019, 1, 31), date(2019, 2, 1), date(2019, 2, 2)],
            "aqi": [77, 88, 99],
        }
    )
    long = measured_long(measured, ["aqi"])
    said = day_persistence(_days(mean=[1.0, 1.0, 1.0]), long)
    assert said["mean"].to_list() == [77.0] * 3
    scored = paired_days(said, long)
    assert scored.select("ahead", "mean", "observed").rows() == [(1, 77.0, 99.0)]


def test_damped_days_fade_to_the_mean_of_the_month_before() -> None:
    # 29, 30, 31 January: 40, 60, 80, mean 60, last 80. One day ahead is two days on: 60 + 20 exp(-2).
    measured = pl.DataFrame(
        {"site": ["c"] * 3, "date": [date(2019, 1, d) for d in (29, 30, 31)], "aqi": [40, 60, 80]}
    )
    said = day_damped(_days(mean=[1.0, 1.0, 1.0]), measured_long(measured, ["aqi"])).sort("date")
    assert said["mean"].to_list() == pytest.approx([60 + 20 * math.exp(-k) for k in (2, 3, 4)])
