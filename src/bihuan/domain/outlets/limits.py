"""Which limit judges a mean: the strictest that was in force on its local date."""

import polars as pl


def with_limit(means: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Adds `limit` and `basis`: the strictest of LIMITS in force on `date`; means without a limit are left out."""
    rows = means.lazy()
    pairs = rows.select("site", "item", "date").unique().join(limits.lazy(), on=["site", "item"])
    in_force = (pl.col("valid_from") <= pl.col("date")) & (
        pl.col("valid_until").is_null() | (pl.col("date") < pl.col("valid_until"))
    )
    strictest = (
        pairs.filter(in_force)
        .sort("limit")
        .unique(["site", "item", "date"], keep="first", maintain_order=True)
    )
    chosen = strictest.select("site", "item", "date", "limit", "basis")
    return rows.join(chosen, on=["site", "item", "date"], maintain_order="left").collect()
