"""The hours of monitors as charts: PM10 beside the county's background and the limits, the other particles, humidity, wind."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.dust.limits import Rule, rules_for
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.kit.charts import millis, values
from bihuan.scenarios.dust_sites.inputs import dust_of
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.tables import Dust

SHOWN, AFTER = timedelta(hours=72), timedelta(hours=12)


def panels_of(site: DustSite | None, monitors: Sequence[Monitor], until: datetime) -> list[dict[str, Any]]:
    """Of the three days before a moment and half a day after it, as known now."""
    end = min(until + AFTER, clock.now())
    dust = dust_of([site] if site else [], monitors, end - SHOWN, clock.now(), end)
    return list(_panels(dust, site, monitors, end))


def _panels(
    dust: Dust, site: DustSite | None, monitors: Sequence[Monitor], end: datetime
) -> Iterator[dict[str, Any]]:
    first = (end - SHOWN).replace(minute=0, second=0, microsecond=0)
    axis = pl.DataFrame(
        {"start": pl.datetime_range(first, end, HOUR, eager=True, closed="left", time_unit="us")}
    )
    rows = {
        m.code: axis.join(
            dust.compared(dust.hours).filter(pl.col("monitor") == m.code),
            on="start",
            how="left",
            maintain_order="left",
        )
        for m in monitors
    }
    rules = rules_for(site.region_id, end.astimezone(CST).date(), site.phase, site.setting) if site else ()
    back = dust.background.filter(pl.col("county").is_in(dust.monitors["county"].unique()))
    for item, name, unit in (
        ("pm10", "PM10", "µg/m³"),
        ("tsp", "TSP", "µg/m³"),
        ("humidity", _("相对湿度"), "%"),
        ("wind", _("风速"), "m/s"),
    ):
        lines = [_line(m.name if len(monitors) > 1 else name, rows[m.code], item) for m in monitors]
        if not any(any(v is not None for v in line["data"]) for line in lines):
            continue
        if item == "pm10" and back.height:
            around = axis.join(
                back.group_by("start").agg(pl.col("background").mean()),
                on="start",
                how="left",
                maintain_order="left",
            )
            lines.append(_line(_("县区背景"), around, "background") | {"quiet": True})
        yield {
            "title": name,
            "unit": unit,
            "series": lines,
            "bands": [],
            "limits": [_limit(r) for r in rules if r.item == item and not r.minus_background],
        }


def _line(name: str, rows: pl.DataFrame, item: str) -> dict[str, Any]:
    return {"name": name, "times": millis(rows["start"]), "data": values(rows[item], 1)}


def _limit(rule: Rule) -> dict[str, Any]:
    word = {"warn": _("预警"), "stop": _("停工"), "limit": _("限值")}[rule.grade]
    return {"value": rule.limit, "label": f"{word} {rule.limit:g}"}
