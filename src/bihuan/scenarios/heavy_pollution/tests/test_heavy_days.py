"""Heavy pollution ahead: which days of a run become one finding, which do not, and what it says."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.timeaxis import day_start
from bihuan.scenarios.heavy_pollution.checks import heavy_days_ahead
from bihuan.scenarios.heavy_pollution.inputs import DAYS

CITY, OTHER = "city:140300", "city:140400"
Day = tuple[float | None, float | None, float]


def days_of(*days: Day, first: date = date(2019, 2, 26), site: str = CITY, item: str = "aqi") -> pl.DataFrame:
    """Days in a row; of each the chances of levels 5 and 6, and the median AQI."""
    rows = [
        {
            "site": site, "item": item, "date": first + timedelta(days=k), "p5": p5, "p6": p6, "q10": median - 40,
            "q50": median, "q90": median + 60,
        }
        for k, (p5, p6, median) in enumerate(days)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=DAYS)


BAD: Day = (0.4, 0.2, 240.0)
WORST: Day = (0.3, 0.6, 310.0)
FAIR: Day = (0.1, 0.0, 120.0)


def found(*frames: pl.DataFrame, **parameters: Any) -> list[dict[str, Any]]:
    return heavy_days_ahead.run(pl.concat(frames), **parameters).to_dicts()


def test_one_day_is_told_as_one_day_with_its_median_and_its_chance() -> None:
    (row,) = found(days_of(FAIR, BAD, FAIR))
    assert row["title"] == "预计2月27日重度及以上污染，AQI 中位数 240，概率 60%"
    assert (row["start"], row["until"]) == (day_start(date(2019, 2, 27)), day_start(date(2019, 2, 28)))
    assert (row["target_kind"], row["target"]) == ("region", "140300")
    assert (row["magnitude"], row["unit"]) == (240.0, "AQI")


def test_days_in_a_row_are_one_finding_that_names_its_worst_day_and_highest_chance() -> None:
    (row,) = found(days_of(BAD, WORST, BAD))
    assert row["title"] == "预计2月26日至2月28日重度及以上污染，2月27日最重，AQI 中位数 310，概率最高 90%"
    assert row["magnitude"] == 310.0
    assert json.loads(row["evidence"]) == {
        "2月26日": "AQI 200–300, 重度及以上概率 60%",
        "2月27日": "AQI 270–370, 重度及以上概率 90%",
        "2月28日": "AQI 200–300, 重度及以上概率 60%",
    }


def test_a_clean_day_between_parts_them() -> None:
    first, second = found(days_of(BAD, FAIR, BAD))
    assert (first["until"], second["start"]) == (day_start(date(2019, 2, 27)), day_start(date(2019, 2, 28)))


@pytest.mark.parametrize("last", [date(2019, 2, 28), date(2020, 2, 29), date(2019, 12, 31)], ids=str)
def test_the_end_of_a_month_or_year_parts_nothing(last: date) -> None:
    (row,) = found(days_of(BAD, WORST, first=last))
    first = last + timedelta(days=1)
    assert row["until"] - row["start"] == timedelta(days=2)
    assert f"{last.month}月{last.day}日至{first.month}月{first.day}日" in row["title"]


def test_two_cities_are_two_findings_even_where_one_ends_as_the_other_begins() -> None:
    rows = found(days_of(BAD, FAIR), days_of(FAIR, BAD, site=OTHER))
    assert [(r["target"], r["title"][2:7]) for r in rows] == [("140300", "2月26日"), ("140400", "2月27日")]


@pytest.mark.parametrize(("chance", "fires"), [(0.6, True), (0.61, False)])
def test_a_day_counts_from_the_probability_on_that_the_rule_names(chance: float, fires: bool) -> None:
    assert bool(found(days_of((0.35, 0.25, 230.0)), probability=chance)) == fires


@pytest.mark.parametrize(
    "others",
    [
        days_of(WORST, site="S1"),  # a station
        days_of(WORST, item="pm25"),  # a concentration has no levels
        days_of((None, None, 300.0)),
        days_of(),
    ],
    ids=["station", "item", "no chances", "no days"],
)
def test_what_is_no_index_of_a_city_says_nothing(others: pl.DataFrame) -> None:
    assert found(others) == []
