"""Stages of emission of diesel machines by the day on which they were made: a hint, since a higher stage may have been bought early."""

import csv
from datetime import date
from functools import cache
from pathlib import Path


@cache
def begins() -> tuple[tuple[date, str], ...]:
    """The days from which each stage is the least that may be made, the first first."""
    with Path(__file__).with_name("stages.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            sorted((date.fromisoformat(row["made_from"]), row["stage"]) for row in csv.DictReader(file))
        )


def least_of(made: date) -> str:
    """The lowest stage that a diesel machine made on a day can have (推断): `1` before all others."""
    return next((stage for day, stage in reversed(begins()) if made >= day), "1")


def impossible(stage: str, made: date) -> bool:
    """Is a stage lower than what could be made that day? A higher one is possible."""
    return int(stage) < int(least_of(made))
