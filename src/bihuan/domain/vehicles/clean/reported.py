"""The reported 清洁运输统计表: a row for each unit, month, direction and goods with its tonnes by way, beside what gates and batches tell."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from bihuan.domain.vehicles.clean.columns import WAYS_OF
from bihuan.domain.vehicles.clean.share import HEAVIEST, Share
from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES

BOTH = ["unit", "month"]
REPORTED = pl.Schema(
    {"unit": pl.String(), "month": pl.Date(), "direction": pl.String(), "cargo": pl.String()} | dict.fromkeys(WAYS_OF, pl.Float64()) | {"unweighed": pl.Int64()}
)  # fmt: skip
"""Tonnes by way (`columns.WAYS_OF`; null: not told) and trips of which the unit knows no weight."""
CLEAN = (*CLEAN_MODES, "new_energy")


def share_of_reported(sums: Mapping[str, float | None], unweighed: int = 0) -> Share:
    """The share of reported tonnes by way; a way that was not told has none. What is told as unknown may be clean."""
    told = {way: Decimal(str(round(sums.get(way) or 0.0, 6))) for way in WAYS_OF}
    clean = sum((told[way] for way in CLEAN), Decimal(0))
    return Share(sum(told.values(), Decimal(0)), clean, told["six"], told["unknown"], Decimal(0), unweighed)


def differing(reported: pl.DataFrame, loads: pl.DataFrame) -> pl.DataFrame:
    """REPORTED, LOADS -> unit, month, reported [t], weighed [t], share (of the difference in the larger), unweighed (trips), for every unit and month that was reported.

    weighed and share are null where neither gate nor batch told anything. Tonnes of unweighed trips are missing in `weighed`: where a report is
    larger, `open` says that they might explain it (each at most `share.HEAVIEST`).
    """
    said = reported.group_by(BOTH).agg(reported=pl.sum_horizontal(pl.col(w).sum() for w in WAYS_OF))
    seen = loads.group_by(BOTH).agg(weighed=pl.col("tonnes").sum(), unweighed=pl.col("unweighed").sum())
    both = said.join(seen, on=BOTH, how="left")
    gap, larger = pl.col("reported") - pl.col("weighed"), pl.max_horizontal("reported", "weighed")
    return both.with_columns(
        share=pl.when(pl.col("weighed").is_null()).then(None).when(larger > 0).then(gap.abs() / larger).otherwise(0.0),
        open=((gap > 0) & (pl.col("unweighed") * float(HEAVIEST) >= gap)).fill_null(value=False),
    ).sort(BOTH)  # fmt: skip
