"""What the date alone tells of an hour: the sun's height, the heating season, holidays and nights of fireworks.

Rows are hours of a grid (see `grid`): row 0 starts at a local midnight, China Standard Time.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast.grid import DAY, Array

LATITUDE, LONGITUDE = (
    38.0,
    113.5,
)  # degrees; the middle of North China: what is used is the course of the year

# First day of the lunar year (GB/T 33661-2017, compilation of the Chinese calendar).
NEW_YEAR = tuple(
    date.fromisoformat(d)
    for d in (
        "2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05",
        "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
        "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
    )
)  # fmt: skip
FIREWORK_NIGHTS = (
    -1,
    0,
    4,
    14,
)  # evenings after NEW_YEAR: eve, first day, fifth day, lantern festival (custom)
HOLIDAY = range(
    -1, 6
)  # 7 days from the eve (Spring Festival as the State Council's yearly notice usually sets it)
NATIONAL_DAY = ((10, 1), 7)  # first day and days; the State Council's yearly notice
HEATING = (
    (11, 15),
    (3, 15),
)  # first and last day (Beijing's rule; other northern cities differ by some weeks)


def sun(first: datetime, rows: NDArray[np.int64]) -> Array:
    """Sine of the sun's height at the middle of each hour, 0 at night.

    Declination after Cooper (1969), Solar Energy 12, 333-346; the equation of time is left out (< 17 min).
    """
    declination = np.deg2rad(23.45 * np.sin(2 * np.pi * (284 + day_of_year(first, rows)) / 365))
    angle = np.deg2rad(15 * ((rows % DAY) + 0.5 - 12) + LONGITUDE - 120)
    height = np.deg2rad(LATITUDE)
    return np.asarray(
        np.maximum(
            np.sin(height) * np.sin(declination) + np.cos(height) * np.cos(declination) * np.cos(angle),
            0.0,
        )
    )


def day_of_year(first: datetime, rows: NDArray[np.int64]) -> Array:
    """Day of the year (1..366, China Standard Time) of each row."""
    day = (np.datetime64((first + timedelta(hours=8)).replace(tzinfo=None), "h") + rows).astype(
        "datetime64[D]"
    )
    return np.asarray((day - day.astype("datetime64[Y]")).astype(float) + 1)


def calendar(first: datetime, rows: NDArray[np.int64]) -> dict[str, Array]:
    """Columns [row]: hours into a night of fireworks (0 outside, 18:00 to 12:00), holiday, heating."""
    start = np.datetime64((first + timedelta(hours=8)).replace(tzinfo=None), "h") + rows
    day = start.astype("datetime64[D]")
    nights = np.array([np.datetime64(d) + k for d in NEW_YEAR for k in FIREWORK_NIGHTS]) + np.timedelta64(
        18, "h"
    )
    since = np.concatenate([[10**6], np.sort(nights).astype("datetime64[h]").astype(np.int64)])
    hours = start.astype(np.int64)
    passed = hours - since[np.searchsorted(since[1:], hours, side="right")] + 1
    holidays = np.array([np.datetime64(d) + k for d in NEW_YEAR for k in HOLIDAY])
    month = day.astype("datetime64[M]").astype(int) % 12 + 1
    dom = (day - day.astype("datetime64[M]")).astype(int) + 1
    (on_month, on_day), (off_month, off_day) = HEATING
    (national, first_day), length = NATIONAL_DAY
    after, until = (
        month * 100 + dom >= on_month * 100 + on_day,
        month * 100 + dom <= off_month * 100 + off_day,
    )
    return {
        "fireworks": np.where((passed >= 1) & (passed <= 18), passed, 0).astype(float),
        "holiday": (
            np.isin(day, holidays) | ((month == national) & (dom >= first_day) & (dom < first_day + length))
        ).astype(float),
        "heating": (after | until).astype(float),
    }


@lru_cache(maxsize=8)
def almanac(first: datetime, hours: int) -> Mapping[str, Array]:
    """`sun`, `noon` (the sun at the middle of the same day), `hour` and the columns of `calendar` for rows 0..hours-1."""
    rows = np.arange(hours)
    noon = sun(first, rows - rows % DAY + DAY // 2)
    found = {"sun": sun(first, rows), "noon": noon, "hour": (rows % DAY).astype(float)} | calendar(
        first, rows
    )
    for values in found.values():
        values.flags.writeable = False
    return MappingProxyType(found)
