"""The figures of HJ 353 to 356 for sewage, dated, from the CSV files beside this module; each row names its source.

HJ 353/354/355/356-2019 are in force since 24 March 2020, HJ/T 353 to 356-2007 before. Marks: K = known to practitioners,
K? = known but unsure; no text was at hand.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from bihuan.domain.outlets.dated import NoRule, in_force, rules_in_force

RULES, COMPARISON = (Path(__file__).parent / f"{name}.csv" for name in ("rules", "comparison"))
CODES = Path(__file__).parent / "factors.csv"
"""Codes of HJ/T 212-2005 and HJ 212-2017 (the same in 2025) with the factor to the units of tables.py; flow is sent in L/s."""


@dataclass(frozen=True)
class Rules:
    """What is in force on a date.

    valid_hour, valid_sample [min]: counting minutes that make an hour of a continuous quantity or of a sampled one valid;
    still_flow [m³/h]: at or below nothing is discharged; valid_day, valid_month: share of what is due; sample_hours: the
    longest interval between samples.
    """

    valid_hour: float
    valid_sample: float
    still_flow: float
    valid_day: float
    valid_month: float
    sample_hours: float


@cache
def rules_on(on: date) -> Rules:
    """The rules in force on a date. Raises NoRule where one is missing."""
    return rules_in_force(RULES, Rules, on)


def allowed_error(item: str, reference: float, on: date) -> float:
    """Largest difference [in the item's unit] of an analyser from a reference value in a comparison (比对).

    Before 24 March 2020 the table has nothing: raises NoRule. Source: comparison.csv.
    """
    rows = in_force(COMPARISON, on).filter(pl.col("item") == item, pl.col("from") <= reference)
    if rows.is_empty():
        raise NoRule(f"comparison.csv of sewage has no error for {item} at {reference:g} on {on}")
    error, relative = rows.sort("from").select("error", "relative").row(-1)
    return float(error * reference if relative else error)
