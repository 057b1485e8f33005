"""Daily means: each column summed over the runs of rows that make up its days."""

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.statistics.axis import Piece, over_days


def daily_means(hours: pl.DataFrame | pl.LazyFrame, items: tuple[str, ...] = ITEM_NAMES) -> pl.DataFrame:
    """Mean of each natural day and the number of its hours, whatever that number is.

    hours: wide ambient hours (site, start, items [µg/m³; CO mg/m³]), any order, gaps allowed, as `over_days` takes them.
    Returns site, date, <item> (unrounded; null without any value), n_<item>; a row for each site and day with a row in `hours`.
    """
    return over_days(hours, partial(means_of, items=items), items)


def means_of(piece: Piece, items: tuple[str, ...]) -> pl.DataFrame:
    """<item> (mean) and n_<item> of each day of a piece."""
    totals: dict[str, NDArray[np.float64]] = {}
    counts: dict[str, NDArray[np.uint32]] = {}
    for item in items:
        values = piece.hours[item]
        known = values.is_not_null().to_numpy().view(np.uint8)
        totals[item] = np.add.reduceat(values.fill_null(0.0).to_numpy(), piece.first)
        counts[f"n_{item}"] = np.add.reduceat(known, piece.first, dtype=np.uint32)
    table = pl.DataFrame(totals | counts)
    return table.with_columns(pl.when(pl.col(f"n_{i}") > 0).then(pl.col(i) / pl.col(f"n_{i}")) for i in items)
