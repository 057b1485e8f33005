"""Work on roads that was planned against what the log shows: areas by kind of work and segment."""

import polars as pl

from bihuan.domain.road_dust.rules import Rules
from bihuan.domain.timeaxis import INSTANT

WORK = pl.Schema(
    {
        "segment": pl.String(),
        "start": INSTANT,
        "method": pl.String(),
        "area": pl.Float64(),
        "speed": pl.Float64(),
    }
)
"""Work log: area [m²], speed [km/h]; null = not known."""
SWEEP, WASH, SUCTION, FOG = "sweep", "wash", "suction", "fog"
METHODS = (SWEEP, WASH, SUCTION, FOG)
KINDS = {SWEEP: "sweeping", SUCTION: "sweeping", WASH: "washing"}
"""What a method counts for; fog for nothing that is planned."""
WATERING = (WASH, FOG)
PLAN = pl.Schema({"segment": pl.String(), "kind": pl.String(), "planned": pl.Float64()})
"""planned: area of the span [m²]."""
COVERED = pl.Schema(
    {
        "segment": pl.String(),
        "kind": pl.String(),
        "planned": pl.Float64(),
        "done": pl.Float64(),  # [m²]
        "unverified": pl.Float64(),  # swept at a speed that nobody knows
        "fast": pl.Float64(),  # swept too fast
        "rows": pl.UInt32(),  # of the log
        "share": pl.Float64(),  # done / planned; null without a row of the log
    }
)


def covered(plan: pl.DataFrame, work: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """PLAN and WORK of a span -> COVERED. Sweeping counts up to `slow_sweeper` km/h; where no speed is known it is neither done nor missed.

    Without any row of the log the share is not known: it is not 0.
    """
    kind = pl.col("method").replace_strict(KINDS, default=None, return_dtype=pl.String)
    swept, fast = pl.col("kind") == "sweeping", pl.col("speed") > rules.slow_sweeper
    unknown = swept & pl.col("speed").is_null()
    area = pl.col("area").fill_null(0.0)
    sums = work.with_columns(kind=kind).filter(pl.col("kind").is_not_null()).group_by("segment", "kind").agg(
        done=area.filter(~unknown & ~(swept & fast).fill_null(value=False)).sum(), unverified=area.filter(unknown).sum(),
        fast=area.filter((swept & fast).fill_null(value=False)).sum(), rows=pl.len(),
    )  # fmt: skip
    found = plan.join(sums, on=["segment", "kind"], how="left", maintain_order="left")
    share = pl.when(pl.col("planned") > 0).then(pl.col("done") / pl.col("planned"))
    counts = [pl.col(c).fill_null(0) for c in ("unverified", "fast", "rows")]
    return found.with_columns(share=share).with_columns(counts).select(list(COVERED)).cast(COVERED)
