"""Consecutive rows become one finding."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

HOUR = timedelta(hours=1)


def runs(
    rows: pl.DataFrame, by: Sequence[str], *aggregated: pl.Expr, step: timedelta = HOUR, bridge: int = 0
) -> pl.DataFrame:
    """Rows by `by` and start -> one row for each stretch without a gap (of more than `bridge` steps): by, start, until, n, and what is aggregated."""
    ordered = rows.sort(*by, "start")
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift()) for c in by)
    near = pl.col("start").diff() <= step * (1 + bridge)
    told = ordered.with_columns(_run=(~(same & near).fill_null(value=False)).cum_sum())
    return (
        told.group_by("_run", maintain_order=True)
        .agg(
            *(pl.col(c).first() for c in by),
            pl.col("start").first(),
            *aggregated,
            until=pl.col("start").last() + step,
            n=pl.len().cast(pl.Int64),
        )
        .drop("_run")
    )


def shown(value: float | None) -> str:
    """µg/m³ as a title tells it."""
    return "—" if value is None else f"{value:.0f}"
