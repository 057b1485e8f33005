"""The year of a works as charts: inflow with the capacity and the marks of the weather, rain, concentrations."""

from datetime import datetime, time
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.sewage.works.weather import AFTER, DRY, WET
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.sewage_works.view import Story

NOON = time(12)
CONCENTRATIONS = (("in_bod", "BOD"), ("in_cod", "COD"), ("in_nh3n", "NH3-N"))


def panels_of(story: Story) -> list[dict[str, Any]]:
    """One panel each of water, rain, BOD, COD and ammonia of the influent."""
    days = story.days
    times = [int(datetime.combine(day, NOON, CST).timestamp() * 1000) for day in days["date"]]

    def series(name: str, values: pl.Series, **look: Any) -> dict[str, Any]:
        return {"name": name, "times": times, "data": values.round(2).to_list(), **look}

    def marked(mark: str) -> pl.Series:
        return days.select(pl.when(pl.col("mark") == mark).then("inflow").alias("inflow")).to_series()

    words = {DRY: _("旱天"), WET: _("雨天"), AFTER: _("雨后")}
    looks = {DRY: {"quiet": True}, WET: {"accent": True}, AFTER: {}}
    flows = [series(_("进水量"), days["inflow"], quiet=True)]
    flows += [series(words[m], marked(m), points=True, **looks[m]) for m in words]
    made = [_panel(_("进水量"), "m³/d", flows, _capacity(story))]
    if days["rain"].count():
        made.append(_panel(_("降雨量"), "mm", [series(_("降雨量"), days["rain"], step=True)]))
    for column, name in CONCENTRATIONS:
        low = [_line(story.rules.low_bod)] if column == "in_bod" else []
        values = series(name, days[column], points=True)
        made.append(_panel(_("进水 %(item)s") % {"item": name}, "mg/L", [values], low))
    return made


def _panel(
    title: str, unit: str, series: list[dict[str, Any]], limits: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {"title": title, "unit": unit, "series": series, "bands": [], "limits": limits or []}


def _capacity(story: Story) -> list[dict[str, Any]]:
    if story.term is None:
        return []
    return [{"value": story.term.capacity, "label": _("设计规模 %(v)g") % {"v": story.term.capacity}}]


def _line(value: float) -> dict[str, Any]:
    return {"value": value, "label": f"{value:g}"}
