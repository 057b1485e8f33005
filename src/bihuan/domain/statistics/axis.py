"""Ambient hours cut into natural days, piece by piece: a day is a run of rows, and what follows from it is worked out in arrays.

Rows mostly come by site and hour, so summing runs is cheaper than looking up a key for each row. What comes in another
order, or twice, is sorted first.
"""

import os
from collections.abc import Callable
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

KEY = ["site", "date"]
PIECE = 250_000
"""Rows that are worked on at a time: their columns fit the cache."""
_HOUR_US = 3_600_000_000
_DAY_ROWS = 24


@dataclass(frozen=True)
class Piece:
    """Hours of whole days in the order of site and time.

    hours: site, start, items. first: the rows at which another site or another day begins. hour: local hour (CST) since
    1970 of each row.
    """

    hours: pl.DataFrame
    first: NDArray[np.intp]
    hour: NDArray[np.int64]


Work = Callable[[Piece], pl.DataFrame]
"""A row for each day of a piece, in their order."""


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
    dirty = bool(negative.collect().item())
    frame = values.collect()
    days = None if dirty else _in_order(frame, work)
    if (
        days is None
        or not days.select(cs.float().is_finite().all()).select(pl.all_horizontal(pl.all())).item()
    ):
        days = _in_order(frame.with_columns(usable(pl.col(i)) for i in items), work)
    return days


def _selected(hours: pl.LazyFrame, items: tuple[str, ...]) -> pl.LazyFrame:
    """Site, start and items, whatever else there is or is not."""
    have = set(hours.collect_schema().names())
    return hours.select(
        "site",
        pl.col("start").cast(INSTANT),
        *(pl.col(i).cast(pl.Float64) if i in have else pl.lit(None, pl.Float64).alias(i) for i in items),
    )


def _in_order(frame: pl.DataFrame, work: Work) -> pl.DataFrame:
    """Days of rows in any order."""
    days = _worked(frame, work)
    if days is None:
        frame = frame.with_columns(pl.col("start").dt.truncate("1h"))
        frame = frame.unique(["site", "start"], keep="last", maintain_order=True).sort("site", "start")
        days = _worked(frame, work)
    if days is None:
        raise AssertionError("sorted hours are in order")
    return days


def _worked(frame: pl.DataFrame, work: Work) -> pl.DataFrame | None:
    """Days of all pieces; None when the rows are not in the order of site and time, each hour once."""
    pieces = _slices(frame)
    if pieces is None:
        return None
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(lambda rows: _days(rows, work), pieces))
    whole = [days for days in made if days is not None]
    if len(whole) < len(made):
        return None
    days = pl.concat(whole)
    return days if _in_blocks(days) else None


def _slices(frame: pl.DataFrame) -> list[pl.DataFrame] | None:
    """The rows in pieces of whole days; None where a day has more rows than hours."""
    cuts = [0]
    for at in range(PIECE, frame.height, PIECE):
        if at > cuts[-1]:
            near = frame.slice(at - 1, _DAY_ROWS + 1)
            changed = _first_of_days(near, _local_hours(near))[1:]
            if len(changed) == 0 and at - 1 + near.height < frame.height:
                return None
            cuts.append(at - 1 + int(changed[0]) if len(changed) else frame.height)
    return [frame.slice(a, b - a) for a, b in zip(cuts, [*cuts[1:], frame.height], strict=True)]


def _days(rows: pl.DataFrame, work: Work) -> pl.DataFrame | None:
    """Site, date and what `work` makes of the days; None when the hours of one do not rise."""
    hour = _local_hours(rows)
    first = _first_of_days(rows, hour)
    rising = hour[1:] > hour[:-1]
    rising[first[1:] - 1] = True
    if not rising.all():
        return None
    date = pl.Series("date", (hour[first] // 24).astype(np.int32)).cast(pl.Date)
    made = work(Piece(rows, first, hour))
    return made.select(rows["site"].gather(first), date, pl.all())


def _local_hours(rows: pl.DataFrame) -> NDArray[np.int64]:
    hour: NDArray[np.int64] = rows["start"].to_physical().to_numpy() // _HOUR_US
    hour += 8  # in place: fresh memory costs more than the sum
    return hour


def _first_of_days(rows: pl.DataFrame, hour: NDArray[np.int64]) -> NDArray[np.intp]:
    """The rows at which another site or another day begins."""
    day, site = hour // 24, rows["site"]
    new = np.ones(rows.height, np.bool_)
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
