"""The desk's chart: what was measured, the machine, similar days, and the hours that others spoke of."""

from datetime import datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.forecasts import Run
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import HOUR
from bihuan.scenarios.forecast_desk import run_cache
from bihuan.scenarios.forecast_desk.guidance import hours_of, latest_for
from bihuan.scenarios.forecast_desk.machine import adjusted_hours
from bihuan.scenarios.forecast_desk.models import Bulletin


def panel(
    run: Run, place: str, item: str, measured: pl.DataFrame, versions: list[Bulletin]
) -> dict[str, Any]:
    """The chart's panel: what was measured, the combination, persistence and what followed the similar days.

    versions: those of the place that the reader may see, newest first.
    """
    said, followed = (run_cache.part(run.run_id, name, place) for name in ("members", "followed"))
    series = [_line(_("实测"), measured, item)]
    if said is not None and followed is not None:
        mine = said.filter((pl.col("item") == item) & (pl.col("lead") <= run_cache.EXPLAINED)).sort("lead")
        series.append(_line(_("组合（均值）"), mine, "combined") | {"accent": True})
        series.append(_line(_("持续"), mine, "persistence") | {"quiet": True, "dashed": True})
        for rank in followed["rank"].unique().sort():
            own = followed.filter((pl.col("rank") == rank) & (pl.col("lead") <= run_cache.EXPLAINED)).sort(
                "lead"
            )
            moved = own.with_columns(start=pl.lit(run.issued) + (pl.col("lead") - 1) * HOUR)
            series.append(_line(_("相似日 %(n)d") % {"n": rank}, moved, item) | {"quiet": True})
    series += _others(run, place, item, versions)
    return {
        "title": BY_NAME[item].label,
        "unit": BY_NAME[item].unit,
        "series": series,
        "bands": [],
        "limits": [],
    }


def _others(run: Run, place: str, item: str, versions: list[Bulletin]) -> list[dict[str, Any]]:
    """Lines of hours that others spoke of: guidance, and the newest version on this run that adjusted the item."""
    lines = [
        _line(g.source, hours, "value") | {"dashed": True}
        for g in latest_for(place, clock.now())
        if not (hours := hours_of(g, place).filter(pl.col("item") == item)).is_empty()
    ]
    newest = next((v for v in versions if v.run_id == run.run_id), None)
    if newest is not None:
        hours = adjusted_hours(run, place, newest.content["hours"]).filter(pl.col("item") == item)
        lines += (
            [_line(str(newest), hours, "person") | {"accent": True, "dashed": True}] if hours.height else []
        )
    return lines


def _line(name: str, frame: pl.DataFrame, column: str) -> dict[str, Any]:
    times: list[datetime] = frame["start"].to_list()
    return {
        "name": name,
        "times": [int((t + HOUR).timestamp() * 1000) for t in times],
        "data": frame[column].round(1).to_list(),
    }
