"""Observations of sections: what the national release and files say, under the present name and former ones, and their loggers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.timeaxis import CST
from bihuan.registry.hours import archive
from bihuan.scenarios.water_sections import logged
from bihuan.scenarios.water_sections.logged import FIELDS
from bihuan.scenarios.water_sections.models import FormerName

SERIES = ["site", "quantity", "period"]
Read = Callable[[Asked], pl.DataFrame]


def values_of(asked: Asked) -> pl.DataFrame:
    """FIELDS of sections (`asked.sites` are their codes), by series and start.

    What is told twice counts as under the present name, then as under a former one, then as the logger sent it.
    """
    rows = _under_all_names(asked, lambda one: archive().observations.read(one, FIELDS).collect())
    rows = logged.joined([rows, logged.values_of(asked)])
    return rows.unique([*SERIES, "start"], keep="first", maintain_order=True).sort(*SERIES, "start")


def newest_of(asked: Asked) -> pl.DataFrame:
    """FIELDS of sections: of each series the row with the newest start."""
    rows = _under_all_names(asked, archive().observations.latest)
    rows = logged.joined([rows, logged.newest_of(asked)]).reverse()
    newest = rows.sort("start", maintain_order=True).unique(SERIES, keep="last", maintain_order=True)
    return newest.sort(SERIES)


def _under_all_names(asked: Asked, read: Read) -> pl.DataFrame:
    """What is read of the present names, then of former ones under the present."""
    return logged.joined(
        read(one).select(FIELDS).with_columns(pl.col("site").replace(present))
        for one, present in _questions(asked)
    )


def _questions(asked: Asked) -> Iterator[tuple[Asked, dict[str, str]]]:
    """What to ask, and which site is which section: the present names, then former ones up to the day of their end."""
    yield asked, {}
    names: dict[datetime | None, dict[str, str]] = {}
    rows = FormerName.objects.filter(section__in=list(asked.sites or ()))
    for site, code, day in rows.values_list("site", "section_id", "renamed"):
        names.setdefault(datetime.combine(day, time(), CST) if day else None, {})[site] = code
    for renamed, present in names.items():
        end = min((t for t in (asked.end, renamed) if t), default=None)
        yield replace(asked, sites=list(present), end=end), present
