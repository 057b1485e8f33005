"""Hourly arrays in JSON as open weather services give them: `hourly: {time: [...], temperature_2m: [...], ...}`.

One object or a list of them (one per place). Units are read from `hourly_units`; a unit that is not known is refused,
never guessed. The service does not say when its model ran: `issued` (ISO 8601) may be added by who fetched the file,
else the moment of receipt counts as the issue, which can only make the forecast look younger than it is. The row of a
refused value is its place in the arrays, counted from 1 through all places of the file; 0 is a whole field.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.domain.timeaxis import HOUR, INSTANT, parse_moment
from bihuan.feeds.labels import NEAR, YEARS, full_hour
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.sites import fault
from bihuan.feeds.values import NOT_A_NUMBER
from bihuan.feeds.weather.rows import (
    NEAR_KM,
    UNDATED,
    Point,
    checked,
    distance_km,
    finished,
    first_of,
    with_dew_point,
)
from bihuan.reasons import Reason

FIELDS: Mapping[str, str] = {
    "temperature_2m": "temp",
    "dew_point_2m": "dewp",
    "dewpoint_2m": "dewp",
    "relative_humidity_2m": "humidity",
    "relativehumidity_2m": "humidity",
    "surface_pressure": "pres",
    "precipitation": "rain",
    "wind_speed_10m": "wspm",
    "windspeed_10m": "wspm",
    "wind_direction_10m": "wd",
    "winddirection_10m": "wd",
}
UNITS: Mapping[str, tuple[float, float]] = {
    # factor, then offset
    "°C": (1.0, 0.0), "°F": (5 / 9, -160 / 9), "K": (1.0, -273.15), "%": (1.0, 0.0), "hPa": (1.0, 0.0), "Pa": (0.01, 0.0),
    "mm": (1.0, 0.0), "inch": (25.4, 0.0), "m/s": (1.0, 0.0), "ms": (1.0, 0.0), "km/h": (1 / 3.6, 0.0),
    "mp/h": (0.44704, 0.0), "mph": (0.44704, 0.0), "kn": (1852 / 3600, 0.0), "°": (1.0, 0.0),
}  # fmt: skip
OF: Mapping[str, tuple[str, ...]] = {
    "temp": ("°C", "°F", "K"),
    "dewp": ("°C", "°F", "K"),
    "humidity": ("%",),
    "pres": ("hPa", "Pa"),
    "rain": ("mm", "inch"),
    "wspm": ("m/s", "ms", "km/h", "mp/h", "mph", "kn"),
    "wd": ("°",),
}

DAY = 86_400


def check(path: Path) -> None:
    """Raises Unreadable for a file that has no hourly arrays."""
    if not any(isinstance(place.get("hourly"), dict) for place in places_of(path)):
        raise _without_hours(path.name)


def _without_hours(file: str) -> Unreadable:
    return Unreadable(Reason("no_hourly_time", file=file))


def read(path: Path, points: Sequence[Point], *, received: datetime, source: str = "open-meteo") -> Reading:
    """All places of the file; a place is `site` if the file says so, else every point within 50 km of it.

    Raises Unreadable when nothing of it can be used.
    """
    parts, refused, ignored, notes, count = [], list[Refusal](), list[str](), list[Reason](), 0
    places = places_of(path)
    homes = _homes(path.name, places, points)
    for number, place in enumerate(places):
        sites = [code for code, home in homes if home == number]
        hourly = place.get("hourly")
        if not isinstance(hourly, dict) or not isinstance(hourly.get("time"), list):
            raise _without_hours(path.name)
        table, labels, faults, unknown = _table(path.name, hourly, place.get("hourly_units"), count)
        times, bad = _starts(path.name, hourly["time"], place, count)
        table = table.with_columns(start=times).drop_nulls("start")
        clean, outside = checked(path.name, table, labels)
        issued, note = _issued(path.name, place, received)
        parts.append(
            with_dew_point(clean)
            .join(pl.DataFrame({"site": sites}, schema={"site": pl.String}), how="cross")
            .with_columns(source=pl.lit(str(place.get("source", source))), issued=pl.lit(issued, INSTANT))
        )
        refused += [*faults, *bad, *_as_in_file(hourly, outside, count)]
        ignored += [u for u in unknown if u not in ignored]
        notes += [n for n in note if n not in notes]
        count += len(hourly["time"])
    rows = pl.concat(parts, how="diagonal")
    return finished(path.name, rows, refused, ignored=ignored, notes=notes, in_file=count)


def places_of(path: Path) -> list[dict[str, Any]]:
    """The objects of the file, one for each place. Raises Unreadable."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unreadable(Reason("cannot_open", path=str(path), error=str(error.strerror))) from error
    except ValueError as error:
        raise Unreadable(Reason("no_json", file=path.name, error=str(error))) from error
    except RecursionError as error:
        raise Unreadable(Reason("json_too_deep", file=path.name)) from error
    places = found if isinstance(found, list) else [found]
    if not places or not all(isinstance(p, dict) for p in places):
        raise Unreadable(Reason("json_without_hours", file=path.name))
    if places[0].get("error"):
        said = str(places[0].get("reason", "no reason given"))
        raise Unreadable(Reason("refusal_of_service", file=path.name, said=said))
    return places


