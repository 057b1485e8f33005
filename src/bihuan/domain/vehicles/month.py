"""月表: passages, vehicles and tonnes of units in a span, by fuel and stage. What is not known is a row of its own, never spread."""

import polars as pl

SUMS = (
    pl.len().alias("passages"),
    (pl.col("direction") == "in").sum().alias("ins"),
    (pl.col("direction") == "out").sum().alias("outs"),
    pl.col("plate").filter(pl.col("plate") != "").n_unique().alias("vehicles"),
    (pl.col("allowed") == 0).sum().alias("denied"),
    (pl.col("net_kg").sum() / 1000).alias("tonnes"),
    pl.col("net_kg").is_not_null().sum().alias("weighed"),
)
"""tonnes: of the `weighed` ones alone; how much the others carried is not known."""
COLUMNS = ("unit", "direction", "plate", "fuel", "stage", "allowed", "net_kg")


def month_table(rows: pl.LazyFrame) -> pl.LazyFrame:
    """PASSAGES of a span -> unit, fuel, stage (null: unknown), and SUMS; weighings without a passage (no direction) do not count."""
    passes = rows.select(COLUMNS).filter(pl.col("direction").is_not_null())
    return passes.group_by("unit", "fuel", "stage").agg(*SUMS).sort("unit", "fuel", "stage", nulls_last=True)
