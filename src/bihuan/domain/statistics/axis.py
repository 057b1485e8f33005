"""Ambient hours in the order in which days and windows can be cut: by site, each hour once."""

from datetime import date

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import usable

_HOUR_US = 3_600_000_000
_SITE_SPAN = 24 * 10_000_000
"""Hours between the keys of two sites: a multiple of 24, longer than any calendar."""

HOUR_KEY = "_hour"


def _hours_since_epoch() -> pl.Expr:
    return pl.col("start").dt.epoch("us") // _HOUR_US + 8


def _with_key(frame: pl.DataFrame) -> pl.DataFrame:
    """`_hour`: local hours since 1970 plus a span per run of the same site."""
    run = pl.col("site").rle_id().cast(pl.Int64)
    return frame.with_columns((run * _SITE_SPAN + _hours_since_epoch()).alias(HOUR_KEY))


def _in_order(keyed: pl.DataFrame) -> bool:
    runs = keyed["site"].rle().struct.field("value")
    steps = keyed.select(pl.col(HOUR_KEY).diff().min()).item()
    return runs.len() == runs.n_unique() and (steps is None or steps > 0)


def _clean(frame: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """Values that are no concentrations become missing; columns without such values are not touched."""
    looks = frame.select(
        *(pl.col(i).min().alias(f"{i}_min") for i in items),
        *(pl.col(i).is_finite().all().alias(f"{i}_ok") for i in items),
    ).row(0, named=True)
    dirty = [i for i in items if not looks[f"{i}_ok"] or (looks[f"{i}_min"] or 0) < 0]
    return frame.with_columns(usable(pl.col(i)).alias(i) for i in dirty)


def ordered_hours(hours: pl.DataFrame | pl.LazyFrame, items: tuple[str, ...] = ITEM_NAMES) -> pl.DataFrame:
    """Hours of whole sites, sorted, each (site, hour) once (the last row wins), with the key `_hour`.

    hours: wide ambient hours, any order; item columns that are absent come back as all missing. Negative and
    non-finite values are missing. Sorted input is only checked, not sorted again.
    """
    lazy = hours.lazy()
    have = set(lazy.collect_schema().names())
    frame = lazy.select(
        "site",
        "start",
        *(pl.col(i).cast(pl.Float64) if i in have else pl.lit(None, pl.Float64).alias(i) for i in items),
    ).collect()
    keyed = _with_key(frame)
    if not _in_order(keyed):
        frame = frame.with_columns(pl.col("start").dt.truncate("1h"))
        keyed = _with_key(
            frame.unique(["site", "start"], keep="last", maintain_order=True).sort("site", "start")
        )
    return _clean(keyed, list(items)).with_columns(pl.col(HOUR_KEY).set_sorted())


def date_of(day_key: pl.Expr) -> pl.Expr:
    """The local date of a day key (`_hour` // 24)."""
    return (day_key % (_SITE_SPAN // 24)).cast(pl.Int32).cast(pl.Date)


def first_and_last(frame: pl.DataFrame, column: str) -> tuple[date, date]:
    """Smallest and largest date of a column; an empty frame gives the last day of the calendar twice."""
    low, high = frame[column].min(), frame[column].max()
    if isinstance(low, date) and isinstance(high, date):
        return low, high
    return date.max, date.max
