"""What would reach a goal: which flows of goods on the road, the largest first, hold the tonnes that are missing. Cost and feasibility are not known and do not rank."""

import polars as pl

from bihuan.domain.vehicles.clean.share import known_clean

FLOWS = pl.Schema(
    {"direction": pl.String(), "cargo": pl.String(), "tonnes": pl.Float64(), "needed": pl.Boolean()}
)
"""needed: one of the first ones that together hold the missing tonnes."""


def flows(loads: pl.DataFrame, missing: float, *, six_counts: bool) -> pl.DataFrame:
    """LOADS of one unit -> FLOWS of what goes by road and is not known as clean; missing: tonnes that have to be shifted [t]."""
    counted = known_clean() | (
        (pl.col("stage") == "6").fill_null(value=False) if six_counts else pl.lit(value=False)
    )
    summed = loads.filter(~counted).group_by("direction", "cargo").agg(pl.col("tonnes").sum())
    ranked = summed.filter(pl.col("tonnes") > 0).sort(
        "tonnes", "direction", "cargo", descending=[True, False, False]
    )
    before = pl.col("tonnes").cum_sum() - pl.col("tonnes")
    return ranked.with_columns(needed=before < missing).select(FLOWS.names())
