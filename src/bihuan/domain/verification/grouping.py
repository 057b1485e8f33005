"""One way to aggregate pairs: by the named columns, or all of them when none is named."""

from collections.abc import Sequence

import polars as pl


def grouped(
    pairs: pl.DataFrame | pl.LazyFrame, by: Sequence[str], columns: Sequence[pl.Expr]
) -> pl.DataFrame:
    """`columns` aggregated within each group, sorted by the group; no row for no pairs."""
    return aggregated(pairs.lazy(), by, columns).collect()


def aggregated(pairs: pl.LazyFrame, by: Sequence[str], columns: Sequence[pl.Expr]) -> pl.LazyFrame:
    """The same as a part of a larger query."""
    if by:
        return pairs.group_by(by).agg(columns).sort(by)
    return pairs.with_columns(_all=pl.lit(0)).group_by("_all").agg(columns).drop("_all")


def ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """part / whole, null where the whole is zero: no score is not a score of nought."""
    return pl.when(whole > 0).then(part / whole)
