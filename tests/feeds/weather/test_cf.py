"""NetCDF as CF writes it: times beside the hour, calendars, from when a sum of rain runs; humidity that no air has."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.weather import hourly_json, netcdf
from bihuan.feeds.weather.cf_sums import QUESTION
from bihuan.feeds.weather.rows import Point

FIXTURES = Path(__file__).parents[1] / "fixtures"
POINTS = (Point("X", 113.6, 37.86),)
ISSUED = datetime(2019, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(path: Path) -> Reading:
    return netcdf.read(path, POINTS, received=ISSUED)


def made(
    folder: Path,
    times: Sequence[float],
    units: str = "hours since 2019-10-05 00:00:00",
    *,
    kind: str = "f8",
    calendar: str = "",
    rain: Sequence[float] | None = None,
    field: str = "tp",
    bounds: Sequence[tuple[float, float]] | None = None,
    attributes: Mapping[str, Any] = {},
) -> Path:
    """A file with a temperature that counts the steps, and rain if asked for."""
    path = folder / "made.nc"
    with netCDF4.Dataset(path, "w") as data:
        for name, size in (("time", len(times)), ("latitude", 2), ("longitude", 2), ("nv", 2)):
            data.createDimension(name, size)
        time = data.createVariable("time", kind, ("time",))
        time.units, time[:] = units, times
        if calendar:
            time.calendar = calendar
        data.createVariable("latitude", "f8", ("latitude",))[:] = (38.0, 37.75)
        data.createVariable("longitude", "f8", ("longitude",))[:] = (113.5, 113.75)
        issue = data.createVariable("forecast_reference_time", "i8", ())
        issue.units, issue[...] = "hours since 1970-01-01", 436176
        temp = data.createVariable("t2m", "f4", ("time", "latitude", "longitude"))
        temp.units, temp[:] = "degC", np.arange(len(times), dtype=float)[:, None, None]
        if bounds:
            time.bounds = "time_bnds"
            data.createVariable("time_bnds", "f8", ("time", "nv"))[:] = bounds
        if rain:
            fall = data.createVariable(field, "f4", ("time", "latitude", "longitude"))
            fall.setncatts({"units": "kg m-2", "standard_name": "precipitation_amount", **attributes})
            fall[:] = np.array(rain)[:, None, None]
    return path


@pytest.mark.parametrize("name", ["hours_as_whole_numbers.nc", "hours_as_days_of_32_bits.nc"])
def test_hours_as_days_of_few_bits_are_the_same_48_hours(name: str) -> None:
    reading = read(FIXTURES / name)
    assert reading.rows["start"].to_list() == [ISSUED + n * HOUR for n in range(48)]
    assert reading.rows["temp"].to_list() == pytest.approx([0.1 * (n + 1) for n in range(48)], abs=1e-5)
    assert reading.refused == ()


@pytest.mark.parametrize(
    ("units", "unit", "kind"),
    [
        ("seconds since 1970-01-01", 3600, "f4"), ("seconds since 1970-01-01", 3600, "i8"), ("minutes since 2019-01-01", 60, "f8"),
        ("days since 1900-01-01", 1 / 24, "f4"), ("days since 1900-01-01", 1 / 24, "f8"),
        ("hours since 2019-10-05 08:00:00 +08:00", 1, "i4"), ("hours since 2019-10-05T00:00:00Z", 1, "i4"),
    ],
)  # fmt: skip
def test_units_and_types_of_time(tmp_path: Path, units: str, unit: float, kind: str) -> None:
    zero = netCDF4.num2date(0, units, only_use_cftime_datetimes=False, only_use_python_datetimes=False)
    since = (ISSUED.replace(tzinfo=None) - datetime(*zero.timetuple()[:6])) / HOUR  # noqa: DTZ001 - both are UTC
    reading = read(made(tmp_path, [(since + n) * unit for n in range(1, 25)], units, kind=kind))
    assert reading.rows["start"].to_list() == [ISSUED + n * HOUR for n in range(24)]
    assert reading.refused == ()


@pytest.mark.parametrize("minutes", [1, 10, 30, 59])
def test_a_step_beside_the_hour_is_refused_and_the_others_go_in(tmp_path: Path, minutes: int) -> None:
    reading = read(made(tmp_path, [60, 120 + minutes, 180], "minutes since 2019-10-05 00:00", kind="i4"))
    (refusal,) = reading.refused
    assert (refusal.row, refusal.column, refusal.reason) == (2, "time", "not a full hour")
    temps = dict(reading.rows.select("start", "temp").iter_rows())
    assert (temps[ISSUED], temps[ISSUED + 2 * HOUR]) == (0.0, 2.0)


@pytest.mark.parametrize("calendar", ["noleap", "365_day", "360_day", "all_leap", "julian", "none"])
def test_another_calendar_is_refused(tmp_path: Path, calendar: str) -> None:
    with pytest.raises(Unreadable, match=f"made.nc: time is in the calendar {calendar}"):
        read(made(tmp_path, [1, 2], calendar=calendar))


@pytest.mark.parametrize("calendar", ["standard", "gregorian", "proleptic_gregorian"])
def test_the_calendars_that_are_ours(tmp_path: Path, calendar: str) -> None:
    assert read(made(tmp_path, [1, 2], calendar=calendar)).rows.height == 2


@pytest.mark.parametrize(
    "units", ["months since 2019-01-01", "hours", "hours since yesterday", "days since 2019-13-45"]
)
def test_units_that_are_no_time_are_refused(tmp_path: Path, units: str) -> None:
    with pytest.raises(Unreadable, match="write it as CF asks"):
        read(made(tmp_path, [1, 2], units))


@pytest.mark.parametrize("odd", [np.nan, np.inf, 1e300, -1e12])
def test_numbers_that_are_no_time_are_refused(tmp_path: Path, odd: float) -> None:
    reading = read(made(tmp_path, [1, odd, 3]))
    assert [r.row for r in reading.refused] == [2]


def hourly(reading: Reading) -> list[float]:
    return [round(v, 6) for v in reading.rows.sort("start")["rain"].drop_nulls()]


STEPS = [1.0, 2.0, 3.0, 4.0]


def test_the_bounds_say_that_each_hour_had_its_own_sum() -> None:
    assert hourly(read(FIXTURES / "rain_of_each_step.nc")) == [1.0] * 8


@pytest.mark.parametrize(
    ("sums", "bounds"),
    [
        ([0.5, 2.0, 0.0, 1.0], [(0, 1), (1, 2), (2, 3), (3, 4)]),  # of each step
        ([0.5, 2.5, 2.5, 3.5], [(0, 1), (0, 2), (0, 3), (0, 4)]),  # since the issue
        ([0.5, 2.5, 0.0, 1.0], [(0, 1), (0, 2), (2, 3), (2, 4)]),  # buckets of two hours
    ],
)
@pytest.mark.parametrize("more", [{}, {"cell_methods": "time: sum"}])
def test_sums_are_told_apart_by_their_bounds(
    tmp_path: Path, sums: list[float], bounds: list[tuple[float, float]], more: dict[str, str]
) -> None:
    path = made(tmp_path, STEPS, rain=sums, bounds=bounds, field="rain", attributes=more)
    assert hourly(read(path)) == [0.5, 2.0, 0.0, 1.0]


def test_a_time_at_the_begin_of_its_bounds_is_taken_by_the_end(tmp_path: Path) -> None:
    path = made(tmp_path, [0, 1, 2], rain=[1, 2, 3], bounds=[(0, 1), (1, 2), (2, 3)], field="rain")
    rows = read(path).rows.drop_nulls("rain")
    assert dict(rows.select("start", "rain").iter_rows()) == {ISSUED + n * HOUR: n + 1.0 for n in range(3)}


@pytest.mark.parametrize(
    "how",
    [
        {"rain": [1.0, 1.0, 1.0, 1.0], "field": "rain"},
        {"rain": [1.0, 1.0, 1.0, 1.0], "field": "rain", "attributes": {"cell_methods": "time: sum"}},
        {"rain": [0.5, 2.0, 0.0, 1.0], "field": "tp"},  # falls: no sum since the issue
        {"rain": [0.5, 2.0, 3.0, 4.0], "field": "tp", "attributes": {"cell_methods": "time: mean"}},
        {"rain": [1.0, 2.0, 3.0, 4.0], "bounds": [(0, 0), (0, 1), (0, 2), (0, 3)]},
    ],
)
def test_where_nothing_says_it_the_field_is_refused_with_the_question(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    reading = read(made(tmp_path, STEPS, **how))
    assert [(r.column, r.why) for r in reading.refused] == [(how.get("field", "tp"), QUESTION)]
    assert hourly(reading) == []
    assert reading.rows["temp"].len() == 4


def test_the_ecmwf_field_is_a_sum_since_the_issue(tmp_path: Path) -> None:
    assert hourly(read(made(tmp_path, STEPS, rain=[0.5, 2.5, 2.5, 3.5]))) == [0.5, 2.0, 0.0, 1.0]


def test_humidity_that_no_air_has_is_refused_and_a_little_too_much_is_held() -> None:
    reading = hourly_json.read(FIXTURES / "humidity_out_of_range.json", POINTS, received=ISSUED)
    assert [(r.row, r.column, r.value) for r in reading.refused] == [
        (1, "relative_humidity_2m", "-3276.8"), (5, "relative_humidity_2m", "255"), (6, "relative_humidity_2m", "6553"),
    ]  # fmt: skip
    assert reading.refused[0].reason.startswith("negative")
    assert all(r.reason.startswith("outside 0..110 %") for r in reading.refused[1:])
    dew = reading.rows["dewp"].to_list()
    assert [d is None for d in dew] == [True, False, False, False, True, True]
    assert dew[3] == reading.rows["temp"][3] == 13.0  # 101 % is saturated


CODES = (
    -9999.0,
    -999.0,
    9999.0,
    99999.0,
    32767.0,
    -32768.0,
    -3276.8,
    6553.5,
    1e20,
    9.969209968386869e36,
    1e308,
)
UNIT = {
    "temperature_2m": "°C", "dew_point_2m": "°C", "relative_humidity_2m": "%", "surface_pressure": "hPa", "precipitation": "mm",
    "wind_speed_10m": "m/s", "wind_direction_10m": "°",
}  # fmt: skip


@pytest.mark.parametrize("field", UNIT)
def test_codes_for_a_missing_value_are_refused_of_every_quantity(tmp_path: Path, field: str) -> None:
    hours = [f"2019-10-05T{h:02}:00" for h in range(9, 9 + len(CODES))]
    place = {
        "site": "X", "issued": "2019-10-05T08:00", "utc_offset_seconds": 28800, "hourly_units": UNIT,
        "hourly": {"time": hours, "temperature_2m": [10.0] * len(CODES), field: list(CODES)},
    }  # fmt: skip
    path = tmp_path / "codes.json"
    path.write_text(json.dumps(place))
    reading = hourly_json.read(path, (), received=ISSUED)
    assert [(r.row, r.column) for r in reading.refused] == [(n + 1, field) for n in range(len(CODES))]
