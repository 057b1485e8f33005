"""What phones send: a batch of points as JSON, and the tracks of GPX files. Bytes in, points and refusals out; nothing is kept here.

A batch names its patrol, the device and the number of its first point; each point counts on from there. So a batch may
come twice, late or in pieces, and every point is still there once.
"""

import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from bihuan.domain.patrol.track import POINTS
from bihuan.domain.timeaxis import meant
from bihuan.errors import BihuanError
from bihuan.reasons import Reason

MOST_POINTS = 20_000
"""Points of a batch: more than a day at one every five seconds."""
LARGEST = 2**53
ACCURACY_LONGEST = 1e6
DEVICE = 64


class BadBatch(BihuanError):
    """What came is no batch of points at all; it carries the reason."""


@dataclass(frozen=True)
class Refused:
    """A point that was left out, by its number, and why."""

    seq: int
    why: Reason


@dataclass(frozen=True)
class Batch:
    """One batch as it was read. sent: when the phone says it sent it; None where it does not."""

    device: str
    first: int
    last: int
    sent: datetime | None
    points: pl.DataFrame
    refused: tuple[Refused, ...]


def read(raw: bytes, received: datetime, patrol: str) -> Batch:
    """A batch of a patrol from what was sent. Raises BadBatch; single points that cannot be are in `refused`."""
    told = _object(raw)
    if _patrol(told.get("patrol")) != patrol:
        raise BadBatch(Reason("track_other_patrol"))
    device, first, given = str(told.get("device") or ""), told.get("first"), told.get("points")
    if not 0 < len(device) <= DEVICE:
        raise BadBatch(Reason("track_field", field="device"))
    if not isinstance(first, int) or isinstance(first, bool) or not 0 <= first < LARGEST:
        raise BadBatch(Reason("track_field", field="first"))
    if not isinstance(given, list) or not given:
        raise BadBatch(Reason("track_field", field="points"))
    if len(given) > MOST_POINTS:
        raise BadBatch(Reason("track_too_many", n=len(given), most=MOST_POINTS))
    rows, refused = [], []
    for seq, point in enumerate(given, first):
        try:
            rows.append((device, seq, *_point(point), received))
        except _Wrong as error:
            refused.append(Refused(seq, Reason("track_point", field=str(error))))
    points = pl.DataFrame(rows, schema=POINTS, orient="row")
    return Batch(device, first, first + len(given) - 1, _sent(told.get("sent")), points, tuple(refused))


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadBatch(Reason("track_no_json")) from error
    if not isinstance(told, dict):
        raise BadBatch(Reason("track_no_json"))
    return told


def _patrol(value: Any) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError as error:
        raise BadBatch(Reason("track_field", field="patrol")) from error


def _sent(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        return _moment(value)
    except _Wrong as error:
        raise BadBatch(Reason("track_field", field="sent")) from error


class _Wrong(ValueError):
    """A field of a point that cannot be; names it."""


def _point(point: Any) -> tuple[Any, ...]:
    if not isinstance(point, dict):
        raise _Wrong("point")
    lat, lon = _number(point, "lat", -90, 90), _number(point, "lon", -180, 180)
    accuracy = _number(point, "accuracy_m", 0, ACCURACY_LONGEST, needed=False)
    speed = _number(point, "speed_ms", 0, ACCURACY_LONGEST, needed=False)
    mock = point.get("mock", False)
    if not isinstance(mock, bool):
        raise _Wrong("mock")
    return _moment(point.get("at")), lat, lon, accuracy, speed, mock


def _number(
    point: Mapping[str, Any], name: str, low: float, high: float, *, needed: bool = True
) -> float | None:
    value = point.get(name)
    if value is None and not needed:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise _Wrong(name)
    return float(value)


def _moment(value: Any) -> datetime:
    """A time with its offset: a phone knows its zone, and a guess would move the track by hours."""
    try:
        moment = meant(datetime.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise _Wrong("at") from error
    if moment.tzinfo is None:
        raise _Wrong("at")
    return moment.astimezone(UTC)
