"""One hour of a file of hourly arrays: to show it to a person, and with another value in it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bihuan.feeds.reading import Unreadable
from bihuan.feeds.records import Record
from bihuan.feeds.weather.hourly_json import places_of
from bihuan.reasons import Reason


def record(path: Path, row: int) -> Record:
    """(field, value) of the hour at `row`, with what the file says of its place. Raises Unreadable without one."""
    place, number = _hour(places_of(path), path.name, row)
    hour = {k: v[number] for k, v in place["hourly"].items() if isinstance(v, list) and number < len(v)}
    about = {k: v for k, v in place.items() if not isinstance(v, dict | list)}
    return [(k, str(v)) for k, v in (about | hour).items()]


def with_value(path: Path, row: int, field: str, value: str) -> str:
    """The file's text with another value of `field` at `row`.

    Raises Unreadable where there is none, ValueError for a text that is no number.
    """
    places = places_of(path)
    place, number = _hour(places, path.name, row)
    values = place["hourly"].get(field)
    if not isinstance(values, list) or number >= len(values):
        raise Unreadable(Reason("no_field_at_hour", file=path.name, field=field, hour=row))
    values[number] = value if field == "time" and isinstance(values[number], str) else float(value)
    return json.dumps(places, ensure_ascii=False)


def _hour(places: Sequence[dict[str, Any]], file: str, row: int) -> tuple[dict[str, Any], int]:
    """The place that holds `row`, and where in its arrays."""
    number = row - 1
    for place in places if row > 0 else ():
        length = len(place["hourly"]["time"])
        if number < length:
            return place, number
        number -= length
    raise Unreadable(Reason("no_such_hour", file=file, hour=row))
