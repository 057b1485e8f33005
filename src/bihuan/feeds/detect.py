"""Which format is this file? By what it holds, never by its name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bihuan.feeds import ambient_table, china_sites, cnemc_hour
from bihuan.feeds.gates import ledger
from bihuan.feeds.long import (
    answers,
    monthly_water,
    plain,
    road_runs,
    road_works,
    sections,
    works_daily,
)
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.roadside import sensed, terminal
from bihuan.feeds.tables import columns_of
from bihuan.feeds.vehicle_tests import daily_table, tests_table, traces_table, whole
from bihuan.feeds.weather.detect import kind_of as weather_kind
from bihuan.reasons import Reason

WEATHER = "weather"
Batches = Callable[[Path], Iterator[Reading]]
AMBIENT = (china_sites, cnemc_hour, ambient_table)
LONG = (sections, road_runs, road_works, plain)
BOOKS = (works_daily, monthly_water)
"""Formats that are known by the tables within a workbook or a text, not by one row of names."""
ROADSIDE = (sensed, terminal)
VEHICLE_TABLES = (tests_table, traces_table, daily_table)
FORMATS: dict[str, Batches] = {
    f.NAME: f.batches for f in (*AMBIENT, *LONG, *BOOKS, ledger, *VEHICLE_TABLES, whole, *ROADSIDE)
}
LONG_FORMATS = frozenset(f.NAME for f in (*LONG, *BOOKS))
VEHICLE_FORMATS = frozenset(f.NAME for f in (*VEHICLE_TABLES, whole))
ROADSIDE_FORMATS = frozenset(f.NAME for f in ROADSIDE)
REVISING = frozenset({sections.NAME})
"""Formats of publishers who revise a value further down in the same file."""


def detect(path: Path, *, weather: bool = False) -> str:
    """Name of the file's format; may it be forecast weather? Raises Unreadable for a file of another kind."""
    if answers.fits(path):
        return sections.NAME
    if whole.fits(path):
        return whole.NAME
    if weather and weather_kind(path):
        return WEATHER
    for road in ROADSIDE:
        if road.fits(columns_of(path, road.NEEDED)):
            return str(road.NAME)
    for book in BOOKS:
        if book.fits(path):
            return str(book.NAME)
    columns = columns_of(path, ambient_table.NEEDED)
    for feed in AMBIENT:
        if feed.fits(columns):
            return str(feed.NAME)
    if ledger.fits(columns_of(path, ledger.NEEDED)):
        return ledger.NAME
    for long in LONG:
        if long.fits(columns_of(path, long.NEEDED)):
            return str(long.NAME)
    for table in VEHICLE_TABLES:
        if table.fits(columns_of(path, table.HEADS.needed)):
            return str(table.NAME)
    raise Unreadable(Reason("no_known_format", file=path.name, columns=some_names(columns, 10)))


def batches_of(format_name: str) -> Batches:
    """The reader of a format. Raises Unreadable for an unknown name."""
    if format_name not in FORMATS:
        raise Unreadable(Reason("no_such_format", format=format_name, known=", ".join(FORMATS)))
    return FORMATS[format_name]
