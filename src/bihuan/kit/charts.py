"""Chart specifications in the plain form that the chart element reads."""

from datetime import datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.archive.forecasts import Run
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.standards import NoStandard, limit
from bihuan.domain.timeaxis import CST, HOUR


def millis(column: pl.Series) -> list[int]:
    """Instants as END-of-hour labels in milliseconds, for charts."""
    return [int((t + HOUR).timestamp() * 1000) for t in column]


def values(column: pl.Series, decimals: int = 1) -> list[Any]:
    """Numbers for a chart; gaps stay gaps."""
    return column.cast(pl.Float64).round(decimals).to_list()


def limits(item: str, day: datetime) -> list[dict[str, Any]]:
    """Limit lines of the standard of that day in China, class II: 1 h for gases, the day for particles."""
    period = "day" if item in ("pm25", "pm10") else "1h"
    try:
        found = limit(item, period, on=day.astimezone(CST).date())
    except (NoStandard, KeyError):
        return []
    word = {"day": _("日均二级限值"), "1h": _("小时二级限值")}[period]
    return [{"value": float(found.value), "label": f"{word} {found.value:g}"}]


def observed(frame: pl.DataFrame, column: str, name: str) -> dict[str, Any]:
    """A line of measured values; `frame` on an unbroken axis."""
    return {"name": name, "times": millis(frame["start"]), "data": values(frame[column], 1)}


def fan(run: Run, site: str, item: str) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
    """Bands (90 %, 50 %) and the middle line of a forecast run at a place."""
    rows = run.hours.filter((pl.col("site") == site) & (pl.col("item") == item)).sort("start")
    if rows.is_empty():
        return None
    times = millis(rows["start"])
    bands: list[dict[str, Any]] = [
        {"name": "90%", "times": times, "low": values(rows["q05"]), "high": values(rows["q95"])},
        {
            "name": "50%",
            "times": times,
            "low": values(rows["q25"]),
            "high": values(rows["q75"]),
            "inner": True,
        },
    ]
    return bands, {
        "name": _("预报中位数"),
        "times": times,
        "data": values(rows["q50"]),
        "accent": True,
        "dashed": True,
    }


def panel(
    item: str, day: datetime, lines: list[dict[str, Any]], fanned: tuple[Any, Any] | None
) -> dict[str, Any]:
    """One panel: observed lines, forecast fan, limits."""
    quantity = BY_NAME.get(item)
    bands, middle = fanned or ([], None)
    return {
        "title": quantity.label if quantity else "AQI",
        "unit": quantity.unit if quantity else "",
        "series": [*lines, *([middle] if middle else [])],
        "bands": bands,
        "limits": limits(item, day) if quantity else [],
    }
