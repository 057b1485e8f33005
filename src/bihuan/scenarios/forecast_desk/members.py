"""Members side by side: what each would say of the days, beside the machine, guidance and people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext_noop

from bihuan.archive.forecasts import Run
from bihuan.domain.forecast.areas import is_area
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import level_of
from bihuan.domain.statistics import city_hours, daily_values, published_days
from bihuan.domain.timeaxis import CST, day_start
from bihuan.registry.forecasting import stations_of
from bihuan.registry.hours import archive
from bihuan.scenarios.forecast_desk import run_cache
from bihuan.scenarios.forecast_desk.guidance import days_of
from bihuan.scenarios.forecast_desk.models import Guidance

MACHINE = gettext_noop("机器（中位数）")
NAMES = {
    "combined": gettext_noop("组合（均值）"),
    "trees_full": gettext_noop("提升树"),
    "trees_free": gettext_noop("提升树（不带岭回归）"),
    "raw_full": gettext_noop("岭回归"),
    "root_full": gettext_noop("岭回归（开方）"),
    "raw_damped": gettext_noop("阻尼持续"),
    "root_damped": gettext_noop("阻尼持续（开方）"),
    "similar": gettext_noop("相似日（多日加权）"),
    "analogues": gettext_noop("相似日"),
    "usual": gettext_noop("平常（半月同钟点）"),
    "same_hour": gettext_noop("昨日同钟点"),
    "persistence": gettext_noop("持续"),
}


@dataclass(frozen=True)
class Cell:
    """One day of one voice: a value, perhaps a range, for AQI its level and primary item."""

    value: float
    low: float | None = None
    high: float | None = None
    primary: str = ""
    level: int | None = None


@dataclass(frozen=True)
class Row:
    """One voice; `cells` by date. kind: machine, member, guidance or person."""

    kind: str
    name: str
    cells: dict[date, Cell]
    note: str = ""


def measured(place: str, first: datetime, moment: datetime) -> pl.DataFrame:
    """Hours of a place from `first` on as they had been received by a moment: start and items."""
    codes = stations_of(place)
    columns = ("site", "start", *ITEM_NAMES)
    rows = archive().ambient.as_of(moment, sites=codes, start=first, end=moment, columns=columns).collect()
    if is_area(place):
        towns = pl.DataFrame(
            {"site": codes, "city": [place] * len(codes)}, schema={"site": pl.String, "city": pl.String}
        )
        rows = city_hours(rows, towns) if rows.height else rows
    return rows.select("start", *ITEM_NAMES).sort("start")


def member_days(run: Run, place: str) -> pl.DataFrame | None:
    """site (= member), date, values and AQI as published days, the first day with its measured hours; None if not kept.

    A day needs 20 hours, as in any evaluation.
    """
    said = run_cache.part(run.run_id, "members", place)
    if said is None or said.is_empty():
        return None
    names = [c for c in said.columns if c in NAMES]
    long = said.drop("site").unpivot(names, index=["item", "start"], variable_name="site", value_name="value")
    wide = long.pivot("item", index=["site", "start"], values="value")
    wide = wide.with_columns(pl.lit(None, pl.Float64).alias(i) for i in ITEM_NAMES if i not in wide.columns)
    today = measured(place, day_start(run.issued.astimezone(CST).date()), run.issued)
    before = today.join(pl.DataFrame({"site": names}), how="cross")
    whole = pl.concat(
        [before.select("site", "start", *ITEM_NAMES), wide.select("site", "start", *ITEM_NAMES)]
    )
    return published_days(daily_values(whole.sort("site", "start")))


def rows(run: Run, place: str, item: str, others: Iterable[Guidance]) -> list[Row]:
    """The machine, its members and guidance for one item (`aqi`, `o3_8h` or an inside name), as rows of the table."""
    found = [_machine(run, place, item)]
    days = member_days(run, place)
    for name, title in NAMES.items() if days is not None else ():
        assert days is not None
        found.append(Row("member", title, _cells(days.filter(pl.col("site") == name), item)))
    for guidance in others:
        found.append(_guidance(guidance, place, item))
    return [r for r in found if r.cells]


def _machine(run: Run, place: str, item: str) -> Row:
    mine = run.days.filter((pl.col("site") == place) & (pl.col("item") == item)).sort("date")
    cells = {r["date"]: _cell(item, r["q50"], r["q25"], r["q75"]) for r in mine.iter_rows(named=True)}
    return Row("machine", MACHINE, cells)


def _cells(days: pl.DataFrame, item: str) -> dict[date, Cell]:
    known = days.filter(pl.col(item).is_not_null())
    return {
        r["date"]: _cell(item, float(r[item]), primary=r["primary"] or "")
        for r in known.iter_rows(named=True)
    }


def _guidance(guidance: Guidance, place: str, item: str) -> Row:
    said = days_of(guidance, place).filter(pl.col("item") == item)
    cells = {
        r["date"]: _cell(item, r["value"], r["low"], r["high"], r["primary"])
        for r in said.iter_rows(named=True)
    }
    return Row("guidance", guidance.source, cells, guidance.file_name)


def _cell(
    item: str, value: float, low: float | None = None, high: float | None = None, primary: str = ""
) -> Cell:
    index = item == "aqi"
    return Cell(value, low, high, primary if index else "", level_of(round(value)).level if index else None)


def person_row(content: dict[str, Any], name: str, item: str) -> Row:
    """What a bulletin says of one item."""
    cells = {}
    for day in content["days"]:
        said = day["aqi"] if item == "aqi" else day["items"].get(item)
        if said is not None:
            cells[date.fromisoformat(day["date"])] = _cell(
                item, said["value"], said["low"], said["high"], day["primary"]
            )
    return Row("person", name, cells)
