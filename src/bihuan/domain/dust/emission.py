"""What a site or a yard gives off in a day (`emission.csv`), without any measure of control: nobody measured how well these work."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DAYS = 30.0
"""Days of the month of the guide."""


@dataclass(frozen=True)
class Factor:
    """One row of the table."""

    what: str
    pollutant: str
    value: float
    unit: str
    valid_from: date
    valid_until: date | None
    source: str
    mark: str


@cache
def factors() -> tuple[Factor, ...]:
    """The whole table."""
    with Path(__file__).with_name("emission.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_factor(row) for row in csv.DictReader(file))


def _factor(row: dict[str, str]) -> Factor:
    until = date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
    since = date.fromisoformat(row["valid_from"])
    return Factor(
        row["what"],
        row["pollutant"],
        float(row["value"]),
        row["unit"],
        since,
        until,
        row["source"],
        row["mark"],
    )


def in_force(what: str, on: date) -> tuple[Factor, ...]:
    """The factors of sites (`site`) or of loading (`loading`) on a day."""
    return tuple(
        f
        for f in factors()
        if f.what == what and f.valid_from <= on and (f.valid_until is None or on < f.valid_until)
    )


@dataclass(frozen=True)
class Amount:
    """kg of a day, and by which factor."""

    kg: float
    factor: Factor


def of_site(area: float | None, phase: str, on: date) -> tuple[Amount, ...]:
    """Of a site of `area` [m²]; nothing where its area is not known or no work goes on."""
    if area is None or phase == "idle":
        return ()
    return tuple(Amount(f.value * area * 1000 / DAYS, f) for f in in_force("site", on))


def of_loading(
    tonnes: float | None, wind: float | None, moisture: float | None, on: date
) -> tuple[Amount, ...]:
    """Of loading `tonnes` a day at `wind` [m/s] and `moisture` [%]: k x 0.0016 x (u / 2.2)^1.3 / (M / 2)^1.4 kg/t; nothing where one of them is not known."""
    if tonnes is None or wind is None or not moisture:
        return ()
    per_tonne = 0.0016 * (wind / 2.2) ** 1.3 / (moisture / 2) ** 1.4
    return tuple(Amount(f.value * per_tonne * tonnes, f) for f in in_force("loading", on))
