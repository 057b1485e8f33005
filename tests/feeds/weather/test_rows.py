"""Wind, humidity and hours between steps by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from bihuan.domain.timeaxis import INSTANT
from bihuan.feeds.weather.rows import direction, distance_km, hourly, speed

T0 = datetime(2019, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("u", "v", "expected"), [(0, -3, 0), (-3, 0, 90), (0, 3, 180), (3, 0, 270), (-2, -2, 45)]
)
def test_direction_is_where_the_wind_comes_from(u: float, v: float, expected: float) -> None:
    frame = pl.DataFrame({"u": [float(u)], "v": [float(v)]})
    assert frame.select(direction(pl.col("u"), pl.col("v"))).item() == pytest.approx(expected)


def test_a_calm_has_no_direction() -> None:
    frame = pl.DataFrame({"u": [0.0], "v": [0.0]})
    found = frame.select(
        speed(pl.col("u"), pl.col("v")).alias("s"), direction(pl.col("u"), pl.col("v")).alias("d")
    )
    assert found.row(0) == (0.0, None)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_km(113, 37, 113, 38) == pytest.approx(111.2, abs=0.1)


def _steps(hours: list[int], temp: list[float], rain: list[float]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "source": "m", "site": "A", "issued": [T0] * len(hours),
            "start": [T0 + timedelta(hours=h) for h in hours], "temp": temp, "rain": rain,
        },
        schema_overrides={"issued": INSTANT, "start": INSTANT},
    )  # fmt: skip


def test_three_hour_steps_are_filled_straight_and_rain_evenly() -> None:
    found = hourly(_steps([0, 3, 4], [10.0, 16.0, 15.0], [0.0, 2.0, 1.0])).sort("start")
    assert [(t - T0) // timedelta(hours=1) for t in found["start"]] == [0, 1, 2, 3, 4]
    assert found["temp"].to_list() == pytest.approx([10, 12, 14, 16, 15])
    assert found["rain"].to_list() == pytest.approx([0, 2, 2, 2, 1])


def test_a_long_step_stays_a_gap() -> None:
    found = hourly(_steps([0, 12], [10.0, 16.0], [0.0, 12.0])).sort("start")
    assert found.height == 2
    assert found["temp"].to_list() == [10.0, 16.0]


def test_a_missing_end_makes_missing_hours_between() -> None:
    steps = _steps([0, 3], [10.0, 16.0], [0.0, 3.0]).with_columns(
        temp=pl.when(pl.col("start") > T0).then("temp")
    )
    assert hourly(steps).sort("start")["temp"].to_list() == [None, None, None, 16.0]
