"""When a process runs: campaigns and stops, shifts, the heating season; with light-up and shutting down.

Minutes are counted from the calendar's day one in China Standard Time: day.toordinal() x 1440 + minute of the day.
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bihuan.simulate.plants.noise import MINUTES, day_draws, day_rng
from bihuan.simulate.plants.register import Outlet

DOWN = {"day_shift": 30, "two_shifts": 15}
DOWN_OTHERS = 180
HEATING = ((11, 1), (4, 1))
SATURDAY, SUNDAY = 5, 6


class Run(NamedTuple):
    """From the first fire to the last [minutes]; `lit`: the light-up ends, `down`: shutting down begins."""

    start: int
    lit: int
    down: int
    end: int


@lru_cache(maxsize=2048)
def _stops(outlet: Outlet, year: int) -> list[tuple[int, int]]:
    """Stops for repair and market that begin in a year."""
    first = date(year, 1, 1)
    rng = day_rng(outlet, first, 2)
    starts = np.sort(rng.integers(0, 365 * MINUTES, rng.poisson(outlet.process.stops)))
    lengths = (np.exp(rng.normal(4.0, 0.9, len(starts))) * 60).astype(int) + 360
    base = first.toordinal() * MINUTES
    return [(base + int(s), base + int(s + n)) for s, n in zip(starts, lengths, strict=True)]


def _offered(outlet: Outlet, first: int, last: int) -> list[tuple[int, int]]:
    """Spans in which the pattern of the process lets it run."""
    pattern = outlet.process.pattern
    days = range(first // MINUTES - 1, last // MINUTES + 2)
    if pattern == "heating":
        years = range(date.fromordinal(days[0]).year - 1, date.fromordinal(days[-1]).year + 1)
        return [
            (
                date(y, *HEATING[0]).toordinal() * MINUTES + 480,
                date(y + 1, *HEATING[1]).toordinal() * MINUTES,
            )
            for y in years
        ]
    if pattern in DOWN:
        return [span for day in days if (span := _shift(outlet, day)) is not None]
    return [(days[0] * MINUTES - 100 * MINUTES, days[-1] * MINUTES + 100 * MINUTES)]


def _shift(outlet: Outlet, ordinal: int) -> tuple[int, int] | None:
    day = date.fromordinal(ordinal)
    late, long = day_draws(outlet, day)[:2]
    base = ordinal * MINUTES
    if outlet.process.pattern == "two_shifts":
        return base + 450 + int(40 * late), base + 1395 + int(30 * long)
    if day.weekday() == SUNDAY:
        return None
    return base + 435 + int(40 * late), base + (900 if day.weekday() == SATURDAY else 1080) + int(60 * long)


def runs(outlet: Outlet, first: int, last: int) -> list[Run]:
    """Runs that touch [first, last)."""
    years = range(date.fromordinal(first // MINUTES).year - 1, date.fromordinal(last // MINUTES).year + 1)
    stops = [stop for year in years for stop in _stops(outlet, year)]
    light, down = int(outlet.process.light_up * 60), DOWN.get(outlet.process.pattern, DOWN_OTHERS)
    spans = _offered(outlet, first, last)
    for begin, end in stops:
        spans = [
            piece
            for a, b in spans
            for piece in ((a, min(b, begin)), (max(a, end), b))
            if piece[1] - piece[0] > light + down
        ]
    touching = sorted({span for span in spans if span[0] < last and span[1] > first})
    return [Run(a, a + light, b - down, b) for a, b in touching]
