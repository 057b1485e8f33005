"""NetCDF files of global models: surface fields at the nearest grid points, by netCDF4.

Understood: one-dimensional latitude and longitude; valid times in `valid_time`, or in `time`; the issue in
`forecast_reference_time`, or in `time` beside `valid_time`. A file that does not say when it was issued counts as
issued when it was received.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bihuan.feeds.labels import full_hour
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.weather import cf_sums
from bihuan.feeds.weather.cf_sums import QUESTION, Spans, falls
from bihuan.feeds.weather.cf_times import moments, no_time, numeric
from bihuan.feeds.weather.grids import NO_FULL_HOUR, assembled, converted, missing_library
from bihuan.feeds.weather.rows import NEAR_KM, UNDATED, Point, distance_km
from bihuan.reasons import Reason

FIELDS = {
    "t2m": "temp", "2t": "temp", "air_temperature": "temp", "d2m": "dewp", "2d": "dewp", "dew_point_temperature": "dewp",
    "r2": "humidity", "2r": "humidity", "relative_humidity": "humidity", "sp": "pres", "surface_air_pressure": "pres",
    "u10": "u", "10u": "u", "eastward_wind": "u", "v10": "v", "10v": "v", "northward_wind": "v",
    "tp": "rain", "precipitation_amount": "rain",
}  # fmt: skip
LAT, LON = ("latitude", "lat"), ("longitude", "lon")
MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF")
EXACT = timedelta(0)


def fits(path: Path) -> bool:
    """Whether the file begins as NetCDF (classic or HDF5)."""
    with path.open("rb") as file:
        return file.read(4) in MAGIC


def read(path: Path, points: Sequence[Point], *, received: datetime, source: str = "netcdf") -> Reading:
    """The fields of FIELDS (by name or standard_name) at the points; rain by what says from when its sums run.

    Raises Unreadable without the library, without a grid point within 50 km, or when nothing can be used.
    """
    try:
        import netCDF4
    except ImportError as error:
        raise missing_library("netCDF4", path.name) from error
    try:
        data = netCDF4.Dataset(path)
    except OSError as error:
        raise _damaged(path, error) from error
    with data:
        try:
            return _File(netCDF4, data, points, received, path.name).read(source)
        except (OSError, RuntimeError) as error:  # of the library, at a block that cannot be unpacked
            raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> Unreadable:
    said = str(getattr(error, "strerror", None) or error)
    return Unreadable(Reason("damaged_netcdf", file=path.name, error=said))


class _File:
    """One open file: its times, its grid, and what is read of it at the points."""

    def __init__(
        self, netcdf: Any, data: Any, points: Sequence[Point], received: datetime, file: str
    ) -> None:
        self.netcdf, self.data, self.file = netcdf, data, file
        self.issued, self.notes = _issued(netcdf, data, received, file)
        name = "valid_time" if "valid_time" in data.variables else "time"
        self.time = _variable(data, name, file)
        self.valid = moments(netcdf, self.time, file)
        self.places = _nearest(data, points, file)
        self.refused = _odd_times(self.time, self.valid, file)
        self.ignored: list[str] = []
        self.samples: list[dict[str, Any]] = []

    def read(self, source: str) -> Reading:
        """All known fields."""
        for number, (name, variable) in enumerate(self.data.variables.items(), start=1):
            known = FIELDS.get(name) or FIELDS.get(str(getattr(variable, "standard_name", "")))
            if variable.ndim < 2 or name == getattr(self.time, "bounds", None):
                continue
            if known is None:
                self.ignored.append(name)
                continue
            refusal = self._field(variable, known, number)
            self.refused += [refusal] if refusal else []
        return assembled(
            self.file, self.samples, source, self.refused, self.ignored, self.notes, len(self.samples)
        )

    def _field(self, variable: Any, known: str, number: int) -> Refusal | None:
        """Take one field in, or say why not."""
        unit = converted(self.file, number, variable.name, known, str(getattr(variable, "units", "")))
        if isinstance(unit, Refusal):
            return unit
        block = _block(variable, len(self.valid), self.places, number, self.file)
        if isinstance(block, Refusal):
            return block
        spans: Spans = [(None, moment) for moment in self.valid]
        if known == "rain":
            found = cf_sums.spans(
                self.netcdf, self.data, variable, self.issued, self.valid, number, self.file
            )
            if isinstance(found, Refusal):
                return found
            if "bounds" not in self.time.ncattrs() and falls(block):
                return Refusal(self.file, number, variable.name, "", QUESTION)
            spans = found
        self._sample(variable.name, known, number, block * unit[0] + unit[1], spans)
        return None

    def _sample(self, name: str, known: str, number: int, block: NDArray[np.float64], spans: Spans) -> None:
        about = {ROW: number, "issued": self.issued, "name": known, "field": name}
        for (site, _, _), column in zip(self.places, block.T, strict=True):
            self.samples += [
                {
                    **about,
                    "site": site,
                    "valid": end,
                    "since": begin,
                    "value": None if np.isnan(value) else float(value),
                }
                for (begin, end), value in zip(spans, column, strict=True)
                if end is not None and full_hour(end, EXACT)
            ]


def _variable(data: Any, name: str, file: str) -> Any:
    if name not in data.variables:
        raise no_time(file, name)
    return data.variables[name]


def _odd_times(time: Any, valid: Sequence[datetime | None], file: str) -> list[Refusal]:
    """A refusal for each step whose time is none, or no full hour."""
    given = np.ma.asarray(time[:]).ravel()
    return [
        Refusal(file, step, time.name, f"{given[step - 1]} {time.units}", NO_FULL_HOUR)
        for step, moment in enumerate(valid, start=1)
        if moment is None or not full_hour(moment, EXACT)
    ]


def _issued(netcdf: Any, data: Any, received: datetime, file: str) -> tuple[datetime, list[Reason]]:
    several = "valid_time" in data.variables and "time" in data.variables
    name = "forecast_reference_time" if "forecast_reference_time" in data.variables else "time"
    if name == "time" and not several:
        return received, [UNDATED]
    found = {m for m in moments(netcdf, data.variables[name], file) if m}
    if len(found) != 1:
        raise Unreadable(Reason("several_issues", file=file, count=len(found)))
    return found.pop(), []


def _axis(data: Any, names: Sequence[str], file: str) -> NDArray[np.float64]:
    found = next((data.variables[n] for n in names if n in data.variables), None)
    if found is None or found.ndim != 1 or not found.size or not numeric(found):
        raise Unreadable(Reason("no_axis", file=file, axis=names[0]))
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
        raise Unreadable(Reason("no_station_at_grid", file=file, km=NEAR_KM))
    return found


def _block(
    variable: Any, steps: int, places: Sequence[tuple[str, int, int]], row: int, file: str
) -> NDArray[np.float64] | Refusal:
    """[time, place] with NaN for missing; a refusal for another order of dimensions. Only the area of the places is unpacked."""
    dims, shape = variable.dimensions, variable.shape
    horizontal = dims[-2] in LAT and dims[-1] in LON
    if not horizontal or np.prod(shape[:-2], dtype=int) != steps or not numeric(variable):
        return Refusal(file, row, variable.name, " ".join(dims), Reason("other_dimensions"))
    rows = np.array([i for _, i, _ in places])
    columns = np.array([j for _, _, j in places])
    top, left = int(rows.min()), int(columns.min())
    area = variable[..., top : int(rows.max()) + 1, left : int(columns.max()) + 1]
    values = np.ma.filled(np.ma.asarray(area, dtype=np.float64), np.nan)
    values = np.asarray(values).reshape(steps, *values.shape[-2:])
    return np.asarray(values[:, rows - top, columns - left])
