"""The figures by which works and their networks are judged, and the goals of the state, dated, from the CSV files beside this module.

Marks: K = known to practitioners, K? = known but unsure, or our own; no text was at hand.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bihuan.domain.outlets.dated import in_force, rules_in_force

RULES, GOALS = (Path(__file__).parent / f"{name}.csv" for name in ("rules", "goals"))


@dataclass(frozen=True)
class Rules:
    """What is in force on a date.

    low_bod [mg/L]: an influent below it asks for a plan of its own (一厂一策). person_bod [g/d]: what a person lets out.
    valid_share: of the days due that must have a value. dry_rain [mm], dry_before [d], dry_least [d]: what a dry day is, and how
    many a month needs. water_low, water_high [L/d]: what a person lets into the sewers; sewer_loss: share of BOD lost on the way, at most.
    """

    low_bod: float
    person_bod: float
    valid_share: float
    dry_rain: float
    dry_before: float
    dry_least: float
    water_low: float
    water_high: float
    sewer_loss: float


@cache
def rules_on(on: date) -> Rules:
    """The rules in force on a date. Raises NoRule where one is missing."""
    return rules_in_force(RULES, Rules, on)


@dataclass(frozen=True)
class Goal:
    """A goal [%] with where it stands, and whether that is unsure."""

    value: float
    basis: str
    unsure: bool


@cache
def goals_on(on: date) -> dict[str, Goal]:
    """The goals in force on a date, by key: collection, bod_share, reuse; without those that were not set yet."""
    rows = in_force(GOALS, on).select("key", "value", "basis", "mark").iter_rows()
    return {key: Goal(value, basis, mark == "K?") for key, value, basis, mark in rows}
