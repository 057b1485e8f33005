"""Daily means: each column summed over the runs of rows that make up its days."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.statistics.axis import Piece


def means_of(piece: Piece, items: tuple[str, ...]) -> pl.DataFrame:
    """<item> (mean, unrounded; null without any value) and n_<item>, whatever that number is, of each day of a piece."""
    totals: dict[str, NDArray[np.float64]] = {}
    counts: dict[str, NDArray[np.uint32]] = {}
    for item in items:
        values = piece.hours[item]
        known = values.is_not_null().to_numpy().view(np.uint8)
        totals[item] = np.add.reduceat(values.fill_null(0.0).to_numpy(), piece.first)
        counts[f"n_{item}"] = np.add.reduceat(known, piece.first, dtype=np.uint32)
    table = pl.DataFrame(totals | counts)
    return table.with_columns(pl.when(pl.col(f"n_{i}") > 0).then(pl.col(i) / pl.col(f"n_{i}")) for i in items)
