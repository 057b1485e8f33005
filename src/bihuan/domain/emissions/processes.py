"""What the law says of a process: its reference oxygen and ultra-low limits, dated, from the CSV files beside this module.

Marks: K = known to practitioners, K? = known but unsure. No text was at hand: dates in force are not checked.
"""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from bihuan.errors import BihuanError


class NoProcess(BihuanError):
    """The table has no such process on that date."""


@cache
def _table(name: str) -> pl.DataFrame:
    dates = {"valid_from": pl.Date(), "valid_until": pl.Date()}
    return pl.read_csv(Path(__file__).parent / f"{name}.csv", schema_overrides=dates)


def _in_force(name: str, on: date) -> pl.DataFrame:
    begun = pl.col("valid_from") <= on
    return _table(name).filter(begun, pl.col("valid_until").is_null() | (pl.col("valid_until") > on))


def processes() -> pl.DataFrame:
    """All rows of the reference oxygen table: process, label, ref_o2 [%, null: not converted], below, dates, basis, mark.

    `below`: what counts where the oxygen is below the reference, the `converted` (lower) value or the `measured` one.
    """
    return _table("reference_oxygen")


def measured_below() -> pl.Expr:
    """Whether the outlet's `process` may not be converted downwards (实测含氧量低于基准时以实测浓度判定)."""
    rows = processes().filter(pl.col("below") == "measured")
    return pl.col("process").is_in(rows["process"].unique().to_list())


def reference_oxygen(process: str, on: date) -> float | None:
    """Reference oxygen [%] of a process on a date; None where it is not converted. Raises NoProcess."""
    found = _in_force("reference_oxygen", on).filter(pl.col("process") == process)["ref_o2"]
    if found.is_empty():
        raise NoProcess(f"no reference oxygen for process {process!r} on {on}")
    value: float | None = found[0]
    return value


def ultra_low_limits(process: str, on: date) -> dict[str, float]:
    """Ultra-low limits [mg/m³, hourly mean, converted] of a process by item; empty where it has none."""
    rows = _in_force("ultra_low", on).filter(pl.col("process") == process)
    return dict(rows.select("item", "limit").iter_rows())
