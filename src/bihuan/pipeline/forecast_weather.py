"""Forecast weather of models outside: rows by issue and hour at the city's places, in files of their own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bihuan.archive import Archive
from bihuan.archive.quarantine import Refused
from bihuan.archive.storing import Counts, Delivery
from bihuan.archive.weather import WeatherStore
from bihuan.feeds.detect import WEATHER
from bihuan.feeds.mapping import ColumnMapping
from bihuan.feeds.records import Correction, Record
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import mend_weather, previews
from bihuan.pipeline.kind import Corrected, Taken
from bihuan.pipeline.orders import WEATHER_DELAY, Order
from bihuan.pipeline.readers import read_weather


class ForecastWeather:
    """GRIB, NetCDF, JSON and tables of forecast weather."""

    read = staticmethod(read_weather)

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Its one format."""
        return form == WEATHER

    def ordered(self, order: Order, points: Callable[[], tuple[Point, ...]]) -> Order:
        """For which places, and the delay of a model."""
        delay = WEATHER_DELAY.total_seconds() if order.delay is not None else None
        return replace(order, delay=delay, points=points())

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Into files by issue."""
        store = WeatherStore(archive.root.parent)
        new, same, corrected = store.keep(taken.weather(), delivery.received, delay=delivery.delay)
        return Counts(new, same, corrected)

    def known(self, taken: Taken) -> Counts:
        """Places times hours."""
        return Counts(same=taken.weather().height)

    def mendable(self, path: Path, order: Order, refused: Refused) -> bool:
        """Is it one row of a table, or one value or time of JSON?"""
        return mend_weather.mendable(path, refused)

    def record(self, path: Path, order: Order, refused: Refused) -> Record:
        """The record as it came."""
        return previews.weather_record(path, order.file, refused.row)

    def corrected(
        self, archive: Archive, path: Path, order: Order, refused: Refused, correction: Correction
    ) -> Corrected:
        """The hours that the correction changes."""
        came, store = archive.journal.read(refused.journal).received, WeatherStore(archive.root.parent)
        text = mend_weather.table(path, order.points, came, refused, correction, store)
        return Corrected(text, WEATHER)
