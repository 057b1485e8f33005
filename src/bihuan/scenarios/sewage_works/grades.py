"""The limits of the effluent by the grade of discharge that a works has to keep, from grades.csv; mg/L of the day's mean."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

CODES = {"cod": "w01018", "bod": "w01017", "ss": "w01012", "nh3n": "w21003", "tn": "w21001", "tp": "w21011"}
"""Items of works by their codes."""
LABELS = {"cod": "COD", "bod": "BOD5", "ss": "SS", "nh3n": "NH3-N", "tn": "TN", "tp": "TP"}


@dataclass(frozen=True)
class Grade:
    """limits: by item. cold: what ammonia may be in water of 12 °C or less; the temperature is not known here."""

    code: str
    name: str
    limits: Mapping[str, float]
    cold: float
    source: str
    unsure: bool


@cache
def grades() -> Mapping[str, Grade]:
    """All grades by their code."""
    with Path(__file__).with_name("grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: _grade(row) for row in csv.DictReader(file)}


def _grade(row: Mapping[str, str]) -> Grade:
    limits = {item: float(row[item]) for item in CODES if row[item]}
    return Grade(
        row["code"], row["name"], limits, float(row["nh3n_cold"]), row["source"], row["mark"] == "K?"
    )


def choices() -> list[tuple[str, str]]:
    """For the field of the register."""
    return [(grade.code, grade.name) for grade in grades().values()]


@dataclass(frozen=True)
class Kept:
    """An item of the effluent over a span: days that were measured, days beyond the limit, the highest day [mg/L]."""

    item: str
    limit: float
    days: int
    over: int
    highest: float

    @property
    def label(self) -> str:
        """Its sign, the same in both languages."""
        return LABELS[self.item]


def kept(days: pl.DataFrame, grade: Grade) -> list[Kept]:
    """What days of one works say of its grade, of the items that were measured.

    Ammonia is beyond its limit only above that for cold water: how warm it was is not known.
    """
    found = []
    for item, limit in grade.limits.items():
        values = days[f"out_{item}"].drop_nulls()
        sure = grade.cold if item == "nh3n" else limit
        if values.len():
            highest = float(values.max())  # type: ignore[arg-type]
            found.append(Kept(item, limit, values.len(), int((values > sure).sum()), highest))
    return found
