"""Ambient hours cut into natural days, piece by piece: a day is a run of rows, and what follows from it is worked out in arrays.

Rows mostly come by site and hour, so summing runs is cheaper than looking up a key for each row. What comes in another
order, or twice, is sorted first.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import usable
from bihuan.domain.timeaxis import INSTANT

PIECE = 500_000
"""Rows of a table in memory that are worked on at a time."""
_HOUR_US, _DAY_US = 3_600_000_000, 86_400_000_000
_CST_US = 8 * _HOUR_US
_NEAR = 25
"""Rows among which a day begins, however long it is."""


@dataclass(frozen=True)
class Piece:
    """Hours of whole days in the order of site and time.

    hours: site, start, items. first: the rows at which another site or another day begins.
    """

    hours: pl.DataFrame
    first: NDArray[np.intp]

    def hour_of_day(self) -> NDArray[np.int64]:
        """0 to 23 of each row, by the clock of China."""
        hour: NDArray[np.int64] = _local(self.hours) // _HOUR_US % 24
        return hour


Work = Callable[[Piece], pl.DataFrame]
"""A row for each day of a piece, in their order."""


class _OutOfOrder(Exception):
    """Rows are not in the order of site and time, or an hour stands twice."""


def over_days(
    hours: pl.DataFrame | pl.LazyFrame, work: Work, items: tuple[str, ...] = ITEM_NAMES
) -> pl.DataFrame:
    """What `work` makes of each site and natural day (CST date of the start: hours labelled 01:00..24:00), after site and date.

    hours: wide ambient hours, any order; each (site, hour) counts once (the last row wins); item columns that are absent
    are all missing, and so are values that are no concentrations (negative, not finite).
    """
    values = _selected(hours.lazy(), items)
    # A file says the smallest value of each of its parts, so this question costs nothing where there is none below 0.
    negative = values.filter(pl.any_horizontal(pl.col(i) < 0 for i in items)).select(pl.len())
    if not negative.collect().item():
        read = values.collect() if isinstance(hours, pl.DataFrame) else values
        days = _in_any_order(read, work)
        if days.select(cs.float().is_finite().all()).select(pl.all_horizontal(pl.all())).item():
            return days
    return _in_any_order(values.with_columns(usable(pl.col(i)) for i in items), work)


def _selected(hours: pl.LazyFrame, items: tuple[str, ...]) -> pl.LazyFrame:
    """Site, start and items, whatever else there is or is not."""
    have = set(hours.collect_schema().names())
    return hours.select(
        "site",
        pl.col("start").cast(INSTANT),
        *(pl.col(i).cast(pl.Float64) if i in have else pl.lit(None, pl.Float64).alias(i) for i in items),
    )


def _in_any_order(hours: pl.DataFrame | pl.LazyFrame, work: Work) -> pl.DataFrame:
    try:
        return _worked(hours, work)
    except _OutOfOrder:
        frame = hours.lazy().with_columns(pl.col("start").dt.truncate("1h")).collect()
        frame = frame.unique(["site", "start"], keep="last", maintain_order=True).sort("site", "start")
        return _worked(frame, work)


def _worked(hours: pl.DataFrame | pl.LazyFrame, work: Work) -> pl.DataFrame:
    """Days of all pieces. What is read from a file is worked on while the rest is read. Raises _OutOfOrder."""
    if isinstance(hours, pl.DataFrame):
        batches = hours.iter_slices(PIECE)
    else:
        batches = hours.collect_batches(maintain_order=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(lambda rows: _days(rows, work), _pieces(batches)))
    days = pl.concat(made or [_days(hours.lazy().head(0).collect(), work)])
    if not _in_blocks(days):
        raise _OutOfOrder
    return days


def _pieces(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Whole days: of each batch what lies between two beginnings of a day near its ends, and what lies around each seam."""
    seam: list[pl.DataFrame] = []
    for batch in batches:
        if batch.height <= 2 * _NEAR:
            seam.append(batch)
            continue
        begin = _beginning(batch.head(_NEAR))
        end = batch.height - _NEAR + _beginning(batch.tail(_NEAR))
        yield pl.concat([*seam, batch.slice(0, begin)])
        yield batch.slice(begin, end - begin)
        seam = [batch.slice(end)]
    if seam:
        yield pl.concat(seam)


def _beginning(rows: pl.DataFrame) -> int:
    """A row at which a day begins, after the first. Raises _OutOfOrder where a day has more rows than hours."""
    found = _first_of_days(rows["site"], _local(rows) // _DAY_US)[1:]
    if len(found) == 0:
        raise _OutOfOrder
    return int(found[0])


def _days(rows: pl.DataFrame, work: Work) -> pl.DataFrame:
    """Site, date and what `work` makes of the days. Raises _OutOfOrder where rows of a day are less than an hour apart."""
    local = _local(rows)
    day = local // _DAY_US
    first = _first_of_days(rows["site"], day)
    apart = local[1:] - local[:-1] >= _HOUR_US
    apart[first[1:] - 1] = True
    if not apart.all():
        raise _OutOfOrder
    date = pl.Series("date", day[first].astype(np.int32)).cast(pl.Date)
    return work(Piece(rows, first)).select(rows["site"].gather(first), date, pl.all())


def _local(rows: pl.DataFrame) -> NDArray[np.int64]:
    """The clock of China [µs since 1970]."""
    local: NDArray[np.int64] = rows["start"].to_physical().to_numpy() + _CST_US
    return local


def _first_of_days(site: pl.Series, day: NDArray[np.int64]) -> NDArray[np.intp]:
    """The rows at which another site or another day begins."""
    new = np.ones(len(day), np.bool_)
    np.not_equal(day[1:], day[:-1], out=new[1:])
    new[1:] |= site[1:].ne_missing(site[:-1]).to_numpy()
    return np.flatnonzero(new)


def _in_blocks(days: pl.DataFrame) -> bool:
    """Does each site come in one block of dates that rise?"""
    new_site = pl.col("site").ne_missing(pl.col("site").shift(1))
    rising = days.select((new_site | (pl.col("date") > pl.col("date").shift(1))).all()).item()
    blocks = days.select(pl.col("site").filter(new_site)).to_series()
    return bool(rising) and blocks.n_unique() == blocks.len()


def first_and_last(frame: pl.DataFrame, column: str) -> tuple[date, date]:
    """Smallest and largest date of a column; an empty frame gives the last day of the calendar twice."""
    low, high = frame[column].min(), frame[column].max()
    if isinstance(low, date) and isinstance(high, date):
        return low, high
    return date.max, date.max
