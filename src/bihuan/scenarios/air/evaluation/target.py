"""The yearly target: how far, and what the rest of the year may be."""

from datetime import date
from math import ceil, floor
from typing import Any

import polars as pl

from bihuan.domain.statistics import published_days, remaining_allowance
from bihuan.registry.models import Region, Target
from bihuan.registry.targets import targets_of
from bihuan.scenarios.air.evaluation.tables import VALUES

MEANS = (Target.Item.PM25, Target.Item.PM10, Target.Item.SO2, Target.Item.NO2)


def progress(target: Target, days: pl.DataFrame, last: date) -> dict[str, Any]:
    """Where the year stands on `last`: value so far, days left, and what they may be at most (or must at least).

    days: the city's days of that year (unrounded). `allowed`: mean of the remaining days [µg/m³] for a mean; number of
    heavy days still possible; number of good days still needed. None: no data, or no days left.
    """
    left = (date(target.year, 12, 31) - last).days
    known = days.filter(pl.col("date").is_between(date(target.year, 1, 1), last))
    found = _of_mean(target, known, left) if target.item in MEANS else _of_days(target, known, left)
    return {
        "item": target.item,
        "label": target.get_item_display(),
        "target": target.value,
        "left": left,
        **found,
    }


def _of_mean(target: Target, days: pl.DataFrame, left: int) -> dict[str, Any]:
    values = days[target.item].drop_nulls()
    so_far = values.mean()
    if not isinstance(so_far, float):
        return {"days": 0, "so_far": None, "allowed": None, "reachable": None}
    allowed = remaining_allowance(target.value, len(values), so_far, left)
    reachable = so_far <= target.value if allowed is None else allowed >= 0
    return {"days": len(values), "so_far": so_far, "allowed": allowed, "reachable": reachable}


def _of_days(target: Target, days: pl.DataFrame, left: int) -> dict[str, Any]:
    aqi = published_days(days)["aqi"].drop_nulls()
    # As in the tables: the days of a place that never measures an item are not judged by the others.
    if aqi.is_empty() or any(days[v].count() == 0 for v in VALUES):
        return {"days": 0, "so_far": None, "allowed": None, "reachable": None}
    if target.item == Target.Item.HEAVY_DAYS:
        had = int((aqi > 200).sum())
        spare = floor(target.value) - had
        return {"days": len(aqi), "so_far": had, "allowed": max(spare, 0), "reachable": spare >= 0}
    good = int((aqi <= 100).sum())
    need = max(ceil(target.value * (len(aqi) + left) / 100) - good, 0)
    return {"days": len(aqi), "so_far": good * 100 / len(aqi), "allowed": need, "reachable": need <= left}


def progresses(city: Region | None, year: int, days: pl.DataFrame, last: date) -> list[dict[str, Any]]:
    """Every target of the city in that year."""
    targets = targets_of(city, year) if city else ()
    return [progress(t, days, last) for t in targets]
