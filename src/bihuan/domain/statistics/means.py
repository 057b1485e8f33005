"""Daily means of big tables: each column summed over the runs of rows that make up its days."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import usable
from bihuan.domain.timeaxis import INSTANT

KEY = ["site", "date"]
BATCH: int | None = None
"""Rows that are summed at a time; None = as many as the source gives: pieces that are cut anew are copied."""
_CST_US, _DAY_US = 28_800_000_000, 86_400_000_000


def daily_means(hours: pl.DataFrame | pl.LazyFrame, items: tuple[str, ...] = ITEM_NAMES) -> pl.DataFrame:
    """Mean of each natural day and the number of its hours, whatever that number is.

    hours: wide ambient hours (site, start, items [µg/m³; CO mg/m³]), each (site, start) once, as the archive gives
    them; any order, gaps allowed. Negative and non-finite values are missing.
    Returns site, date, <item> (unrounded), n_<item>; a row for each site and day with a row in `hours`, in any order.
    The natural day is the local (CST) date of the start: hours labelled 01:00..24:00.
    """
    values = hours.lazy().select(
        "site", pl.col("start").cast(INSTANT), *(pl.col(i).cast(pl.Float64) for i in items)
    )
    # A file says the smallest value of each piece, so this question costs nothing where there is none below 0.
    negative = values.filter(pl.any_horizontal(pl.col(i) < 0 for i in items)).select(pl.len())
    days = None if negative.collect().item() else _means(values, items)
    if days is None or not all(days[i].is_finite().all() for i in items):
        days = _means(values.with_columns(usable(pl.col(i)) for i in items), items)
    return days


def _means(hours: pl.LazyFrame, items: tuple[str, ...]) -> pl.DataFrame:
    """Means of what is not null.

    Rows come by site and hour, so a day is a run of rows, and summing runs is cheaper than looking up a key for each
    row. A day that two batches share, and one that comes in another order, has several runs, which are added.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        batches = hours.collect_batches(chunk_size=BATCH, maintain_order=True)
        runs = pl.concat(list(pool.map(partial(_sums_of_runs, items=items), batches)) or [_no_sums(items)])
    days = _days(runs, [*items, *(f"n_{i}" for i in items)])
    return days.with_columns(pl.when(pl.col(f"n_{i}") > 0).then(pl.col(i) / pl.col(f"n_{i}")) for i in items)


def _no_sums(items: tuple[str, ...]) -> pl.DataFrame:
    sums = dict.fromkeys(items, pl.Float64()) | dict.fromkeys((f"n_{i}" for i in items), pl.UInt32())
    return pl.DataFrame(schema={"site": pl.String(), "date": pl.Date(), **sums})


def _sums_of_runs(hours: pl.DataFrame, items: tuple[str, ...]) -> pl.DataFrame:
    """Sum and number of the values of each run of rows with the same site and day."""
    if hours.is_empty():
        return _no_sums(items)
    day = (hours["start"].to_physical().to_numpy() + _CST_US) // _DAY_US
    first = _beginnings(hours["site"], day)
    sums = {i: np.add.reduceat(hours[i].fill_null(0.0).to_numpy(), first) for i in items}
    known = {f"n_{i}": hours[i].is_not_null().to_numpy().view(np.uint8) for i in items}
    counts = {name: np.add.reduceat(there, first, dtype=np.uint32) for name, there in known.items()}
    date = pl.Series(day[first].astype(np.int32)).cast(pl.Date)
    return pl.DataFrame({"site": hours["site"].gather(first), "date": date, **sums, **counts})


def _beginnings(site: pl.Series, day: NDArray[np.int64]) -> NDArray[np.intp]:
    """The rows at which another site or another day begins."""
    new = np.ones(len(day), np.bool_)
    np.not_equal(day[1:], day[:-1], out=new[1:])
    new[1:] |= site[1:].ne_missing(site[:-1]).to_numpy()
    return np.flatnonzero(new)


def _days(runs: pl.DataFrame, sums: list[str]) -> pl.DataFrame:
    """Runs of the same day added: all of them where days come in no order, else the few that lie side by side."""
    if not _in_blocks(runs):
        return _added(runs, sums)
    again = pl.all_horizontal(pl.col(k).eq_missing(pl.col(k).shift(1)) for k in KEY)
    cut = runs.select(again | again.shift(-1, fill_value=False)).to_series()
    return runs.filter(~cut).vstack(_added(runs.filter(cut), sums))


def _added(runs: pl.DataFrame, sums: list[str]) -> pl.DataFrame:
    return runs.group_by(KEY).agg(pl.col(sums).sum())


def _in_blocks(runs: pl.DataFrame) -> bool:
    """Does each site come in one block of dates that never fall?"""
    new_site = pl.col("site").ne_missing(pl.col("site").shift(1))
    rising = runs.select((new_site | (pl.col("date") >= pl.col("date").shift(1))).all()).item()
    blocks = runs.select(pl.col("site").filter(new_site)).to_series()
    return bool(rising) and blocks.n_unique() == blocks.len()
