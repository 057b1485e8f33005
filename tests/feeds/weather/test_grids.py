"""GRIB2 and NetCDF made by hand: a 3 x 3 grid around Yangquan with fields that tell where they were read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import eccodes
import netCDF4
import numpy as np
import pytest

from bihuan.feeds.reading import Unreadable
from bihuan.feeds.weather import grib, netcdf
from bihuan.feeds.weather.detect import kind_of
from bihuan.feeds.weather.rows import Point

ISSUED = datetime(2019, 10, 4, 12, tzinfo=UTC)
RECEIVED = ISSUED + timedelta(hours=5)
LATS, LONS = (38.5, 38.0, 37.5), (113.0, 113.5, 114.0)
POINTS = (Point("1738A", 113.58, 37.86), Point("far", 100.0, 30.0))  # nearest: 38.0, 113.5 = the middle


def _message(short: str, step: int, middle: float, *, units: str = "") -> bytes:
    """One field: `middle` in the middle, 0 elsewhere."""
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    keys: dict[str, Any] = {
        "dataDate": 20191004, "dataTime": 1200, "Ni": 3, "Nj": 3, "latitudeOfFirstGridPointInDegrees": LATS[0],
        "longitudeOfFirstGridPointInDegrees": LONS[0], "latitudeOfLastGridPointInDegrees": LATS[-1],
        "longitudeOfLastGridPointInDegrees": LONS[-1], "iDirectionIncrementInDegrees": 0.5, "jDirectionIncrementInDegrees": 0.5,
        "shortName": short, "bitsPerValue": 24,
    }  # fmt: skip
    for key, value in keys.items():
        eccodes.codes_set(handle, key, value)
    if short == "tp":
        eccodes.codes_set(handle, "startStep", 0)
        eccodes.codes_set(handle, "endStep", step)
    else:
        eccodes.codes_set(handle, "step", step)
    values = np.full(9, middle)
    values[0] = 300.0 if short in ("2t", "2d") else 0.0
    eccodes.codes_set_values(handle, values)
    message = bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    return message


def _grib(folder: Path, *messages: bytes) -> Path:
    path = folder / "model.grib2"
    path.write_bytes(b"".join(messages))
    return path


def _of_step(step: int, temp: float, rain: float) -> list[bytes]:
    return [
        _message("2t", step, temp + 273.15),
        _message("2d", step, 275.15),
        _message("sp", step, 93000.0),
        _message("10u", step, 3.0),
        _message("10v", step, 4.0),
        _message("tp", step, rain),
    ]


def test_grib_fields_become_hours_at_the_nearest_point(tmp_path: Path) -> None:
    path = _grib(tmp_path, *_of_step(3, 10.0, 0.0015), *_of_step(6, 16.0, 0.0045), _message("skt", 6, 290.0))
    assert kind_of(path) == "grib"
    reading = grib.read(path, POINTS)
    assert set(reading.rows["site"]) == {"1738A"}
    assert reading.rows["issued"].unique().to_list() == [ISSUED]
    # Valid at 15:00 and 18:00 UTC: the hours that begin at 14:00 to 17:00, those between filled.
    assert [t.hour for t in reading.rows["start"]] == [14, 15, 16, 17]
    assert reading.rows["temp"].to_list() == pytest.approx([10, 12, 14, 16], abs=0.01)
    # Rain in metres since the issue: 1.5 mm by +3 h, 4.5 mm by +6 h: 0.5 and then 1 mm an hour.
    assert reading.rows["rain"].to_list() == pytest.approx([0.5, 1.0, 1.0, 1.0], abs=0.01)
    first = reading.rows.row(0, named=True)
    assert first["wspm"] == pytest.approx(5.0, abs=0.01)
    assert first["wd"] == pytest.approx(216.87, abs=0.1)  # from the south-west: 180 + arctan(3/4)
    assert (first["pres"], first["dewp"]) == (pytest.approx(930.0, abs=0.01), pytest.approx(2.0, abs=0.01))
    assert reading.ignored_columns == ("skt",)
    assert "filled to hours" in str(reading.notes[0])


def test_a_cut_message_is_refused_by_its_number_and_the_rest_stays(tmp_path: Path) -> None:
    path = _grib(tmp_path, _message("2t", 1, 283.15), _message("2t", 2, 284.15)[:-40])
    reading = grib.read(path, POINTS)
    (refusal,) = reading.refused
    assert (refusal.row, refusal.reason) == (2, "the message is damaged")
    assert "fetch the file again" in refusal.remedy
    assert reading.rows["temp"].to_list() == pytest.approx([10.0], abs=0.01)


def test_a_value_beyond_nature_is_refused(tmp_path: Path) -> None:
    reading = grib.read(_grib(tmp_path, _message("sp", 1, 93000.0), _message("2t", 1, 500.0)), POINTS)
    (refusal,) = reading.refused
    assert (refusal.row, refusal.column, refusal.reason[:7]) == (2, "2t", "outside")
    assert reading.rows["temp"].to_list() == [None]


def test_a_grid_elsewhere_says_so(tmp_path: Path) -> None:
    path = _grib(tmp_path, _message("2t", 1, 283.15))
    with pytest.raises(Unreadable, match="no station within 50 km of its grid"):
        grib.read(path, POINTS[1:])


def test_a_file_without_a_known_field_names_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"none of the fields.*skt"):
        grib.read(_grib(tmp_path, _message("skt", 1, 283.15)), POINTS)


def _netcdf(
    folder: Path, *, reference: bool = True, units: str = "K", order: str = "time latitude longitude"
) -> Path:
    path = folder / "model.nc"
    with netCDF4.Dataset(path, "w") as data:
        for name, size in (("time", 2), ("latitude", 3), ("longitude", 3)):
            data.createDimension(name, size)
        time = data.createVariable("time", "f8", ("time",))
        time.units, time[:] = "hours since 2019-10-04 12:00:00", [1, 2]
        data.createVariable("latitude", "f8", ("latitude",))[:] = LATS
        data.createVariable("longitude", "f8", ("longitude",))[:] = LONS
        if reference:
            issue = data.createVariable("forecast_reference_time", "f8", ())
            issue.units, issue[...] = "hours since 2019-10-04 12:00:00", 0
        temp = data.createVariable("t2m", "f4", tuple(order.split()), fill_value=-9999.0)
        temp.units = units
        values = np.zeros((2, 3, 3))
        values[:, 1, 1] = (283.15, 284.15)
        temp[:] = values if order.startswith("time") else values.transpose(1, 2, 0)
        rain = data.createVariable("tp", "f4", ("time", "latitude", "longitude"), fill_value=-9999.0)
        rain.units, rain.standard_name = "m", "precipitation_amount"
        rain[:] = np.ma.masked_values([np.full((3, 3), 0.001), np.full((3, 3), 0.0035)], -1)
    return path


def test_netcdf_fields_by_name_and_by_standard_name(tmp_path: Path) -> None:
    path = _netcdf(tmp_path)
    assert kind_of(path) == "netcdf"
    reading = netcdf.read(path, POINTS, received=RECEIVED)
    assert reading.rows["site"].to_list() == ["1738A"] * 2
    assert reading.rows["issued"].to_list() == [ISSUED] * 2
    assert [t.hour for t in reading.rows["start"]] == [12, 13]
    assert reading.rows["temp"].to_list() == pytest.approx([10.0, 11.0], abs=1e-3)
    assert reading.rows["rain"].to_list() == pytest.approx([1.0, 2.5], abs=1e-3)
    assert reading.notes == ()


def test_netcdf_without_an_issue_counts_from_its_receipt(tmp_path: Path) -> None:
    path = _netcdf(tmp_path, reference=False)
    reading = netcdf.read(path, POINTS, received=ISSUED + timedelta(minutes=90))
    assert reading.rows["start"].to_list() == [
        ISSUED + timedelta(hours=1)
    ]  # 13:00 UTC lies before the receipt
    assert "does not say when it was issued" in str(reading.notes[0])


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"units": "furlong"}, "the unit is not known"),
        ({"order": "latitude longitude time"}, "not time, latitude, longitude"),
    ],
)
def test_netcdf_faults_name_the_field(tmp_path: Path, more: dict[str, str], reason: str) -> None:
    reading = netcdf.read(_netcdf(tmp_path, **more), POINTS, received=RECEIVED)  # type: ignore[arg-type]  # texts only
    (refusal,) = reading.refused
    assert (refusal.column, refusal.reason) == ("t2m", reason)
    assert reading.rows["temp"].to_list() == [None, None]


def test_a_damaged_netcdf_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.nc"
    path.write_bytes(_netcdf(tmp_path).read_bytes()[:600])
    with pytest.raises(Unreadable, match=r"cut\.nc is a damaged NetCDF file"):
        netcdf.read(path, POINTS, received=RECEIVED)
