"""Forecast weather by lead day: learned with the error it has, used as it is known, done without where it is not."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.issuing import issue
from bihuan.domain.forecast.model import Model, NoHistory
from bihuan.domain.forecast.trees import Size
from bihuan.domain.forecast.weather import disturbed, fields, with_forecasts
from bihuan.domain.timeaxis import HOUR
from tests.forecast import windy

SMALL = Size(rows=6_000, trees=50, leaves=15, least=20, columns=0.5)
DAYS = 100
END = windy.FIRST + timedelta(days=DAYS)
ROWS = windy.history(DAYS + 20)
AIR = ROWS.select("site", "start", "pm25")  # nothing is measured of the weather
MOMENTS = [END + timedelta(days=2 * k, hours=6) for k in range(6)]


def said(moment: object, *, error: float = 0.5) -> pl.DataFrame:
    """What forecasts said: the true wind with an error in m/s that is larger on later days; to come: 80 hours."""
    tables = []
    for day in range(7):
        chance = np.random.default_rng([7, day])
        wrong = np.repeat(chance.standard_normal(ROWS.height // 3 // 6 + 1), 6)[: ROWS.height // 3]
        sized = np.tile(wrong * error * (1 + day / 3), 3)
        table = ROWS.sort("site", "start").with_columns(wspm=(pl.col("wspm") + sized).clip(0.0))
        tables.append(
            table.select("site", "start", "temp", "wspm", "wd").with_columns(day=pl.lit(day, pl.Int32))
        )
    return pl.concat(tables).filter(pl.col("start") < pl.lit(moment) + timedelta(hours=80))


@pytest.fixture(scope="module")
def fitted() -> Model:
    known = models.known_until(AIR, END)
    return models.fit(known, items=["pm25"], weather="forecast", said=said(END), size=SMALL)


def missed(model: Model, *, with_weather: bool) -> float:
    """RMSE at 25 to 72 h from six moments after the fit."""
    errors = []
    for moment in MOMENTS:
        made = issue(model, AIR, moment, horizon=72, members=10, said=said(moment) if with_weather else None)
        pairs = made.hours.filter(pl.col("item") == "pm25", pl.col("lead") > 24).join(
            AIR, on=["site", "start"]
        )
        errors.append((pairs["mean"] - pairs["pm25"]).to_numpy())
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))


def test_forecast_weather_halves_the_error_where_the_wind_is_the_law(fitted: Model) -> None:
    assert fitted.name.startswith("bihuan-4+forecast-weather@")
    plain = models.fit(models.known_until(AIR, END), items=["pm25"], size=SMALL)
    assert missed(fitted, with_weather=True) < 0.6 * missed(plain, with_weather=False)


def test_without_weather_it_goes_on_and_says_so(fitted: Model) -> None:
    made = issue(fitted, AIR, END, members=10)
    assert made.hours["model"].unique().to_list() == [f"{fitted.name}-no-weather"]
    assert made.hours.filter(pl.col("item") == "pm25", pl.col("site") == "a").height == 72


def test_only_what_is_said_by_the_moment_counts(fitted: Model) -> None:
    """Other air after the moment, and other weather measured then, change nothing."""
    before = issue(fitted, AIR, END, members=10, said=said(END))
    other = ROWS.with_columns(
        pl.when(pl.col("start") < END).then(c).otherwise(pl.col(c) * 3 + 1).alias(c)
        for c in ("pm25", "temp", "wspm")
    )
    late = other.filter(pl.col("start") >= END).select("site", "start", "pm25")
    rows = pl.concat([AIR.filter(pl.col("start") < END), late])
    assert issue(fitted, rows, END, members=10, said=said(END)).hours.equals(before.hours)


def test_a_fit_with_forecast_weather_needs_some() -> None:
    with pytest.raises(NoHistory, match="forecast weather"):
        models.fit(models.known_until(AIR, END), items=["pm25"], weather="forecast")


def test_what_was_forecast_then_the_stated_error_then_what_is_known_now() -> None:
    """Four days: forecasts of the second day only; known from the fourth on; station b has no weather of its own."""
    rows = ROWS.filter(pl.col("start") < windy.FIRST + timedelta(days=4), pl.col("site") != "c")
    rows = rows.with_columns(pl.when(pl.col("site") == "a").then(c).alias(c) for c in ("temp", "wspm", "wd"))
    grid = models.to_grid(rows, ("pm25",))
    second = pl.DataFrame({"site": "a", "start": [windy.FIRST + (24 + k) * HOUR for k in range(24)], "temp": [30.0] * 24, "day": 1})  # fmt: skip
    whole, ahead = with_forecasts(grid, second, 72, 5)
    elsewhere = with_forecasts(grid, second.with_columns(site=pl.lit("54511")), 72, 5)[1]
    assert np.array_equal(elsewhere[1]["temp"], ahead[1]["temp"])
    assert whole.weather["temp"][:, 1].tolist() == grid.weather["temp"][:, 0].tolist()
    temp = ahead[1]["temp"]
    assert temp[24:48].tolist() == [[30.0, 30.0]] * 24
    assert np.array_equal(temp[:24], disturbed(fields(whole), 1, 5)["temp"][:24])
    assert np.array_equal(temp[72:], whole.weather["temp"][72:])
    assert not np.array_equal(temp[48:72], whole.weather["temp"][48:72])
