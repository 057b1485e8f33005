"""What a chart is given: an unbroken axis, gaps that stay gaps, and the limits of the day."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from bihuan.kit import air, charts

NOW = datetime(2019, 2, 24, 16, 0, tzinfo=UTC)


def hours(values: dict[int, float | None]) -> pl.DataFrame:
    rows = {"start": [NOW + timedelta(hours=h) for h in values], "pm25": list(values.values())}
    return pl.DataFrame(rows, schema={"start": pl.Datetime("us", "UTC"), "pm25": pl.Float64})


def test_a_missing_hour_is_a_gap_in_the_line_and_not_a_bridge() -> None:
    frame = air.full_axis(hours({0: 10.0, 3: 40.0}), NOW, NOW + timedelta(hours=4))
    line = charts.observed(frame, "pm25", "实测")
    assert line["data"] == [10.0, None, None, 40.0]
    assert [t % 3_600_000 for t in line["times"]] == [0] * 4
    assert line["times"][0] == int((NOW + timedelta(hours=1)).timestamp() * 1000)  # by the end of the hour


def test_hours_outside_the_axis_are_not_shown() -> None:
    frame = air.full_axis(hours({-1: 1.0, 0: 2.0, 2: 3.0}), NOW, NOW + timedelta(hours=2))
    assert frame["pm25"].to_list() == [2.0, None]


def test_a_chart_can_be_sent_as_json() -> None:
    frame = air.full_axis(hours({0: 10.04, 1: None}), NOW, NOW + timedelta(hours=2))
    panel = charts.panel("pm25", NOW, [charts.observed(frame, "pm25", "实测")], None)
    assert json.loads(json.dumps(panel))["series"][0]["data"] == [10.0, None]


@pytest.mark.parametrize(
    ("item", "value"),
    [("pm25", 75.0), ("pm10", 150.0), ("so2", 500.0), ("no2", 200.0), ("co", 10.0), ("o3", 200.0)],
)
def test_limit_lines_are_those_of_class_two_of_the_day(item: str, value: float) -> None:
    """GB 3095-2012, table 1: 24 h for particles, 1 h for gases."""
    [line] = charts.limits(item, NOW)
    assert line["value"] == value
    assert line["label"].endswith(f"{value:g}")
    assert ("日均" in line["label"]) is (item in ("pm25", "pm10"))


@pytest.mark.parametrize(("moment", "value"), [(datetime(2026, 2, 28, 15, 59, tzinfo=UTC), 75.0), (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), 60.0)])  # fmt: skip
def test_a_new_edition_counts_from_midnight_in_china(moment: datetime, value: float) -> None:
    """GB 3095-2026 from 2026-03-01 on, its first step: 60 µg/m³ a day."""
    assert [line["value"] for line in charts.limits("pm25", moment)] == [value]
