"""What the loggers of sections sent (HJ 212, ST 21): their hours and days as observations of the section."""

from collections.abc import Iterable

import polars as pl

from bihuan.archive import logged
from bihuan.archive.logged import FIELDS as FIELDS
from bihuan.archive.observations import Asked
from bihuan.registry.hours import archive
from bihuan.scenarios.water_sections.models import Logger

SURFACE_WATER = ("21",)


def values_of(asked: Asked) -> pl.DataFrame:
    """FIELDS of sections (`asked.sites`: their codes), the version that came last; in no order."""
    return logged.values_of(archive().devices, _loggers(asked), SURFACE_WATER, asked)


def newest_of(asked: Asked) -> pl.DataFrame:
    """FIELDS of the last hours of each logger before it fell silent; none of before `asked.start`. in no order."""
    return logged.newest_of(archive().devices, _loggers(asked), SURFACE_WATER, asked)


def _loggers(asked: Asked) -> dict[str, str]:
    """Section by number of its logger."""
    return dict(Logger.objects.filter(section__in=list(asked.sites or ())).values_list("mn", "section_id"))


def joined(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One table of FIELDS."""
    return pl.concat([logged.empty(), *frames])
