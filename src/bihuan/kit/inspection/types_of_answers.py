"""What each type of a question takes as an answer, as ODK writes it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from bihuan.reasons import Reason

_PLACE = re.compile(r"-?\d+(\.\d+)?( -?\d+(\.\d+)?){1,3}$")


def place_of(text: str) -> tuple[float, float] | None:
    """(latitude, longitude) of a geopoint, None where it is none."""
    parts = text.split()
    if not _PLACE.match(text) or len(parts) < 2:
        return None
    lat, lon = float(parts[0]), float(parts[1])
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0.0, 0.0) else None


def _whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d{1,15}", text) is not None


def _decimal(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text) is not None and len(text) <= 30


def _day(text: str) -> bool:
    return _reads(date.fromisoformat, text)


def _clock(text: str) -> bool:
    return _reads(time.fromisoformat, text)


def _moment(text: str) -> bool:
    return "T" in text and _reads(datetime.fromisoformat, text)


def _reads(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _point(text: str) -> bool:
    return place_of(text) is not None


def _line(text: str) -> bool:
    points = [p.strip() for p in text.rstrip("; ").split(";")]
    return len(points) >= 2 and all(place_of(p) for p in points)


def _shape(text: str) -> bool:
    points = [p.strip() for p in text.rstrip("; ").split(";")]
    return len(points) >= 4 and _line(text) and points[0] == points[-1]


def _no_time(said: str) -> Reason:
    return Reason("answer_no_time", value=said)


_READERS: Mapping[str, tuple[Callable[[str], bool], Callable[[str], Reason]]] = {
    "int": (_whole, lambda said: Reason("answer_no_int", value=said)),
    "decimal": (_decimal, lambda said: Reason("answer_no_decimal", value=said)),
    "date": (_day, lambda said: Reason("answer_no_date", value=said)),
    "time": (_clock, _no_time),
    "dateTime": (_moment, lambda said: Reason("answer_no_moment", value=said)),
    "geopoint": (_point, lambda said: Reason("answer_no_place", value=said)),
    "geotrace": (_line, lambda said: Reason("answer_no_line", value=said)),
    "geoshape": (_shape, lambda said: Reason("answer_no_area", value=said)),
}


def not_of_type(kind: str, said: str, text: str) -> Reason | None:
    """Why a text is no answer of this type; None where it is one. said: how a sentence shows it."""
    if kind not in _READERS:
        return None
    reader, why = _READERS[kind]
    return None if reader(text) else why(said)
