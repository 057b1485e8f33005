"""Daily values of stations: 24 h means, the daily maximum 8 h mean of ozone, validity (GB 3095 table 4, HJ 663)."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import (
    DEFAULT,
    Edition,
    Rules,
    daily_index,
    half_even,
    limit,
    minimum,
    spans,
)
from bihuan.domain.statistics.axis import Piece, first_and_last, over_days
from bihuan.domain.statistics.means import means_of

MEANS = tuple(i for i in ITEM_NAMES if i != "o3")
VALUES = (*MEANS, "o3_8h")
"""Columns of a day: 24 h means and the daily maximum 8 h mean of O3."""

Floats = NDArray[np.float64]
_BLOCK = 2_048  # days whose hours fit the cache


def by_edition(day: str, frame: pl.DataFrame, standard: str, value: Callable[[Edition], pl.Expr]) -> pl.Expr:
    """An expression that depends on the edition in force on the date in column `day`."""
    parts = spans(*first_and_last(frame, day), standard)
    chosen = value(parts[-1][0])
    for edition, _, last in reversed(parts[:-1]):
        chosen = pl.when(pl.col(day) <= last).then(value(edition)).otherwise(chosen)
    return chosen


def _window_maximum(grid: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """From 24 rows of hours x days: the largest mean of the windows ending 08:00..24:00, and how many are valid."""
    least = minimum("hours_of_8h")
    known = ~np.isnan(grid)
    filled = np.where(known, grid, 0.0)
    best = np.full(grid.shape[1], np.nan)
    valid = np.zeros(grid.shape[1], np.int8)
    total, count = filled[:8].sum(axis=0), known[:8].sum(axis=0, dtype=np.int8)
    for end in range(8, 25):
        if end > 8:
            total += filled[end - 1] - filled[end - 9]
            count += known[end - 1].view(np.int8) - known[end - 9].view(np.int8)
        enough = count >= least
        mean = np.divide(total, count, out=np.full_like(total, np.nan), where=enough)
        np.fmax(best, mean, out=best)
        valid += enough
    return best, valid


def _gridded(piece: Piece, item: str) -> Floats:
    """A row of 24 hours for each day (missing = NaN)."""
    values = piece.hours[item].fill_null(np.nan).to_numpy()
    days = len(piece.first)
    if len(values) == 24 * days:  # every hour is there, in order: nothing to place
        return values.reshape(days, 24)
    grid = np.full((days, 24), np.nan)
    lengths = np.diff(piece.first, append=len(values))
    grid[np.repeat(np.arange(days), lengths), piece.hour_of_day()] = values
    return grid


def _ozone(piece: Piece) -> pl.DataFrame:
    """o3_8h, n_o3_8h and the highest hour, o3_1h, of each day."""
    grid = _gridded(piece, "o3")
    best, valid = np.empty(len(grid)), np.empty(len(grid), np.int8)
    highest = np.empty(len(grid))
    for at in range(0, len(grid), _BLOCK):
        block = np.ascontiguousarray(grid[at : at + _BLOCK].T)
        with np.errstate(
            invalid="ignore"
        ):  # of infinite values, which make the whole be worked out again without them
            best[at : at + _BLOCK], valid[at : at + _BLOCK] = _window_maximum(block)
        highest[at : at + _BLOCK] = np.fmax.reduce(block)
    table = pl.DataFrame({"o3_8h": best, "n_o3_8h": valid, "o3_1h": highest})
    return table.with_columns(pl.col("o3_8h", "o3_1h").fill_nan(None))


def maximum_8h(hours: pl.DataFrame | pl.LazyFrame, standard: str = "auto") -> pl.DataFrame:
    """Daily maximum 8 h mean of ozone with its validity.

    Windows END at 08:00..24:00 and lie within the natural day; a window needs 6 of its 8 hours; a day is valid with
    14 of 17 windows, or with fewer when the maximum (as published) already exceeds the class II limit.
    Returns site, date, o3_8h (unrounded; null without any window), n_o3_8h (valid windows), valid_o3_8h.
    Source: GB 3095 table 4; HJ 663-2013 and HJ 663-2026, 6.1.2.
    """
    days = over_days(hours, _ozone, ("o3",)).drop("o3_1h")
    return days.with_columns(_valid_ozone(days, standard))


def _valid_ozone(days: pl.DataFrame, standard: str) -> pl.Expr:
    def exceeds(edition: Edition) -> pl.Expr:
        cap = limit("o3", "8h", on=edition.valid_from, standard=edition.name).value
        return half_even(pl.col("o3_8h"), edition.decimals_day) > cap

    enough = pl.col("n_o3_8h") >= minimum("windows_of_day")
    return (enough | by_edition("date", days, standard, exceeds)).fill_null(False).alias("valid_o3_8h")


def _means_and_ozone(piece: Piece) -> pl.DataFrame:
    return pl.concat([means_of(piece, MEANS), _ozone(piece)], how="horizontal")


def daily_values(hours: pl.DataFrame | pl.LazyFrame, standard: str = "auto") -> pl.DataFrame:
    """Valid daily values of stations, unrounded: the "days" that every other function here takes.

    hours: wide ambient hours, any order. Returns site, date, pm25 pm10 so2 no2 co (24 h means), o3_8h, o3_1h (highest
    hour), n_<value> (hours; windows for o3_8h), valid_<value>. A value that is not valid is null: the law knows no
    daily value of 19 hours. 24 h means need 20 hours; ozone as `maximum_8h`.
    """
    days = over_days(hours, _means_and_ozone)
    least = minimum("hours_of_day")
    days = days.with_columns(
        *((pl.col(f"n_{i}") >= least).alias(f"valid_{i}") for i in MEANS), _valid_ozone(days, standard)
    )
    return days.select(
        "site",
        "date",
        *(pl.when(f"valid_{v}").then(v).alias(v) for v in VALUES),
        "o3_1h",
        *(pl.col(f"n_{v}").cast(pl.Int16) for v in VALUES),
        *(f"valid_{v}" for v in VALUES),
    )


def rounding_of(column: str, item: str, *, statistic: bool) -> Callable[[Edition], pl.Expr]:
    """How an edition publishes a column that holds concentrations of `item`; for `by_edition`."""

    def rounded(edition: Edition) -> pl.Expr:
        return half_even(pl.col(column), edition.decimals(item, statistic=statistic))

    return rounded


def published_days(days: pl.DataFrame, standard: str = "auto", rules: Rules = DEFAULT) -> pl.DataFrame:
    """Days as they are published: rounded by the edition of their date, with the daily AQI.

    days: from `daily_values` or `city_days` (unrounded). Adds what `daily_index` adds. Source: HJ 633, HJ 663.
    """
    rounded = days.with_columns(
        by_edition("date", days, standard, rounding_of(v, v, statistic=False)).alias(v) for v in VALUES
    )
    return daily_index(rounded, standard, rules)
