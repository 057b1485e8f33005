"""预警日逐时放行: of each unit under an order, hour by hour, what went in, what was turned away, and what went in though barred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.decisions import LEVELS
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicle_users.order_checks import HEAVY_FUELS, LIGHT_PLATES, barred_passages
from bihuan.scenarios.vehicle_users.tables import Gates

HOURS = range(24)
COUNTS = ("ins", "denied", "barred", "unknown")
"""Vehicles of an hour: let in, turned away, let in though barred, let in under an order though nobody knows their stage."""


@dataclass(frozen=True)
class Cell:
    """One hour of a unit; ahead: it has not begun yet; ordered: an order that binds the unit ran in it."""

    hour: int
    ins: int
    denied: int
    barred: int
    unknown: int
    ordered: bool
    ahead: bool

    @property
    def told(self) -> bool:
        """Did a gate tell anything?"""
        return bool(self.ins or self.denied)


@dataclass(frozen=True)
class Row:
    """A unit on a day: its hours and their sums; level: the severest order that bound it, empty where none did; last: its newest record."""

    unit: VehicleUser
    level: str
    cells: Sequence[Cell]
    sums: Mapping[str, int]
    last: datetime | None

    @property
    def title(self) -> str:
        """The level in words."""
        return LEVELS.get(self.level, "")


def counted(gates: Gates) -> pl.DataFrame:
    """unit, hour (local), COUNTS of the passages of one day."""
    burning = pl.col("true_fuel").is_in(HEAVY_FUELS).fill_null(value=True)
    unknown = gates.under_order.unique(["site", "start", "number"]).filter(
        pl.col("true_stage").is_null(), burning, ~pl.col("colour").is_in(LIGHT_PLATES).fill_null(value=False)
    )
    parts = {
        "ins": gates.went.filter(pl.col("direction") == "in"),
        "denied": gates.passing.filter(pl.col("allowed") == 0),
        "barred": barred_passages(gates),
        "unknown": unknown,
    }
    found = [rows.select("unit", "hour", what=pl.lit(name)) for name, rows in parts.items()]
    sums = [(pl.col("what") == name).sum().cast(pl.Int64).alias(name) for name in COUNTS]
    return pl.concat(found).group_by("unit", "hour").agg(sums).sort("unit", "hour")


def board(units: Sequence[VehicleUser], gates: Gates, day: date) -> list[Row]:
    """A row for each unit, those first that let barred vehicles in; bound ones before those that no order binds."""
    hours: dict[str, dict[int, dict[str, Any]]] = {}
    for row in counted(gates).iter_rows(named=True):
        hours.setdefault(row["unit"], {})[row["hour"]] = row
    last = dict(gates.passing.group_by("unit").agg(pl.col("start").max()).iter_rows())
    bound: dict[str, list[dict[str, Any]]] = {}
    for span in gates.bound.iter_rows(named=True):
        bound.setdefault(span["unit"], []).append(span)
    rows = [
        _row(
            unit, hours.get(unit.pk, {}), bound.get(unit.pk, []), day_start(day), gates.now, last.get(unit.pk)
        )
        for unit in units
    ]
    return sorted(rows, key=lambda r: (-r.sums["barred"], not r.level, -r.sums["denied"], r.unit.pk))


def _row(
    unit: VehicleUser,
    told: Mapping[int, Mapping[str, Any]],
    bound: Sequence[Mapping[str, Any]],
    begin: datetime,
    now: datetime,
    last: datetime | None,
) -> Row:
    cells = [_cell(hour, told.get(hour, {}), bound, begin + timedelta(hours=hour), now) for hour in HOURS]
    sums = {name: sum(getattr(c, name) for c in cells) for name in COUNTS}
    order = list(LEVELS)
    return Row(unit, max((b["level"] for b in bound), key=order.index, default=""), cells, sums, last)


def _cell(
    hour: int, told: Mapping[str, Any], bound: Sequence[Mapping[str, Any]], begin: datetime, now: datetime
) -> Cell:
    end = begin + timedelta(hours=1)
    ordered = any(b["since"] < end and b["until"] > begin for b in bound)
    ins, denied, barred, unknown = (told.get(name, 0) for name in COUNTS)
    return Cell(hour, ins, denied, barred, unknown, ordered, begin > now)
