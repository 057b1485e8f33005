"""NetCDF files of global models: surface fields at the nearest grid points, by netCDF4.

Understood: one-dimensional latitude and longitude; valid times in `valid_time`, or in `time`; the issue in
`forecast_reference_time`, or in `time` beside `valid_time`. A file that does not say when it was issued counts as
issued when it was received.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.timeaxis import parse_moment
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.weather.grids import assembled, converted, missing_library
from bihuan.feeds.weather.rows import NEAR_KM, Point, distance_km

FIELDS = {
    "t2m": "temp", "2t": "temp", "air_temperature": "temp", "d2m": "dewp", "2d": "dewp", "dew_point_temperature": "dewp",
    "r2": "humidity", "2r": "humidity", "relative_humidity": "humidity", "sp": "pres", "surface_air_pressure": "pres",
    "u10": "u", "10u": "u", "eastward_wind": "u", "v10": "v", "10v": "v", "northward_wind": "v",
    "tp": "rain", "precipitation_amount": "rain",
}  # fmt: skip
LAT, LON = ("latitude", "lat"), ("longitude", "lon")
MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF")
UNDATED = "the file does not say when it was issued; the moment of receipt is taken"


def fits(path: Path) -> bool:
    """Whether the file begins as NetCDF (classic or HDF5)."""
    with path.open("rb") as file:
        return file.read(4) in MAGIC


def read(
    path: Path,
    points: Sequence[Point],
    *,
    received: datetime,
    source: str = "netcdf",
    rain_since_issue: bool = True,
) -> Reading:
    """The fields of FIELDS (by name or standard_name) at the points.

    rain_since_issue: rain is summed since the issue, as ECMWF writes it; False: since the step before. Raises
    Unreadable without the library, without a grid point within 50 km, or when nothing can be used.
    """
    try:
        import netCDF4
    except ImportError as error:
        raise missing_library("netCDF4", path.name) from error
    try:
        data = netCDF4.Dataset(path)
    except OSError as error:
        raise Unreadable(
            f"{path.name} is a damaged NetCDF file ({error.strerror or error}); fetch it again"
        ) from error
    with data:
        valid = _times(netCDF4, data, "valid_time" if "valid_time" in data.variables else "time", path.name)
        issued, notes = _issued(netCDF4, data, received, path.name)
        places = _nearest(data, points, path.name)
        samples, refused, ignored = [], list[Refusal](), list[str]()
        for number, (name, variable) in enumerate(data.variables.items(), start=1):
            known = FIELDS.get(name) or FIELDS.get(getattr(variable, "standard_name", ""))
            if variable.ndim < 2:
                continue
            if known is None:
                ignored.append(name)
                continue
            unit = converted(path.name, number, name, known, getattr(variable, "units", ""))
            block = (
                unit if isinstance(unit, Refusal) else _block(variable, len(valid), number, name, path.name)
            )
            if isinstance(block, Refusal) or isinstance(unit, Refusal):
                refused += [f for f in (unit, block) if isinstance(f, Refusal)][:1]
                continue
            factor, offset = unit
            for site, i, j in places:
                column = block[:, i, j] * factor + offset
                begin = [issued] * len(valid) if rain_since_issue else [issued, *valid[:-1]]
                samples += [
                    {
                        ROW: number,
                        "site": site,
                        "issued": issued,
                        "valid": moment,
                        "since": since if known == "rain" else None,
                        "name": known,
                        "field": name,
                        "value": None if np.isnan(value) else float(value),
                    }
                    for moment, since, value in zip(valid, begin, column, strict=True)
                ]
    return assembled(path.name, samples, source, refused, ignored, notes, len(samples))


def _times(netcdf: Any, data: Any, name: str, file: str) -> list[datetime]:
    variable = data.variables.get(name)
    if variable is None or "since" not in getattr(variable, "units", ""):
        raise Unreadable(
            f"{file} has no {name} with units such as `hours since 2019-01-01`; write it as CF asks"
        )
    moments = netcdf.num2date(
        np.atleast_1d(variable[:]).ravel(), variable.units, only_use_cftime_datetimes=False
    )
    return [parse_moment(f"{m.isoformat()}+00:00") for m in np.atleast_1d(moments)]


def _issued(netcdf: Any, data: Any, received: datetime, file: str) -> tuple[datetime, list[str]]:
    if "forecast_reference_time" in data.variables:
        return _times(netcdf, data, "forecast_reference_time", file)[0], []
    if "valid_time" in data.variables and "time" in data.variables:
        issues = _times(netcdf, data, "time", file)
        if len(issues) > 1:
            raise Unreadable(f"{file} holds {len(issues)} issues; send one file for each")
        return issues[0], []
    return received, [UNDATED]


def _axis(data: Any, names: Sequence[str], file: str) -> NDArray[np.float64]:
    found = next((data.variables[n] for n in names if n in data.variables), None)
    if found is None or found.ndim != 1:
        raise Unreadable(f"{file} has no one-dimensional {names[0]}; put it on a latitude-longitude grid")
    return np.asarray(found[:], dtype=np.float64)


def _nearest(data: Any, points: Sequence[Point], file: str) -> list[tuple[str, int, int]]:
    """(site, row, column) of the nearest grid point of every point within 50 km."""
    lats, lons = _axis(data, LAT, file), _axis(data, LON, file)
    found = []
    for p in points:
        i = int(np.argmin(np.abs(lats - p.lat)))
        j = int(np.argmin(np.abs((lons - p.lon + 180) % 360 - 180)))
        if distance_km(p.lon, p.lat, float(lons[j]), float(lats[i])) <= NEAR_KM:
            found.append((p.code, i, j))
    if not found:
        raise Unreadable(f"{file}: no station within {NEAR_KM:.0f} km of its grid; check the area asked for")
    return found


def _block(variable: Any, steps: int, row: int, name: str, file: str) -> NDArray[np.float64] | Refusal:
    """[time, latitude, longitude] with NaN for missing; a refusal for another order of dimensions."""
    dims, shape = variable.dimensions, variable.shape
    horizontal = dims[-2] in LAT and dims[-1] in LON
    if not horizontal or np.prod(shape[:-2], dtype=int) != steps:
        return Refusal(
            file, row, name, " ".join(dims), "not time, latitude, longitude", "reorder the dimensions"
        )
    values = np.ma.filled(np.ma.asarray(variable[:], dtype=np.float64), np.nan)
    return np.asarray(values).reshape(steps, *shape[-2:])
