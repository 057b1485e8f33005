"""By what a patrol is judged: numbers with unit, range and source, dated; a bureau sets its own from a day on."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bihuan.domain.parameters import Parameter

FILE = Path(__file__).with_name("rules.csv")


@dataclass(frozen=True)
class Rules:
    """The numbers in force on one day; units and meanings stand in rules.csv."""

    accuracy_m: float
    gap_s: float
    window_s: float
    see_kmh: float
    impossible_kmh: float
    ground_m: float
    minutes: float
    typical_kmh: float
    inside_share: float
    buffer_m: float
    cell_m: float
    fresh_days: float
    repeat_share: float
    jump_m: float
    photo_m: float
    photo_s: float
    clock_s: float
    day_points: float
    new_km_points: float
    stop_points: float
    find_points: float


@dataclass(frozen=True)
class Row:
    """A number of the table: from which day it holds, and who says so."""

    name: str
    since: date
    source: str
    parameter: Parameter


@cache
def table() -> tuple[Row, ...]:
    """All rows of rules.csv."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_row(row) for row in csv.DictReader(file))


def _row(row: Mapping[str, str]) -> Row:
    least, most, value = float(row["least"]), float(row["most"]), float(row["value"])
    parameter = Parameter(row["title"], row["unit"], least, most, row["meaning"], value)
    return Row(row["name"], date.fromisoformat(row["since"]), row["source"], parameter)


def rows_on(day: date) -> dict[str, Row]:
    """The row of each number that holds on a day, by name."""
    dated = sorted((row for row in table() if row.since <= day), key=lambda row: row.since)
    return {row.name: row for row in dated}


def rules_on(day: date, own: Mapping[str, float] | None = None) -> Rules:
    """The rules of a day; `own` are numbers that the bureau set in their place."""
    return Rules(**({name: row.parameter.value for name, row in rows_on(day).items()} | dict(own or {})))
