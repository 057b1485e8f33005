"""Ambient hours in the order in which days and windows can be cut: by site, each hour once."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import usable
from bihuan.domain.timeaxis import INSTANT

_HOUR_US = 3_600_000_000
_DAY_SPAN = 10_000_000
"""Days between the keys of two sites: longer than any calendar."""

HOUR_KEY = "_hour"
DAY_KEY = "_day"


@dataclass(frozen=True)
class Ordered:
    """Hours by site and time with the keys `_hour` and `_day`, and the sites in their order."""

    hours: pl.DataFrame
    sites: pl.Series


def _with_key(frame: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """`_hour`: local hours since 1970 plus a span per run of the same site; `_day`: the same in days."""
    lengths = runs["len"].to_numpy()
    hour = frame["start"].to_physical().to_numpy() // _HOUR_US
    # In place, for big tables: fresh memory costs more than the sums.
    hour += np.repeat(np.arange(len(lengths), dtype=np.int64) * (24 * _DAY_SPAN) + 8, lengths)
    return frame.with_columns(pl.Series(HOUR_KEY, hour), pl.Series(DAY_KEY, hour // 24))


def _in_order(keyed: pl.DataFrame, runs: pl.DataFrame) -> bool:
    hour = keyed[HOUR_KEY].to_numpy()
    return runs["value"].n_unique() == runs.height and bool((hour[1:] > hour[:-1]).all())


def _clean(frame: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """Values that are no concentrations become missing; columns without such values are not touched."""
    lowest = frame.select(pl.col(i).min() for i in items).row(0, named=True)
    totals = frame.select(pl.col(i).sum() for i in items).row(0, named=True)
    dirty = [i for i in items if (lowest[i] or 0) < 0 or not math.isfinite(totals[i])]
    return frame.with_columns(usable(pl.col(i)).alias(i) for i in dirty)


def ordered_hours(hours: pl.DataFrame | pl.LazyFrame, items: tuple[str, ...] = ITEM_NAMES) -> Ordered:
    """Hours of whole sites, sorted, each (site, hour) once (the last row wins), with the keys `_hour` and `_day`.

    hours: wide ambient hours, any order; item columns that are absent come back as all missing. Negative and
    non-finite values are missing. Sorted input is only checked, not sorted again.
    """
    lazy = hours.lazy()
    have = set(lazy.collect_schema().names())
    frame = lazy.select(
        "site",
        pl.col("start").cast(INSTANT),
        *(pl.col(i).cast(pl.Float64) if i in have else pl.lit(None, pl.Float64).alias(i) for i in items),
    ).collect()
    runs = _site_runs(frame)
    keyed = _with_key(frame, runs)
    if not _in_order(keyed, runs):
        frame = frame.with_columns(pl.col("start").dt.truncate("1h"))
        frame = frame.unique(["site", "start"], keep="last", maintain_order=True).sort("site", "start")
        runs = _site_runs(frame)
        keyed = _with_key(frame, runs)
    # Marked here and not within a lazy query: only then does a grouping know that its key is sorted.
    clean = _clean(keyed, list(items)).with_columns(keyed[k].set_sorted() for k in (HOUR_KEY, DAY_KEY))
    return Ordered(clean, runs["value"])


def _site_runs(hours: pl.DataFrame) -> pl.DataFrame:
    """The sites in their order, one per run of equal ones: value, len."""
    site, new = hours["site"], np.ones(hours.height, np.bool_)
    new[1:] = site[1:].ne_missing(site[:-1]).to_numpy()
    first = np.flatnonzero(new)
    return pl.DataFrame({"value": site.gather(first), "len": np.diff(first, append=hours.height)})


def labelled(days: pl.DataFrame, sites: pl.Series) -> pl.DataFrame:
    """Puts site and local date in place of the key `_day`."""
    site = pl.lit(sites).gather((pl.col(DAY_KEY) // _DAY_SPAN).cast(pl.UInt32))
    day = (pl.col(DAY_KEY) % _DAY_SPAN).cast(pl.Int32).cast(pl.Date)
    return days.select(site.alias("site"), day.alias("date"), pl.exclude(DAY_KEY))


def first_and_last(frame: pl.DataFrame, column: str) -> tuple[date, date]:
    """Smallest and largest date of a column; an empty frame gives the last day of the calendar twice."""
    low, high = frame[column].min(), frame[column].max()
    if isinstance(low, date) and isinstance(high, date):
        return low, high
    return date.max, date.max
