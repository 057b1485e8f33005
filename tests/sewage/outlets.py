"""Small tables of one sewage outlet, A, with round numbers that can be worked by hand. Day 0 is 1 June 2024, local time."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.outlets.tables import OUTLETS
from bihuan.domain.sewage.rules import rules_on
from bihuan.domain.sewage.tables import FLAGGED, HOURS, LIMITS, MINUTES, POLLUTANTS
from tests.emissions.stacks import at, change, mark

__all__ = ["RULES", "at", "change", "hours", "invalid", "limit", "mark", "minutes", "outlets", "still"]
RULES = rules_on(date(2024, 6, 1))


def outlets(interval: int = 1) -> pl.DataFrame:
    """A works that discharges up to 500 m³/h."""
    row = ("A", "总排口", "甲厂", "works", None, 500.0, None, interval)
    return pl.DataFrame([row], schema=OUTLETS, orient="row")


def minutes(n: int = 60, *, since: datetime | None = None, interval: int = 1) -> pl.DataFrame:
    """Equal records: 20 mg/L of everything, pH 7, 15 °C, 100 m³/h, flag N."""
    values: dict[str, Any] = {"site": "A", **dict.fromkeys(POLLUTANTS, 20.0), "ph": 7.0, "water_temp": 15.0}
    values |= {"water_flow": 100.0, **{f"{i}_flag": "N" for i in FLAGGED}}
    starts = [(since or at(0)) + timedelta(minutes=interval * k) for k in range(n)]
    frame = pl.DataFrame({"start": starts}).with_columns(pl.lit(v).alias(k) for k, v in values.items())
    return frame.with_columns(received=pl.col("start")).select(list(MINUTES)).cast(MINUTES)


def hours(n: int, *, since: datetime | None = None, **values: Any) -> pl.DataFrame:
    """Equal valid hours: 20 mg/L, 100 m³/h, so 2 kg."""
    cells: dict[str, Any] = {"site": "A", **dict.fromkeys(POLLUTANTS, 20.0), "ph": 7.0, "water_temp": 15.0}
    cells |= {"water_flow": 100.0, "volume": 100.0, "mark": None, **{f"{p}_kg": 2.0 for p in POLLUTANTS}}
    cells |= {f"n_{i}": 60 for i in FLAGGED} | {f"valid_{i}": True for i in FLAGGED}
    cells |= {f"{i}_flag": "N" for i in FLAGGED} | values
    starts = [(since or at(0)) + timedelta(hours=k) for k in range(n)]
    frame = pl.DataFrame({"start": starts}).with_columns(pl.lit(v).alias(k) for k, v in cells.items())
    return frame.select(list(HOURS)).cast(HOURS)


def invalid(frame: pl.DataFrame, first: int, until: int, *items: str, flag: str = "D") -> pl.DataFrame:
    """Hours first..until-1 in which some quantities are not valid."""
    cells: dict[str, Any] = {f"valid_{i}": False for i in items} | {f"{i}_flag": flag for i in items}
    return change(frame, first, until, **cells)


def still(frame: pl.DataFrame, first: int, until: int) -> pl.DataFrame:
    """Hours first..until-1 without discharge: a valid flow of zero."""
    stopped = invalid(frame, first, until, *POLLUTANTS, "ph", "water_temp", flag="F")
    return change(stopped, first, until, water_flow=0.0, volume=0.0)


def limit(value: float, item: str = "cod", low: float | None = None, **changes: Any) -> pl.DataFrame:
    """A limit of the day's mean since 2020."""
    row: dict[str, Any] = {"site": "A", "item": item, "limit": value, "period": "day", "ultra_low": False}
    row |= {
        "valid_from": date(2020, 1, 1),
        "valid_until": None,
        "basis": "GB 18918-2002",
        "low": low,
    } | changes
    return pl.DataFrame([row], schema=LIMITS)
