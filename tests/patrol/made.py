"""Tracks made for tests: what an honest phone records, and what a fake looks like."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from bihuan.domain.patrol.plane import Plane
from bihuan.domain.patrol.rules import rules_on
from bihuan.domain.patrol.track import POINTS

START = datetime(2019, 2, 25, 0, tzinfo=UTC)
RULES = rules_on(date(2019, 2, 25))
LON, LAT = 113.6, 37.8
EAST, NORTH = Plane(LAT).scale


def points(
    xy: Sequence[Sequence[float]] | np.ndarray,
    every: float = 10,
    start: datetime = START,
    accuracy: float | None = 6,
    device: str = "phone",
    mock: bool = False,
) -> pl.DataFrame:
    """A track of places in metres east and north of (LON, LAT), one every so many seconds."""
    places = np.asarray(xy, dtype=float).reshape(-1, 2)
    n = len(places)
    at = [start + timedelta(seconds=every * i) for i in range(n)]
    return pl.DataFrame(
        {
            "device": [device] * n, "seq": list(range(n)), "at": at, "lat": LAT + places[:, 1] / NORTH, "lon": LON + places[:, 0] / EAST,
            "accuracy_m": [accuracy] * n, "speed_ms": [None] * n, "mock": [mock] * n, "received": at,
        },
        schema=POINTS,
    )  # fmt: skip


def straight(metres: float, speed: float, every: float = 10) -> np.ndarray:
    """Places on a straight way east [m/s, s]."""
    n = int(metres / speed / every) + 1
    return np.column_stack((np.arange(n) * speed * every, np.zeros(n)))


def to_and_fro(length: float, times: int, speed: float = 1.2, every: float = 10) -> np.ndarray:
    """The same stretch again and again."""
    way = np.arange(0, length * times, speed * every)
    phase = way % (2 * length)
    return np.column_stack((np.where(phase > length, 2 * length - phase, phase), np.zeros(len(way))))


def honest(
    seed: int, hours: float = 3, gaps: int = 2, start: datetime = START, noise: float = 5
) -> pl.DataFrame:
    """A walk over hills with rests, changing pace, errors that drift as those of a receiver do, bad fixes and gaps."""
    rng = np.random.default_rng(seed)
    n = int(hours * 360)
    pace = (
        np.clip(1.1 + np.cumsum(rng.normal(0, 0.02, n)), 0.4, 1.8)
        * (rng.random(n // 60 + 1) > 0.15).repeat(60)[:n]
    )
    heading = np.cumsum(rng.normal(0, 0.05, n))
    way = np.cumsum(np.column_stack((np.cos(heading), np.sin(heading))) * pace[:, None] * 10, axis=0)
    error = np.zeros((n, 2))
    for i in range(1, n):
        error[i] = error[i - 1] * 0.9 + rng.normal(0, noise * 0.44, 2)
    made = points(way + error, start=start, accuracy=noise + 3)
    bad = pl.Series(rng.random(n) < 0.03)
    thrown = pl.Series(rng.normal(0, 300 / NORTH, n))
    made = made.with_columns(
        accuracy_m=pl.when(bad).then(400.0).otherwise("accuracy_m"),
        lat=pl.when(bad).then(pl.col("lat") + thrown).otherwise("lat"),
    )
    keep = np.ones(n, dtype=bool)
    for _ in range(gaps):
        begin = rng.integers(1, n - 1)
        keep[begin : begin + rng.integers(40, 120)] = False
    return made.filter(pl.Series(keep))
