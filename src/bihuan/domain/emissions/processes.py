"""What the law says of a process: its reference oxygen and ultra-low limits, dated, from the CSV files beside this module.

Marks: K = known to practitioners, K? = known but unsure. No text was at hand: dates in force are not checked.
"""

from pathlib import Path

import polars as pl

from bihuan.domain.outlets.dated import table

REFERENCE_OXYGEN = Path(__file__).parent / "reference_oxygen.csv"


def processes() -> pl.DataFrame:
    """All rows of the reference oxygen table: process, label, ref_o2 [%, null: not converted], below, dates, basis, mark.

    `below`: what counts where the oxygen is below the reference, the `converted` (lower) value or the `measured` one.
    """
    return table(REFERENCE_OXYGEN)


def measured_below() -> pl.Expr:
    """Whether the outlet's `process` may not be converted downwards (实测含氧量低于基准时以实测浓度判定)."""
    rows = processes().filter(pl.col("below") == "measured")
    return pl.col("process").is_in(rows["process"].unique().to_list())
