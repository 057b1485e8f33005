"""The places for which an import looks into files of forecast weather."""

from pathlib import Path

from bihuan.feeds.weather.rows import Point


def known_points() -> list[Point]:
    """The stations of the register with their places; none in a bare installation without a register."""
    import django

    django.setup()
    from django.db import connection

    from bihuan.registry.models import Site
    from bihuan.registry.places import points

    # Asking an SQLite database that is not there would make one.
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        return []
    if Site._meta.db_table not in connection.introspection.table_names():
        return []
    return points()
