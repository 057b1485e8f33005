"""Which kind of forecast weather is this file, if any? By what it holds, never by its name."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bihuan.feeds.reading import Reading, Unreadable, open_plain
from bihuan.feeds.tables import columns_of
from bihuan.feeds.weather import grib, hourly_json, netcdf, series
from bihuan.feeds.weather.rows import Point
from bihuan.reasons import Reason


def kind_of(path: Path) -> str | None:
    """`grib`, `netcdf`, `json`, `table`, or None for a file that is no forecast weather.

    Raises Unreadable, also for JSON of another kind: no other table begins as JSON does.
    """
    with open_plain(path) as file:
        head = file.read(64)
    if grib.fits(path):
        return "grib"
    if netcdf.fits(path):
        return "netcdf"
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        hourly_json.check(path)
        return "json"
    try:
        columns = columns_of(path, series.NEEDED)
    except Unreadable:
        return None
    return "table" if series.fits(columns) else None


def read(
    path: Path,
    points: Sequence[Point],
    *,
    received: datetime,
    told: Callable[[int, int], None] | None = None,
) -> Reading:
    """The file by its kind. told: of a file of many messages, hears the bytes read and their total. Raises Unreadable."""
    kind = kind_of(path)
    if kind == "grib":
        return grib.read(path, points, told=told)
    if kind == "netcdf":
        return netcdf.read(path, points, received=received)
    if kind == "json":
        return hourly_json.read(path, points, received=received)
    if kind == "table":
        return series.read(path)
    raise Unreadable(Reason("no_weather", file=path.name, columns=", ".join(series.LABELS)))
