"""What the checks of this scenario take."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.timeaxis import CST
from bihuan.registry.subjects import there_on
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.network import pairs_below
from bihuan.scenarios.water_sections.quality.frames import HOURS, ITEMS, readings_of
from bihuan.scenarios.water_sections.values import values_of


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Readings of the sections in use as of a moment, and which of them lies below which."""
    day = now.astimezone(CST).date()
    codes = list(Section.objects.filter(there_on(day)).order_by("code").values_list("code", flat=True))
    return readings_and_sections(codes, now - look_back, now)


def readings_and_sections(
    codes: list[str], begin: datetime, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Readings of sections from a moment on, as known at another; and of each the next one below, and the kind of its water."""
    asked = Asked(codes, list(ITEMS.values()), list(HOURS), begin, now, now)
    kinds = dict(Section.objects.filter(code__in=codes).values_list("code", "kind"))
    kind = pl.col("site").replace_strict(kinds, default=None, return_dtype=pl.String)
    return readings_of(values_of(asked)), pairs_below(codes).with_columns(kind=kind)
