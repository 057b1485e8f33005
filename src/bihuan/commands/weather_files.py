"""Files of forecast weather among the files of an import."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bihuan.archive.weather import WeatherStore
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.weather.detect import kind_of, read
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline import FileReport

USUAL_DELAY = timedelta(hours=6)
"""From a global model's time of issue until its files are here; our assumption (GFS about 5 h, ECMWF about 7 h)."""


def is_weather(path: Path) -> bool:
    """Whether the file is forecast weather; a file that cannot be opened is not."""
    try:
        return kind_of(path) is not None
    except Unreadable:
        return False


def take(data: Path, paths: Sequence[Path], received: datetime) -> list[FileReport]:
    """Take the files in, one report each; a file that cannot be used says why in `error`."""
    store, points = WeatherStore(data), known_points()
    reports = []
    for path in paths:
        report = FileReport(path.name, "weather")
        try:
            reading = read(path, points, received=received)
            report.new, report.same, report.corrected = store.keep(reading.rows, received, delay=USUAL_DELAY)
        except Unreadable as error:
            report.error = str(error)
        except OSError as error:
            report.error = f"{path.name} could not be stored ({error.strerror or error}); free disk space and import it again"
        else:
            report.rows = reading.rows_in_file
            report.ignored_columns, report.notes = list(reading.ignored_columns), list(reading.notes)
            report.take(reading.refused)
        reports.append(report)
    return reports


def known_points() -> list[Point]:
    """The stations of the register with their places; none in a bare installation without a register."""
    import django

    django.setup()
    from django.db import connection

    from bihuan.registry.models import Site

    # Asking an SQLite database that is not there would make one.
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        return []
    if Site._meta.db_table not in connection.introspection.table_names():
        return []
    return [Point(*row) for row in Site.objects.values_list("code", "lon", "lat")]
