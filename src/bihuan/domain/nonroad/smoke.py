"""Limits of the smoke of diesel machines [1/m] by class, power and date (GB 36886-2018), from smoke.csv; figures not seen in the text are marked K?."""

from datetime import date
from pathlib import Path

import polars as pl

from bihuan.domain.outlets.dated import in_force

LIMITS = Path(__file__).with_suffix(".csv")
LOW_ZONE = 3


def class_of(stage: str, *, low_zone: bool) -> int:
    """Class of a machine: III in a zone of low emission, II from stage 3 on, else I; of an unknown stage I, the laxest."""
    if low_zone:
        return LOW_ZONE
    return 2 if stage in ("3", "4") else 1


def limit_of(stage: str, kw: float | None, on: date, *, low_zone: bool) -> float | None:
    """The limit [1/m] on a date; of an unknown power the laxest of the class. None where none was in force."""
    rows = in_force(LIMITS, on).filter(pl.col("class") == class_of(stage, low_zone=low_zone))
    if kw is not None:
        rows = rows.filter(pl.col("kw_from") <= kw, pl.col("kw_to") > kw)
    found = rows["limit"].max()
    return float(found) if isinstance(found, float) else None
