"""The running forecast with forecast weather: a kind of its own, once enough was here in time; without it the run goes on."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive.weather import WeatherStore
from bihuan.domain.timeaxis import parse_moment
from bihuan.feeds.weather.rows import SCHEMA
from bihuan.forecasting import champions
from bihuan.forecasting.champions import retrain, weathers
from bihuan.forecasting.records import Change
from bihuan.forecasting.shelf import ModelShelf
from tests.forecast.real import CITY
from tests.forecasting.issuing import PLACES, installation, issued

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGIN = parse_moment("2019-01-05T08:00")
T0 = parse_moment("2019-02-01T08:00")
FORECAST = "bihuan-4+forecast-weather"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(champions, "LEAST_WEATHER", 20 * DAY)
    installation(tmp_path / "city", "2019-01-01", "2019-02-21T08:00")
    return tmp_path / "city"


def keep(data: Path, issues: int) -> None:
    """Issues every 12 h from BEGIN, of 96 hours at a weather station, here 5 h later."""
    store = WeatherStore(data)
    for n in range(issues):
        moment = BEGIN + n * 12 * HOUR
        table = pl.DataFrame(
            {
                "source": "m",
                "site": "54511",
                "issued": [moment] * 96,
                "start": [moment + k * HOUR for k in range(96)],
                "temp": [float((n + k) % 24) for k in range(96)],
                "wspm": [2.0 + (n % 5) for k in range(96)],
            }
        )
        absent = [pl.lit(None, t).alias(c) for c, t in SCHEMA.items() if c not in table.columns]
        rows = table.with_columns(absent).select(pl.col(c).cast(t) for c, t in SCHEMA.items())
        store.keep(rows, moment + 5 * HOUR)


def test_the_kind_with_weather_comes_once_enough_was_here_in_time(data: Path) -> None:
    assert weathers(data, T0) == ("none",)
    keep(data, 60)
    # 20 days x 0.8; the first hour that a forecast was here for a whole day ahead ends 29 h after the first issue.
    assert weathers(data, BEGIN + 29 * HOUR + 15 * DAY) == ("none",)
    assert weathers(data, BEGIN + 29 * HOUR + 17 * DAY) == ("none", "forecast")
    # Weather that came late teaches nothing: at the issue nobody had it.
    late = WeatherStore(data / "late")
    late.keep(WeatherStore(data).known_at(T0).drop("received"), T0 + 10 * DAY)
    assert late.said(BEGIN, T0 + 9 * DAY).is_empty()


def test_it_is_a_challenger_learned_from_the_hours_with_weather_and_serves_when_it_is_appointed(
    data: Path,
) -> None:
    keep(data, 60)
    issued(data, T0)
    made = retrain(data, T0, cities=CITY, sites=PLACES, weather="forecast")
    assert made is not None
    assert (made.kind, made.first) == (FORECAST, parse_moment("2019-01-06T00:00"))
    assert {"w_speed24", "s_calm"} <= set(made.columns["pm25"])
    shelf = ModelShelf(data, CITY)
    assert shelf.standing(T0)[made.model_id].role == "challenger"
    # No other fit of this kind is due a day later; one without weather neither.
    assert retrain(data, T0 + DAY, cities=CITY, sites=PLACES, weather="forecast") is None
    shelf.change(Change(T0, made.model_id, "champion", "test"))
    run = issued(data, T0 + DAY)
    assert run.meta["kind"] == FORECAST
    assert run.hours["model"].unique().to_list() == [made.name]


def test_a_run_whose_weather_stays_away_goes_on_and_says_so(data: Path) -> None:
    keep(data, 54)  # the last hours are those of 1 to 4 February
    issued(data, T0)
    made = retrain(data, T0, cities=CITY, sites=PLACES, weather="forecast")
    assert made is not None
    ModelShelf(data, CITY).change(Change(T0, made.model_id, "champion", "test"))
    run = issued(data, T0 + 7 * DAY)
    assert run.hours["model"].unique().to_list() == [f"{made.name}-no-weather"]
    assert set(run.hours["site"]) == set(PLACES)
