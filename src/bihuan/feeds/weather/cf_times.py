"""Times of a NetCDF file as CF writes them: a number since a moment, in a calendar.

Reference: CF conventions 1.11, section 4.4 (time coordinate) and 7.1 (bounds).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bihuan.feeds.labels import YEARS, full_hour
from bihuan.feeds.reading import Unreadable
from bihuan.reasons import Reason

CALENDARS = ("standard", "gregorian", "proleptic_gregorian")
"""Which agree since 1582; in the others a day of February or a whole month would lie elsewhere."""
SECONDS = {
    "d": 86_400, "day": 86_400, "days": 86_400, "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "min": 60, "mins": 60, "minute": 60, "minutes": 60, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
}  # fmt: skip
NEAR = 30.0
"""Seconds beside the full hour: days with four decimals lie 4 s beside it. A number of few bits may lie further, by its last bit."""
FARTHEST = 300.0


def no_time(file: str, name: str) -> Unreadable:
    """A variable is not there, or counts no time."""
    return Unreadable(Reason("no_cf_time", file=file, name=name))


def numeric(variable: Any) -> bool:
    """Does it hold numbers? NetCDF knows texts and compounds too."""
    return getattr(variable.dtype, "kind", "") in ("i", "u", "f")


def moments(netcdf: Any, variable: Any, file: str, like: Any = None) -> list[datetime | None]:
    """The times of a variable; None where it has none between 1970 and 2100. Near a full hour it is that hour.

    like: the variable whose units and calendar count (of bounds: the coordinate's, CF 7.1). Raises Unreadable.
    """
    about = variable if like is None else like
    if not numeric(variable):
        raise no_time(file, variable.name)
    epoch, unit = _epoch(netcdf, about, variable.name, file)
    given = np.ma.filled(np.ma.asarray(variable[:], dtype=np.float64), np.nan).ravel()
    near = np.minimum(np.maximum(NEAR, _last_bit(variable, given) * unit), FARTHEST)
    return [_moment(epoch, value * unit, slack) for value, slack in zip(given, near, strict=True)]


def _epoch(netcdf: Any, variable: Any, name: str, file: str) -> tuple[datetime, int]:
    units = str(getattr(variable, "units", ""))
    word, _, since = units.partition(" since ")
    calendar = str(getattr(variable, "calendar", "standard")).lower()
    if calendar not in CALENDARS:
        raise Unreadable(Reason("other_calendar", file=file, name=name, calendar=calendar))
    if not since or word.strip().lower() not in SECONDS:
        raise no_time(file, name)
    try:
        zero = netcdf.num2date(0, units, calendar, only_use_cftime_datetimes=False)
        epoch = datetime(zero.year, zero.month, zero.day, zero.hour, zero.minute, zero.second, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise no_time(file, name) from error
    return epoch, SECONDS[word.strip().lower()]


def _last_bit(variable: Any, given: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the nearest number that the variable's type can hold may lie from the one that was meant."""
    if np.issubdtype(variable.dtype, np.floating):
        whole = np.where(np.isfinite(given), given, 0.0).astype(variable.dtype)
        return np.asarray(np.abs(np.spacing(whole)) / 2, dtype=np.float64)
    return np.zeros(given.shape)


def _moment(epoch: datetime, seconds: float, near: float) -> datetime | None:
    try:
        found = epoch + timedelta(seconds=float(seconds))
    except (OverflowError, ValueError):
        return None
    if not YEARS[0] <= found.year <= YEARS[1]:
        return None
    return full_hour(found, timedelta(seconds=float(near))) or found
