"""GRIB (1 and 2) files of global models: surface fields at the nearest grid points, by ecCodes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from bihuan.feeds.labels import full_hour
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.weather.grids import NO_FULL_HOUR, assembled, converted, missing_library
from bihuan.feeds.weather.rows import NEAR_KM, Point
from bihuan.reasons import Reason

FIELDS = {"2t": "temp", "2d": "dewp", "2r": "humidity", "sp": "pres", "10u": "u", "10v": "v", "tp": "rain"}


def fits(path: Path) -> bool:
    """Whether the file begins as GRIB."""
    with path.open("rb") as file:
        return file.read(4) == b"GRIB"


def read(
    path: Path,
    points: Sequence[Point],
    *,
    source: str = "grib",
    told: Callable[[int, int], None] | None = None,
) -> Reading:
    """The fields of FIELDS at the points; others are named as ignored. A damaged message is refused by its number.

    told: hears after each message how many bytes of how many were read.

    Raises Unreadable without the library, without a grid point within 50 km, or when nothing can be used.
    """
    try:
        import eccodes
    except ImportError as error:
        raise missing_library("eccodes", path.name) from error
    reader = _Reader(eccodes, points, path.name)
    with path.open("rb") as file:
        for number, message in enumerate(_messages(eccodes, file, path.name, reader.refused), start=1):
            if told:
                told(file.tell(), path.stat().st_size)
            reader.take(message, number)
    if not reader.count and not reader.refused:
        raise Unreadable(Reason("no_grib", file=path.name))
    return assembled(path.name, reader.samples, source, reader.refused, reader.ignored, (), reader.count)


class _Reader:
    """What is gathered of the messages of one file."""

    def __init__(self, eccodes: Any, points: Sequence[Point], file: str) -> None:
        self.eccodes, self.points, self.file = eccodes, points, file
        self.samples: list[dict[str, Any]] = []
        self.refused: list[Refusal] = []
        self.ignored: list[str] = []
        self.count = 0
        self._places: dict[str, list[tuple[str, int]]] = {}

    def take(self, message: Any, number: int) -> None:
        """One message: its values at the points, or why it is refused."""
        self.count = number
        try:
            short = str(self.eccodes.codes_get(message, "shortName"))
            if short in FIELDS:
                self._field(message, number, short)
            elif short not in self.ignored:
                self.ignored.append(short)
        except (self.eccodes.CodesInternalError, ValueError, OverflowError) as error:
            self.refused.append(Refusal(self.file, number, "", str(error)[:200], Reason("damaged_message")))

    def _field(self, message: Any, number: int, short: str) -> None:
        units = str(self.eccodes.codes_get(message, "units"))
        unit = converted(self.file, number, short, FIELDS[short], units)
        if isinstance(unit, Refusal):
            self.refused.append(unit)
            return
        valid = _moment(self.eccodes, message, "validityDate", "validityTime")
        if not full_hour(valid, timedelta(0)):
            self.refused.append(Refusal(self.file, number, short, f"{valid:%Y-%m-%dT%H:%MZ}", NO_FULL_HOUR))
            return
        self.samples += _samples(self.eccodes, message, number, short, unit, self._nearest(message))

    def _nearest(self, message: Any) -> list[tuple[str, int]]:
        grid = str(self.eccodes.codes_get(message, "md5GridSection"))
        if grid not in self._places:
            self._places[grid] = _nearest(self.eccodes, message, self.points, self.file)
        return self._places[grid]


def _messages(eccodes: Any, file: BinaryIO, name: str, refused: list[Refusal]) -> Iterator[Any]:
    """Handles one after the other, released after use; reading ends at a damaged message, which is refused."""
    number = 0
    while True:
        number += 1
        try:
            message = eccodes.codes_grib_new_from_file(file)
        except eccodes.CodesInternalError as error:
            refused.append(Refusal(name, number, "", str(error), Reason("damaged_from_message")))
            return
        if message is None:
            return
        with _released(eccodes, message):
            yield message


@contextmanager
def _released(eccodes: Any, message: Any) -> Iterator[None]:
    try:
        yield
    finally:
        eccodes.codes_release(message)


def _nearest(eccodes: Any, message: Any, points: Sequence[Point], file: str) -> list[tuple[str, int]]:
    """(site, index of the nearest grid point) of every point within 50 km of the grid."""
    found = []
    for point in points:
        try:
            near = eccodes.codes_grib_find_nearest(message, point.lat, point.lon % 360)[0]
        except eccodes.OutOfAreaError:
            continue
        if near.distance <= NEAR_KM:
            found.append((point.code, int(near.index)))
    if not found:
        raise Unreadable(Reason("no_station_at_grid", file=file, km=NEAR_KM))
    return found


def _samples(
    eccodes: Any,
    message: Any,
    row: int,
    short: str,
    unit: tuple[float, float],
    places: Sequence[tuple[str, int]],
) -> list[dict[str, Any]]:
    issued = _moment(eccodes, message, "dataDate", "dataTime")
    valid = _moment(eccodes, message, "validityDate", "validityTime")
    since = _sum_begins(eccodes, message, issued) if FIELDS[short] == "rain" else None
    values = eccodes.codes_get_double_elements(message, "values", [i for _, i in places])
    gone = eccodes.codes_get_double(message, "missingValue")
    factor, offset = unit
    return [
        {
            ROW: row,
            "site": site,
            "issued": issued,
            "valid": valid,
            "since": since,
            "name": FIELDS[short],
            "field": short,
            "value": None if value == gone else float(value) * factor + offset,
        }
        for (site, _), value in zip(places, values, strict=True)
    ]


def _sum_begins(eccodes: Any, message: Any, issued: datetime) -> datetime:
    """Begin of the sum of an accumulated field."""
    eccodes.codes_set(message, "stepUnits", "m")
    return issued + timedelta(minutes=int(eccodes.codes_get_long(message, "startStep")))


def _moment(eccodes: Any, message: Any, day: str, time: str) -> datetime:
    """YYYYMMDD and HHMM of the message, UTC."""
    date, clock = eccodes.codes_get_long(message, day), eccodes.codes_get_long(message, time)
    return datetime.strptime(f"{date:08d}{clock:04d}", "%Y%m%d%H%M").replace(tzinfo=UTC)
