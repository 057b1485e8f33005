"""Panels of a stack for the chart element: pollutants with limits and marks, oxygen, load and flow."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.domain.timeaxis import day_start
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.charts import (
    bands_of,
    beside,
    curves,
    each_time,
    limit_lines,
    look,
    values,
)
from bihuan.scenarios.plant_emissions.items import LABELS, UNITS
from bihuan.scenarios.plant_emissions.media.gas.standings import limits_on
from bihuan.scenarios.plant_emissions.models import Outlet

if TYPE_CHECKING:
    from bihuan.scenarios.plant_emissions.media.gas import Gas

BESIDE = ("o2", "load", "flow", "temp", "humidity")
COUNTED = {name: f"valid_{p}" for p in POLLUTANTS for name in (p, f"{p}_zs")}
"""A concentration, and by which column of an hour it counts."""


def panels(medium: "Gas", outlet: Outlet, now: datetime, *, minutes: bool) -> dict[str, Any]:
    """The last 72 hours, or the minutes of the last 24 hours. Hours stand at their start, as in HJ 212."""
    found = look(medium, outlet, now, COUNTED, minutes=minutes)
    frame, times = found.frame, found.times
    table = register.limits_table([outlet.code])
    limits = each_time(frame, lambda day: limits_on(table, day_start(day)))
    made = [_pollutant(outlet, p, frame, times, limits, found.covered) for p in _items(limits, frame)]
    made += [beside(name, frame, times) for name in BESIDE if frame[name].count()]
    return curves(made, times, now)


def _items(limits: dict[tuple[str, str, bool], list[float | None]], frame: pl.DataFrame) -> list[str]:
    limited = {item for _site, item, _ultra in limits}
    return [p for p in POLLUTANTS if p in limited or frame[p].count()]


def _pollutant(
    outlet: Outlet,
    item: str,
    frame: pl.DataFrame,
    times: list[int],
    limits: dict[tuple[str, str, bool], list[float | None]],
    covered: list[bool],
) -> dict[str, Any]:
    """Measured and converted, the limits in force at each time, marks as bands."""
    plain, converted = values(frame[item]), values(frame[f"{item}_zs"])
    series = [{"name": _("实测"), "times": times, "data": plain, "quiet": outlet.ref_o2 is not None}]
    if outlet.ref_o2 is not None:
        series.append({"name": _("折算"), "times": times, "data": converted, "accent": True})
    kinds = ((_("限值"), (outlet.code, item, False)), (_("超低限值"), (outlet.code, item, True)))
    steps, across = limit_lines([(name, limits[key]) for name, key in kinds if key in limits], times)
    drawn = (*plain, *converted, *(v for step in steps for v in step["data"]))
    top = max([v for v in drawn if v is not None] + [1.0])
    bands = bands_of(covered, times, top)
    return {
        "title": _(LABELS[item]),
        "unit": UNITS[item],
        "series": [*series, *steps],
        "bands": bands,
        "limits": across,
    }
