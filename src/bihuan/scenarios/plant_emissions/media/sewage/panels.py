"""Panels of a sewage outlet for the chart element: pollutants with the day's limit and marks, pH with its range, flow."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.sewage.compliance import with_range
from bihuan.domain.sewage.tables import FLAGGED, POLLUTANTS
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
from bihuan.scenarios.plant_emissions.media.sewage.standings import limits_on
from bihuan.scenarios.plant_emissions.models import Outlet

if TYPE_CHECKING:
    from bihuan.scenarios.plant_emissions.media.sewage import Sewage
COUNTED = {i: f"valid_{i}" for i in FLAGGED}
"""A value, and by which column of an hour it counts."""


def panels(medium: "Sewage", outlet: Outlet, now: datetime, *, minutes: bool) -> dict[str, Any]:
    """The last 72 hours, or the minutes of the last 24 hours. Hours stand at their start, as in HJ 212."""
    found = look(medium, outlet, now, COUNTED, minutes=minutes)
    frame, times = found.frame, found.times
    table = medium.limits([outlet.code])
    limits = each_time(frame, lambda day: limits_on(table, day))
    items = [p for p in POLLUTANTS if (outlet.code, p) in limits or frame[p].count()]
    made = [_pollutant(p, frame, times, limits.get((outlet.code, p)), found.covered) for p in items]
    made += [beside(name, frame, times) for name in ("water_flow", "water_temp") if frame[name].count()]
    if frame["ph"].count():
        made.append(_ph(outlet, table, frame, times))
    return curves(made, times, now)


def _ph(outlet: Outlet, table: pl.DataFrame, frame: pl.DataFrame, times: list[int]) -> dict[str, Any]:
    """pH between the ends of its range."""

    def ends(day: date) -> dict[str, float]:
        row = pl.DataFrame({"site": [outlet.code], "date": [day]})
        found = with_range(row, table).to_dicts()
        return {end: r[end] for r in found for end in ("low", "limit") if r[end] is not None}

    found = each_time(frame, ends)
    names = (("low", _("下限")), ("limit", _("上限")))
    lines = [limit_lines([(name, found[end])], times) for end, name in names if end in found]
    panel = beside("ph", frame, times)
    return panel | {
        "series": [*panel["series"], *(step for steps, _across in lines for step in steps)],
        "limits": [line for _steps, across in lines for line in across],
    }


def _pollutant(
    item: str, frame: pl.DataFrame, times: list[int], limit: list[float | None] | None, covered: list[bool]
) -> dict[str, Any]:
    """Values, the day's limit in force at each time, marks as bands."""
    data = values(frame[item])
    line: dict[str, Any] = {"name": _(LABELS[item]), "times": times, "data": data, "accent": True}
    steps, across = limit_lines([(_("日限值"), limit)] if limit else [], times)
    top = max([v for v in (*data, *(limit or ())) if v is not None] + [1e-3])
    return {"title": _(LABELS[item]), "unit": UNITS[item], "series": [line, *steps], "bands": bands_of(covered, times, top), "limits": across}  # fmt: skip
