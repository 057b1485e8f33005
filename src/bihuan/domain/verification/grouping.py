"""One way to aggregate pairs: by the named columns, or all of them when none is named."""

from collections.abc import Sequence

import polars as pl


def grouped(pairs: pl.DataFrame, by: Sequence[str], columns: Sequence[pl.Expr]) -> pl.DataFrame:
    """`columns` aggregated within each group, sorted by the group; no row for no pairs."""
    if by:
        return pairs.group_by(by).agg(columns).sort(by)
    return pairs.select(columns).head(pairs.height)


def ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """part / whole, null where the whole is zero: no score is not a score of nought."""
    return pl.when(whole > 0).then(part / whole)
