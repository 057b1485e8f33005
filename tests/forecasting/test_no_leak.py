"""Nothing that was not here at the issue changes a run: later hours, late receipts, corrections, later weather."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive.forecasts import Run
from bihuan.archive.store import Archive
from bihuan.archive.weather import WeatherStore
from bihuan.domain.timeaxis import parse_moment
from bihuan.feeds.weather.rows import SCHEMA
from bihuan.forecasting import champions
from bihuan.forecasting.champions import retrain
from bihuan.forecasting.records import Change
from bihuan.forecasting.shelf import ModelShelf
from bihuan.pipeline.files import import_files
from tests.forecast.real import CITY, SITES, history
from tests.forecasting.issuing import PLACES, installation, issued

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FITTED, NOW = parse_moment("2019-01-31T08:00"), parse_moment("2019-02-05T08:00")
BEGIN = parse_moment("2019-01-02T08:00")


def weather(issued: datetime, factor: float = 1.0) -> pl.DataFrame:
    """A forecast of 96 hours at a weather station: the wind turns with the hour."""
    table = pl.DataFrame(
        {
            "source": "m",
            "site": "54511",
            "issued": [issued] * 96,
            "start": [issued + k * HOUR for k in range(96)],
            "temp": [float(k % 24) * factor for k in range(96)],
            "wspm": [(2.0 + (issued.day + k) % 5) * factor for k in range(96)],
        }
    )
    absent = [pl.lit(None, t).alias(c) for c, t in SCHEMA.items() if c not in table.columns]
    return table.with_columns(absent).select(pl.col(c).cast(t) for c, t in SCHEMA.items())


def keep_weather(data: Path, last: datetime) -> None:
    moment = BEGIN
    while moment <= last:
        WeatherStore(data).keep(weather(moment), moment + 5 * HOUR)
        moment += 12 * HOUR


def bring(data: Path, rows: pl.DataFrame, received: datetime) -> None:
    """A delivery that came at a moment, all of it."""
    label = (pl.col("start").dt.replace_time_zone(None) + pl.duration(hours=9)).alias("time")
    table = data.parent / "brought.parquet"
    rows.select("site", label, pl.col("pm25").alias("PM2.5")).write_parquet(table)
    (report,) = import_files(Archive(data / "archive"), [table], received=received, delay=None)
    assert not report.error


def said(data: Path) -> tuple[Run, Run]:
    """Without and with forecast weather as of NOW, by models that are fitted for it as of FITTED: five days of experience."""
    issued(data, FITTED)
    plain = issued(data, NOW)
    made = retrain(data, FITTED, cities=CITY, sites=PLACES, weather="forecast")
    assert made is not None
    ModelShelf(data, CITY).change(Change(NOW - HOUR, made.model_id, "champion", "test"))
    return plain, issued(data, NOW)


def test_late_rows_corrections_and_a_shuffled_future_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(champions, "LEAST_WEATHER", 15 * DAY)
    data, other = tmp_path / "city", tmp_path / "other"
    installation(data, "2019-01-01", "2019-02-05T08:00")
    keep_weather(data, NOW)
    # One station's last days are corrected an hour after the issue.
    late = history().filter(pl.col("site") == SITES[0], pl.col("start").is_between(NOW - 3 * DAY, NOW))
    shutil.copytree(data, other)
    first = said(data)
    assert {r.meta["kind"].count("weather") for r in first} == {0, 1}

    after = history().filter(pl.col("start").is_between(NOW, NOW + 8 * DAY, closed="left"))
    bring(other, after.with_columns(pm25=pl.col("pm25").shuffle(3) * 5), NOW + 8 * DAY)
    bring(other, after.with_columns(pm25=pl.col("pm25").shift(7)), NOW + 9 * DAY)
    bring(other, late.with_columns(pm25=pl.col("pm25") * 4 + 1), NOW + HOUR)
    bring(other, history().filter(pl.col("start") < NOW).with_columns(pm25=pl.col("pm25") * 2 + 3), NOW + DAY)
    # Weather issued later; an issue that came later; a correction of issues that were here.
    store = WeatherStore(other)
    store.keep(weather(NOW + 2 * HOUR, 9.0), NOW + 3 * HOUR)
    store.keep(weather(NOW - 2 * HOUR, 9.0), NOW + HOUR)
    for back in range(0, 60, 12):
        store.keep(weather(BEGIN + (28 * 24 - back) * HOUR, 5.0), NOW + HOUR)
    again = said(other)
    for one, two in zip(first, again, strict=True):
        assert one.hours.equals(two.hours)
        assert one.days.equals(two.days)
        assert one.members.equals(two.members)

    # The same rows do count where they had been received: a run later is another one.
    later = issued(other, NOW + 2 * DAY)
    assert not later.hours["mean"].equals(issued(data, NOW + 2 * DAY).hours["mean"])
