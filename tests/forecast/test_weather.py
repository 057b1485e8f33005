"""Weather columns by hand."""

from datetime import UTC, datetime

import numpy as np
import pytest

from bihuan.domain.forecast.grid import Grid
from bihuan.domain.forecast.weather import Outlook, components, fields

FIRST = datetime(2019, 1, 31, 16, tzinfo=UTC)


def _grid(**weather: list[float]) -> Grid:
    hours = len(next(iter(weather.values())))
    columns = {k: np.array(v, dtype=float)[:, None] for k, v in weather.items()}
    return Grid(FIRST, ("a",), {"pm25": np.ones((hours, 1))}, columns)


def test_wind_from_the_north_blows_to_the_south() -> None:
    found = components(_grid(wspm=[3.0, 3.0], wd=[0.0, 90.0]))
    assert found["v"][:, 0] == pytest.approx([-3.0, 0.0], abs=1e-9)
    assert found["u"][:, 0] == pytest.approx([0.0, -3.0], abs=1e-9)


def test_hours_of_weak_wind_count_between_the_origin_and_the_target_only() -> None:
    # Rows 0-3 weak, 4-5 strong, 6 weak. From origin row 3 to target row 6: hours 4, 5, 6, of which one is weak.
    outlook = Outlook(fields(_grid(wspm=[1, 1, 1, 1, 5, 5, 1], wd=[0.0] * 7)), None)
    found = outlook.columns(np.array([3]), 3)
    assert found["s_calm_hours"][0, 0] == pytest.approx(1.0)
    assert found["s_calm"][0, 0] == pytest.approx(1 / 3)
    assert found["s_speed"][0, 0] == pytest.approx(11 / 3)


def test_age_of_the_air_counts_from_the_last_fresh_north_wind() -> None:
    # 3 h means of the northern component: rows 0-2 4.0, then 3.0, 2.0 (not above 2), 1.0, ...: last fresh row is 3.
    outlook = Outlook(fields(_grid(wspm=[4, 4, 4, 1, 1, 1, 1], wd=[0.0] * 7)), None)
    found = outlook.columns(np.array([0]), 6)
    assert found["w_age_north"][0, 0] == 3


def test_the_stated_error_grows_with_the_day_and_is_the_same_each_time() -> None:
    still = fields(_grid(temp=[10.0] * 2000))
    day1, day3 = (Outlook(still, 7).columns(np.arange(1900), lead)["w_temp"] - 10 for lead in (1, 50))
    assert np.std(day1) == pytest.approx(1.0, rel=0.15)  # 1.0 + 0.4 x 0
    assert np.std(day3) == pytest.approx(1.8, rel=0.15)  # 1.0 + 0.4 x 2
    assert np.array_equal(day1, Outlook(still, 7).columns(np.arange(1900), 1)["w_temp"] - 10)
