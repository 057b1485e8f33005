"""What imports and exports ask the register of stations, where there is one."""

from collections.abc import Iterable
from pathlib import Path

from bihuan.feeds.weather.rows import Point
from bihuan.reasons import Reason


def unregistered_sites(codes: Iterable[str]) -> list[Reason]:
    """The note on stations that the register does not know; none in a bare installation without a register."""
    if not _has_register():
        return []
    from bihuan.registry.forecast_places import unregistered

    return unregistered(codes)


def simulated_sites() -> list[str]:
    """Codes of stations whose data are simulated; none in a bare installation without a register."""
    if not _has_register():
        return []
    from bihuan.registry.models import Site

    return list(Site.objects.filter(simulated=True).order_by("code").values_list("code", flat=True))


def known_points() -> list[Point]:
    """The stations of the register with their places; none in a bare installation without a register."""
    if not _has_register():
        return []
    from bihuan.registry.forecast_places import points

    return points()


def _has_register() -> bool:
    import django

    django.setup()
    from django.db import connection

    from bihuan.registry.models import Site

    # Asking an SQLite database that is not there would make one.
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        return False
    return Site._meta.db_table in connection.introspection.table_names()
