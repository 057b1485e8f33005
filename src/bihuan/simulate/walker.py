"""A simulated phone (模拟) of somebody on patrol: the batches of a walk over some stops, as docs/patrol-track.md asks for them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import cos, hypot, radians

import numpy as np

EVERY = timedelta(seconds=10)
METRES_PER_STEP = 11.0
"""At 4 km/h."""
RADIUS = 900.0
"""Around each stop the walker makes a loop of this radius [m]."""
DEGREE = 111_000.0
POINTS_OF_A_BATCH = 90
SILENT = (400, 440)
"""Steps without reception."""


def batches(
    patrol: str, start: datetime, stops: Sequence[tuple[float, float]], seed: int = 1
) -> Iterator[bytes]:
    """What the phone sends, batch by batch. stops: (lon, lat) in degrees, a loop is walked around each."""
    return _sent(patrol, start, [place for stop in stops for place in _loop(stop)], seed)


def along(
    patrol: str, start: datetime, line: Sequence[tuple[float, float]], metres: float, seed: int = 1
) -> Iterator[bytes]:
    """The same of a walk of so many metres along a line of (lon, lat), to its end and back as often as it takes."""
    once = [place for a, b in pairwise(line) for place in _straight(a, b)]
    both = [*once, *once[::-1][1:-1]]
    many = int(metres / METRES_PER_STEP)
    return _sent(patrol, start, [both[n % len(both)] for n in range(many)], seed)


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Places at walking pace from one to another, without the other."""
    (x0, y0), (x1, y1) = start, end
    many = max(1, round(hypot((x1 - x0) * cos(radians(y0)), y1 - y0) * DEGREE / METRES_PER_STEP))
    yield from ((x0 + (x1 - x0) * i / many, y0 + (y1 - y0) * i / many) for i in range(many))


def _sent(patrol: str, start: datetime, way: Sequence[tuple[float, float]], seed: int) -> Iterator[bytes]:
    rng = np.random.default_rng(seed)
    error = np.zeros(2)
    points = []
    for number, (lon, lat) in enumerate(way):
        error = error * 0.9 + rng.normal(0, 2, 2)
        at = start + EVERY * number
        points.append(
            {
                "at": at.isoformat(), "lat": round(lat + error[1] / DEGREE, 6),
                "lon": round(lon + error[0] / DEGREE / cos(radians(lat)), 6),
                "accuracy_m": 7, "speed_ms": 1.1, "mock": False,
            }
        )  # fmt: skip
    heard = [*points[: SILENT[0]], *points[SILENT[1] :]]
    for first in range(0, len(heard), POINTS_OF_A_BATCH):
        part = heard[first : first + POINTS_OF_A_BATCH]
        yield json.dumps(
            {"patrol": patrol, "device": f"simulated-{seed}", "first": first, "points": part}
        ).encode()


def _loop(stop: tuple[float, float]) -> list[tuple[float, float]]:
    """Places at walking pace on a loop that begins and ends at the stop."""
    lon, lat = stop
    narrow = cos(radians(lat))
    turns = np.linspace(0, 2 * np.pi, 13)
    corners = [(RADIUS * (1 - np.cos(t)), RADIUS * np.sin(t)) for t in turns]
    found: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        many = max(1, round(hypot(x1 - x0, y1 - y0) / METRES_PER_STEP))
        for i in range(many):
            x, y = x0 + (x1 - x0) * i / many, y0 + (y1 - y0) * i / many
            found.append((lon + x / DEGREE / narrow, lat + y / DEGREE))
    return found
