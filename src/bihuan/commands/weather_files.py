"""What imports and exports ask the registers, where there are any."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bihuan.feeds.weather.rows import Point
from bihuan.reasons import Reason


def notes_of_sites(codes: Iterable[str]) -> list[Reason]:
    """Notes on former names and on sites that no register knows; none in a bare installation without a register."""
    if not _has_register():
        return []
    from bihuan.scenarios import resolved_sites

    return resolved_sites.notes(list(codes))


def known_sites() -> Mapping[str, Mapping[str, str]]:
    """By format, the only names of sites that may stand in its files; none in a bare installation without a register."""
    if not _has_register():
        return {}
    from bihuan.scenarios import resolved_sites

    return resolved_sites.known()


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
