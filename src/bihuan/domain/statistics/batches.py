"""Daily means of a table too big to hold at once: read in batches, cut between sites, summed where the day changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.timeaxis import INSTANT

_HOUR_US = 3_600_000_000
_SITE_SPAN = 10_000_000 * 24
"""Hours between the keys of two sites of one piece: longer than any calendar."""
_WORKERS = 2


class OutOfOrder(ValueError):
    """The rows are not by site and rising hour; they must be sorted as a whole first."""


def means_in_batches(hours: pl.LazyFrame, items: tuple[str, ...]) -> pl.DataFrame:
    """As `daily.daily_means`, for rows that are sorted by site (in any order of sites) and hour.

    Raises OutOfOrder when they are not: an hour twice, an hour before its forerunner, a site that comes back.
    """
    have = set(hours.collect_schema().names())
    table = hours.select(
        "site",
        pl.col("start").cast(INSTANT),
        *(pl.col(i).cast(pl.Float64) if i in have else pl.lit(None, pl.Float64).alias(i) for i in items),
    )
    with ThreadPoolExecutor(_WORKERS) as pool:
        parts = list(pool.map(lambda piece: _means(piece, items), _whole_sites(table)))
    days = pl.concat(parts) if parts else _means(table.head(0).collect(), items)
    runs = days["site"].rle().struct.field("value")
    if runs.n_unique() != runs.len():
        raise OutOfOrder("a site comes back after another one")
    return days


def _whole_sites(table: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Pieces of whole runs of sites; a site that is cut by a batch becomes a piece of its own."""
    open_: list[pl.DataFrame] = []
    for batch in table.collect_batches(maintain_order=True):
        if batch.is_empty():
            continue
        lengths = batch["site"].rle().struct.field("len")
        if open_ and open_[-1]["site"][-1] == batch["site"][0]:
            first = lengths[0]
            open_.append(batch.slice(0, first))
            if lengths.len() == 1:
                continue
            batch, lengths = batch.slice(first), lengths.slice(1)
        if open_:
            yield pl.concat(open_, rechunk=True)
        last = batch.height - lengths[-1]
        if last:
            yield batch.slice(0, last)
        open_ = [batch.slice(last)]
    if open_:
        yield pl.concat(open_, rechunk=True)


def _keys(piece: pl.DataFrame, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Local hours since 1970, plus a span per run of the same site; rising strictly in good order."""
    hour = piece["start"].to_physical().to_numpy() // _HOUR_US
    hour += np.repeat(np.arange(len(lengths), dtype=np.int64) * _SITE_SPAN + 8, lengths)
    if not (hour[1:] > hour[:-1]).all():
        raise OutOfOrder("an hour comes twice or before its forerunner")
    return hour


def _means(piece: pl.DataFrame, items: tuple[str, ...]) -> pl.DataFrame:
    runs = piece["site"].rle()
    day = _keys(piece, runs.struct.field("len").to_numpy().astype(np.int64)) // 24
    change = np.empty(len(day), dtype=np.bool_)
    change[:1] = True
    np.not_equal(day[1:], day[:-1], out=change[1:])
    firsts = np.flatnonzero(change)
    run, date = np.divmod(day[firsts], _SITE_SPAN // 24)
    sums = {i: _sum(piece[i], firsts) for i in items}
    return pl.DataFrame(
        {
            "site": runs.struct.field("value").gather(run),
            "date": pl.Series(date.astype(np.int32)).cast(pl.Date),
            **{i: pl.Series(total / count).fill_nan(None) for i, (total, count) in sums.items()},
            **{f"n_{i}": pl.Series(count.astype(np.uint32)) for i, (_, count) in sums.items()},
        }
    )


def _sum(values: pl.Series, firsts: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum and number of the usable values (finite, not negative) of each day; no value counts as NaN over 0."""
    if not len(firsts):
        return np.zeros(0), np.zeros(0)
    value = values.to_numpy()
    good = value >= 0  # false for NaN, i.e. for what is missing
    total = np.add.reduceat(np.where(good, value, 0.0), firsts)
    if not np.isfinite(total).all():
        good &= value < np.inf
        total = np.add.reduceat(np.where(good, value, 0.0), firsts)
    # A day has 24 hours at most, so that its count fits one byte.
    count = np.add.reduceat(good.view(np.uint8), firsts, dtype=np.uint8).astype(np.float64)
    return np.where(count > 0, total, np.nan), count
