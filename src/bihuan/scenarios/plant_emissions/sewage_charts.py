"""Panels of a sewage outlet for the chart element: pollutants with the day's limit and marks, pH with its range, flow."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.emissions.hours import whole_hours
from bihuan.domain.sewage.compliance import with_range
from bihuan.domain.sewage.tables import FLAGGED, POLLUTANTS
from bihuan.domain.timeaxis import CST, HOUR, local_date
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.charts import (
    BACK,
    MINUTES_BACK,
    bands_of,
    beside,
    marked,
    millis,
    minutes_of_span,
    values,
)
from bihuan.scenarios.plant_emissions.media import LABELS, UNITS
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.observed import Seen
from bihuan.scenarios.plant_emissions.sewage_observed import seen
from bihuan.scenarios.plant_emissions.sewage_states import limits_on


def panels(outlet: Outlet, now: datetime, *, minutes: bool) -> dict[str, Any]:
    """The last 72 hours, or the minutes of the last 24 hours. Hours stand at their start, as in HJ 212."""
    end = now.replace(minute=0, second=0, microsecond=0) + (HOUR if minutes else timedelta(0))
    start = end - (MINUTES_BACK if minutes else BACK)
    data = seen([outlet.code], start, end, now)
    frame = minutes_of_span(data, start, now) if minutes else _hours(outlet, data, start, end)
    times, covered = millis(frame["start"]), marked(data, frame)
    limits = limits_on(register.sewage_limits_table([outlet.code]), now.astimezone(CST).date())
    items = [p for p in POLLUTANTS if (outlet.code, p) in limits or frame[p].count()]
    made = [_pollutant(p, frame, times, limits.get((outlet.code, p)), covered) for p in items]
    made += [beside(name, frame, times) for name in ("water_flow", "water_temp") if frame[name].count()]
    if frame["ph"].count():
        ends = _ends(outlet, now)
        panel = beside("ph", frame, times)
        lines = [
            {
                "name": e["label"],
                "times": times,
                "data": [e["value"]] * len(times),
                "quiet": True,
                "dashed": True,
            }
            for e in ends
        ]
        made.append(panel | {"series": [*panel["series"], *lines], "limits": ends})
    return {"panels": made, "times": times, "now": int(now.timestamp() * 1000), "nowLabel": _("现在")}


def _hours(outlet: Outlet, data: Seen, start: datetime, end: datetime) -> pl.DataFrame:
    """Every hour of the span; a value only where the hour is valid."""
    hours = whole_hours(data.hours, [outlet.code], data.marks, since=start, until=end)
    return hours.with_columns(pl.when(f"valid_{i}").then(i).alias(i) for i in FLAGGED)


def _ends(outlet: Outlet, now: datetime) -> list[dict[str, Any]]:
    """The ends of the range of pH in force today."""
    row = pl.DataFrame({"site": [outlet.code], "start": [now]}).select("site", date=local_date())
    found = with_range(row, register.sewage_limits_table([outlet.code])).to_dicts()
    ends = [(_("下限"), r["low"]) for r in found] + [(_("上限"), r["limit"]) for r in found]
    return [{"value": v, "label": f"{name} {v:g}"} for name, v in ends if v is not None]


def _pollutant(
    item: str, frame: pl.DataFrame, times: list[int], limit: float | None, covered: list[bool]
) -> dict[str, Any]:
    """Values, the day's limit as a line so that it is always inside the panel, marks as bands."""
    data = values(frame[item])
    series: list[dict[str, Any]] = [{"name": _(LABELS[item]), "times": times, "data": data, "accent": True}]
    limits = []
    if limit is not None:
        name = f"{_('日限值')} {limit:g}"
        series.append(
            {"name": name, "times": times, "data": [limit] * len(times), "quiet": True, "dashed": True}
        )
        limits = [{"value": limit, "label": name}]
    top = max([v for v in data if v is not None] + [limit or 0.0, 1e-3])
    return {"title": _(LABELS[item]), "unit": UNITS[item], "series": series, "bands": bands_of(covered, times, top), "limits": limits}  # fmt: skip