def _table(
    file: str, hourly: Mapping[str, Any], units: Any, before: int
) -> tuple[pl.DataFrame, dict[str, str], list[Refusal], list[str]]:
    """Columns in inside units with `#row` (from `before` + 1), their fields, refused and ignored fields."""
    length, given = len(hourly["time"]), units if isinstance(units, dict) else {}
    columns: dict[str, pl.Series] = {ROW: pl.Series(range(before + 1, before + length + 1), dtype=pl.UInt32)}
    refused, ignored, labels = [], [], dict[str, str]()
    for field, values in hourly.items():
        name = FIELDS.get(field)
        if field == "time":
            continue
        if name is None:
            ignored.append(field)
        elif not isinstance(values, list) or len(values) != length:
            refused.append(Refusal(file, 0, field, "", _length_fault(values, length)))
        elif given.get(field) not in OF[name]:
            why = Reason("unit_of_service", units=", ".join(OF[name]))
            refused.append(Refusal(file, 0, field, str(given.get(field, "")), why))
        elif name not in columns:
            factor, offset = UNITS[given[field]]
            numbers = pl.Series([_number(v) for v in values], dtype=pl.Float64)
            columns[name], labels[name] = numbers * factor + offset, field
            refused += [
                Refusal(file, row, field, str(v), NOT_A_NUMBER)
                for row, v in enumerate(values, start=before + 1)
                if v is not None and _number(v) is None
            ]
        else:
            ignored.append(field)
    table = pl.DataFrame(columns)
    if not set(columns) - {ROW, "humidity"}:
        raise Unreadable(
            Reason("json_without_fields", file=file, fields=", ".join(FIELDS), first=first_of(refused))
        )
    return table, labels, refused, ignored


def _length_fault(values: Any, length: int) -> Reason:
    if isinstance(values, list):
        return Reason("other_length", size=len(values), length=length)
    return Reason("no_list", length=length)


def _as_in_file(hourly: Mapping[str, Any], outside: Sequence[Refusal], before: int) -> list[Refusal]:
    """Refusals with the value that the file has."""
    return [replace(r, value=str(hourly[r.column][r.row - before - 1])) for r in outside]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits
        return inf


def _starts(
    file: str, times: Sequence[Any], place: Mapping[str, Any], before: int
) -> tuple[pl.Series, list[Refusal]]:
    """Valid times -> starts of the hours that end there; what is no full hour is refused."""
    shift = _shift(file, place)
    found: list[datetime | None] = []
    refused = []
    for number, text in enumerate(times, start=before + 1):
        moment = _moment(text, shift)
        hour = moment and full_hour(moment, NEAR)
        if hour is None:
            refused.append(Refusal(file, number, "time", str(text), Reason("json_no_full_hour")))
        found.append(hour - HOUR if hour else None)
    return pl.Series("start", found, dtype=INSTANT), refused


def _shift(file: str, place: Mapping[str, Any]) -> timedelta:
    """How far the file's clock is ahead of UTC. Raises Unreadable for what is no number of seconds of a day."""
    given = place.get("utc_offset_seconds")
    seconds = 0.0 if given is None else _number(given)
    if seconds is None or not abs(seconds) <= DAY:
        raise Unreadable(Reason("json_offset", file=file, given=str(given)[:40]))
    return timedelta(seconds=seconds)


def _moment(text: Any, shift: timedelta) -> datetime | None:
    """A time of the file as an instant: seconds since 1970, or ISO 8601, local by the file's offset."""
    try:
        if isinstance(text, bool):
            return None
        if isinstance(text, int | float):
            found = parse_moment("1970-01-01T00:00+00:00") + timedelta(seconds=text)
        else:
            local = datetime.fromisoformat(text)
            found = (local if local.tzinfo else parse_moment(f"{text}+00:00") - shift).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


def _issued(file: str, place: Mapping[str, Any], received: datetime) -> tuple[datetime, list[Reason]]:
    if "issued" not in place:
        return received, [UNDATED]
    moment = _moment(place["issued"], timedelta(hours=8))
    if moment is None:
        raise Unreadable(Reason("json_issued", file=file, given=str(place["issued"])[:40]))
    return moment, []


def _homes(file: str, places: Sequence[Mapping[str, Any]], points: Sequence[Point]) -> list[tuple[str, int]]:
    """(site, number of the place): sites that the file names, and every point at its nearest place within 50 km."""
    found = [(p["site"].strip(), n) for n, p in enumerate(places) if isinstance(p.get("site"), str)]
    odd = next((why for site, _ in found if (why := fault(site))), None)
    if odd:
        raise Unreadable(Reason("place_no_station", file=file, cause=odd))
    where = {
        n: (_number(p.get("longitude")), _number(p.get("latitude")))
        for n, p in enumerate(places)
        if "site" not in p
    }
    known = {
        n: (lon, lat)
        for n, (lon, lat) in where.items()
        if lon is not None and lat is not None and abs(lon) <= 360 and abs(lat) <= 90
    }
    if len(known) < len(where):
        raise Unreadable(Reason("place_nowhere", file=file))
    for point in points:
        apart = {n: distance_km(lon, lat, point.lon, point.lat) for n, (lon, lat) in known.items()}
        nearest = min(apart, key=apart.__getitem__, default=None)
        if nearest is not None and apart[nearest] <= NEAR_KM:
            found.append((point.code, nearest))
    if not found:
        some = str(list(known.values())[:3])
        raise Unreadable(Reason("no_station_at_places", file=file, km=NEAR_KM, places=some))
    return found
