"""A batch of values as a program sends it (JSON): the good records, and of each other one its place, field and why.

{"records": [{"monitor": "GD001-1", "time": "2024-03-01T08:05:00+08:00", "period": "minute", "values": {"a34002": 85.0}, "flag": "N"}],
 "places": [{"monitor": "GD001-1", "time": "...", "lon": 113.58, "lat": 37.86}]}
time: the BEGIN of the period, in China's time where it has no offset. values: by HJ code, in µg/m³, %, m/s, °. A flag other than N is kept and not judged.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from bihuan.domain.dust.means import ITEMS
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST, parse_moment

STEPS = {"minute": 1, "5min": 5, "10min": 10, "hour": 60}
"""Minutes between the starts of a period."""
MOST = 10_000
AHEAD = timedelta(minutes=10)
"""A clock may run ahead by so much."""
LONGEST_FLAG = 20
NO_JSON, NOTHING, TOO_MANY = "no_json", "nothing", "too_many"
MONITOR, TIME, FUTURE, PERIOD, GRID, QUANTITY, NUMBER, OUTSIDE, FLAG, RECORD = (
    "monitor", "time", "future", "period", "grid", "quantity", "number", "outside", "flag", "record",
)  # fmt: skip


class BadBatch(ValueError):
    """Nothing of it can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Value:
    """One value of one monitor."""

    monitor: str
    start: datetime
    code: str
    period: str
    value: float
    flag: str


@dataclass(frozen=True)
class Spot:
    """Where a monitor says that it stands."""

    monitor: str
    at: datetime
    lon: float
    lat: float


@dataclass(frozen=True)
class Refusal:
    """A record (number in its list, from 1) or value that was not taken: field, code of the reason, what stood there."""

    part: str
    row: int
    field: str
    why: str
    given: str


@dataclass
class Batch:
    """What a body holds."""

    values: list[Value] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class _Refused(ValueError):
    def __init__(self, name: str, why: str, given: Any) -> None:
        super().__init__(why)
        self.field, self.why, self.given = name, why, str(given)[:60]


def read_batch(body: bytes, monitors: Collection[str], now: datetime) -> Batch:
    """What a body holds, of monitors that its sender may speak for. Raises BadBatch."""
    said = _json(body)
    records, places = said.get("records", []), said.get("places", [])
    if not isinstance(records, list) or not isinstance(places, list) or not (records or places):
        raise BadBatch(NOTHING)
    if len(records) + len(places) > MOST:
        raise BadBatch(TOO_MANY)
    made = Batch()
    for row, record in enumerate(records, 1):
        try:
            made.values += _values(made, row, _whole(record), monitors, now)
        except _Refused as error:
            made.refused.append(Refusal("records", row, error.field, error.why, error.given))
    for row, place in enumerate(places, 1):
        try:
            made.spots.append(_spot(_whole(place), monitors, now))
        except _Refused as error:
            made.refused.append(Refusal("places", row, error.field, error.why, error.given))
    return made


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadBatch(NO_JSON) from error
    if not isinstance(said, dict):
        raise BadBatch(NO_JSON)
    return said


def _whole(record: Any) -> Mapping[str, Any]:
    if not isinstance(record, dict):
        raise _Refused("", RECORD, record)
    return record


def _values(
    made: Batch, row: int, record: Mapping[str, Any], monitors: Collection[str], now: datetime
) -> Iterator[Value]:
    monitor, period = _monitor(record, monitors), record.get("period")
    if not isinstance(period, str) or period not in STEPS:
        raise _Refused("period", PERIOD, period)
    start = _time(record, now)
    local = start.astimezone(CST)
    if local.second or local.microsecond or local.minute % STEPS[period]:
        raise _Refused("time", GRID, record.get("time"))
    flag, values = record.get("flag", ""), record.get("values")
    if not isinstance(flag, str) or len(flag) > LONGEST_FLAG:
        raise _Refused("flag", FLAG, flag)
    if not isinstance(values, dict) or not values:
        raise _Refused("values", RECORD, values)
    for code, value in values.items():
        if why := _fault(code, value):
            made.refused.append(Refusal("records", row, code[:20], why, str(value)[:60]))
        else:
            yield Value(monitor, start, code, period, float(value), flag)


def _fault(code: str, value: Any) -> str:
    """Why a value is not taken, empty where it is."""
    if code not in ITEMS:
        return QUANTITY
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return NUMBER
    return "" if LONG[code].low <= value <= LONG[code].high else OUTSIDE


def _monitor(record: Mapping[str, Any], monitors: Collection[str]) -> str:
    monitor = record.get("monitor")
    if not isinstance(monitor, str) or monitor not in monitors:
        raise _Refused("monitor", MONITOR, monitor)
    return monitor


def _time(record: Mapping[str, Any], now: datetime) -> datetime:
    given = record.get("time")
    try:
        at = parse_moment(given) if isinstance(given, str) else None
    except ValueError:
        at = None
    if at is None:
        raise _Refused("time", TIME, given)
    if at > now + AHEAD:
        raise _Refused("time", FUTURE, given)
    return at


def _spot(place: Mapping[str, Any], monitors: Collection[str], now: datetime) -> Spot:
    monitor, at = _monitor(place, monitors), _time(place, now)
    found = []
    for name, most in (("lon", 180.0), ("lat", 90.0)):
        value = place.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
            raise _Refused(name, NUMBER, value)
        found.append(float(value))
    return Spot(monitor, at, *found)
