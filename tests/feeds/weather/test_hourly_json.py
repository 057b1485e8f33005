"""Hourly arrays: units, places, times and faults."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.feeds.reading import Unreadable
from bihuan.feeds.weather import hourly_json
from bihuan.feeds.weather.detect import kind_of
from bihuan.feeds.weather.rows import Point

POINTS = (Point("1738A", 113.58, 37.86), Point("far", 116.4, 39.9))
RECEIVED = datetime(2019, 10, 4, 18, 30, tzinfo=UTC)


def _place(**more: Any) -> dict[str, Any]:
    return {
        "latitude": 37.875,
        "longitude": 113.625,
        "utc_offset_seconds": 28800,
        "issued": "2019-10-05T02:00",
        "hourly_units": {
            "time": "iso8601", "temperature_2m": "°C", "relative_humidity_2m": "%", "surface_pressure": "hPa",
            "precipitation": "mm", "wind_speed_10m": "km/h", "wind_direction_10m": "°", "cloud_cover": "%",
        },
        "hourly": {
            "time": ["2019-10-05T09:00", "2019-10-05T10:00"], "temperature_2m": [20.0, 21.0],
            "relative_humidity_2m": [50, 100], "surface_pressure": [930.0, 931.0], "precipitation": [0.0, 1.5],
            "wind_speed_10m": [7.2, 36.0], "wind_direction_10m": [270, 0], "cloud_cover": [1, 2],
        },
    } | more  # fmt: skip


def _read(folder: Path, content: Any) -> Any:
    path = folder / "weather.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with contextlib.suppress(Unreadable):
        assert kind_of(path) == "json"
    return hourly_json.read(path, POINTS, received=RECEIVED)


def test_values_units_and_times(tmp_path: Path) -> None:
    reading = _read(tmp_path, _place())
    first, second = reading.rows.to_dicts()
    assert first["site"] == "1738A"  # the other point is 250 km off
    assert first["issued"] == datetime(2019, 10, 4, 18, tzinfo=UTC)
    assert first["start"] == datetime(2019, 10, 5, 0, tzinfo=UTC)
    assert (first["wspm"], second["wspm"]) == (pytest.approx(2.0), pytest.approx(10.0))
    assert (second["rain"], first["wd"], first["pres"]) == (1.5, 270.0, 930.0)
    # By hand (Magnus): 20 °C at 50 % has its dew point at 9.26 °C; saturated air has its own temperature.
    assert first["dewp"] == pytest.approx(9.26, abs=0.01)
    assert second["dewp"] == pytest.approx(21.0)
    assert reading.ignored_columns == ("cloud_cover",)


def test_without_an_issue_the_receipt_counts_and_is_said(tmp_path: Path) -> None:
    place = _place()
    del place["issued"]
    reading = _read(tmp_path, place)
    assert reading.rows["issued"].to_list() == [RECEIVED] * 2
    assert "does not say when it was issued" in str(reading.notes[0])


def test_times_without_offset_of_the_file_are_utc(tmp_path: Path) -> None:
    reading = _read(tmp_path, _place(utc_offset_seconds=0))
    assert reading.rows["start"][0] == datetime(2019, 10, 5, 8, tzinfo=UTC)


def test_a_point_takes_its_nearest_place(tmp_path: Path) -> None:
    near, off = _place(), _place(latitude=37.6)
    off["hourly"] = {**off["hourly"], "temperature_2m": [1.0, 1.0]}
    reading = _read(tmp_path, [off, near])
    assert reading.rows["temp"].to_list() == [20.0, 21.0]


def test_an_unknown_unit_is_refused_by_its_field_and_the_rest_goes_in(tmp_path: Path) -> None:
    place = _place()
    place["hourly_units"]["wind_speed_10m"] = "furlong"
    reading = _read(tmp_path, place)
    (refusal,) = reading.refused
    assert (refusal.column, refusal.value, refusal.reason) == (
        "wind_speed_10m",
        "furlong",
        "the unit is not known",
    )
    assert "m/s" in refusal.remedy
    assert reading.rows["wspm"].to_list() == [None, None]
    assert reading.rows["temp"].to_list() == [20.0, 21.0]


def test_bad_values_and_times_name_their_place_in_the_arrays(tmp_path: Path) -> None:
    place = _place()
    place["hourly"]["temperature_2m"] = [20.0, 500.0]
    place["hourly"]["precipitation"] = [0.0]
    place["hourly"]["time"] = ["2019-10-05T09:30", "2019-10-05T10:00"]
    reading = _read(tmp_path, place)
    found = {(r.row, r.column): r.reason for r in reading.refused}
    assert found[1, "time"] == "not a full hour"
    assert found[0, "precipitation"] == "1 values for 2 times"
    assert found[2, "temperature_2m"].startswith("outside -70..65")
    assert reading.rows.height == 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({"error": True, "reason": "limit exceeded"}, "limit exceeded"),
        (_place(hourly={}), "no hourly.time"),
        ([], "holds no object"),
        (_place(latitude=0.0), "no station within 50 km"),
        (_place(hourly={"time": ["2019-10-05T09:00"], "cloud_cover": [1]}), "none of the hourly fields"),
        (_place(issued="soon"), "issued is 'soon'"),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path: Path, content: Any, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        _read(tmp_path, content)


def test_broken_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text('{"hourly": ', encoding="utf-8")
    with pytest.raises(Unreadable, match="is no JSON"):
        hourly_json.read(path, POINTS, received=RECEIVED)


@pytest.mark.parametrize("site", ["", " ", "A\x01", "A" * 200])
def test_a_site_that_cannot_be_a_code_is_refused(tmp_path: Path, site: str) -> None:
    with pytest.raises(Unreadable, match="write the code of the station"):
        _read(tmp_path, _place(site=site))


def test_yes_is_no_time_and_a_field_that_comes_under_two_names_is_named(tmp_path: Path) -> None:
    place = _place(site="A")
    place["hourly"] |= {"time": [True, "2019-10-05T10:00"], "windspeed_10m": [1, 2]}
    place["hourly_units"]["windspeed_10m"] = "km/h"
    reading = _read(tmp_path, place)
    assert [(r.row, r.column, r.value) for r in reading.refused] == [(1, "time", "True")]
    assert "windspeed_10m" in reading.ignored_columns
