"""Daily values of joint paths: means, ozone's highest 8 h mean, AQI; and what they say together."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from bihuan.domain.forecast.grid import DAY, Array, Grid
from bihuan.domain.standards.index import daily_index
from bihuan.domain.timeaxis import CST

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
DAILY_ITEMS = ("pm25", "pm10", "so2", "no2", "co", "o3_8h")
LEAST_HOURS = 20


def members(
    names: list[str], moment: datetime, grid: Grid, wanted: list[int], paths: dict[str, Array], standard: str
) -> pl.DataFrame:
    """Natural days (China Standard Time) of each path, from the day of `moment` to the last whole day.

    The hours of the first day that are already measured are the measured ones. A day needs 20 known hours.
    """
    local = moment.astimezone(CST)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = int((local - midnight) / timedelta(hours=1))
    whole = {item: _whole_days(grid, item, wanted, moment, passed, path) for item, path in paths.items()}
    values = {
        ("o3_8h" if i == "o3" else i): (_highest8(v) if i == "o3" else _means(v)) for i, v in whole.items()
    }
    count, days, width = next(iter(values.values())).shape
    dates = [midnight.date() + timedelta(days=k) for k in range(days)]
    frame = _frame(names, count, dates, width).with_columns(
        pl.Series(k, v.ravel()).fill_nan(None) for k, v in values.items()
    )
    judged = daily_index(frame, standard)
    absent = [pl.lit(None, pl.Float64).alias(i) for i in DAILY_ITEMS if i not in judged.columns]
    return judged.with_columns(absent).select(
        "site", "member", "date", *DAILY_ITEMS, "aqi", "level", "primary"
    )


def _frame(names: list[str], count: int, dates: list[date], width: int) -> pl.DataFrame:
    member = np.repeat(np.arange(count), len(dates) * width)
    return pl.DataFrame(
        {
            "site": names * (count * len(dates)),
            "member": pl.Series(member, dtype=pl.Int32),
            "date": pl.Series([d for d in dates for _ in range(width)] * count, dtype=pl.Date),
        }
    )


def _whole_days(
    grid: Grid, item: str, wanted: list[int], moment: datetime, passed: int, path: Array
) -> Array:
    """[member, day, hour, site]: measured hours of the first day, then the path, cut to whole days."""
    row = grid.row_of(moment)
    measured = grid.values[item][max(row - passed, 0) : row][:, wanted]
    if len(measured) < passed:
        gap = np.full((passed - len(measured), len(wanted)), np.nan)
        measured = np.concatenate([gap, measured])
    past = np.broadcast_to(measured, (len(path), *measured.shape))
    joined = np.concatenate([past, path], axis=1)
    days = joined.shape[1] // DAY
    return joined[:, : days * DAY].reshape(len(path), days, DAY, -1)


def _means(whole: Array) -> Array:
    count = np.isfinite(whole).sum(axis=2)
    return np.asarray(np.where(count >= LEAST_HOURS, np.nansum(whole, axis=2) / np.maximum(count, 1), np.nan))


def _highest8(whole: Array) -> Array:
    """Highest 8 h mean of windows ending in the hours 8..24, each with at least 6 hours (GB 3095-2012, 3.12)."""
    seen = np.isfinite(whole)
    total = np.cumsum(np.where(seen, whole, 0.0), axis=2)
    count = np.cumsum(seen, axis=2)
    zero = np.zeros_like(total[:, :, :1])
    total = total[:, :, 7:] - np.concatenate([zero, total[:, :, :-8]], axis=2)
    count = count[:, :, 7:] - np.concatenate([zero.astype(int), count[:, :, :-8]], axis=2)
    means = np.where(count >= 6, total / np.maximum(count, 1), -np.inf)
    best = means.max(axis=2)
    return np.asarray(np.where(np.isfinite(best), best, np.nan))


def summary(each: pl.DataFrame) -> pl.DataFrame:
    """Mean and quantiles over the paths for every site, day and item; for aqi also the chance of each level 1..6."""
    tables = [_of_item(each, item) for item in (*DAILY_ITEMS, "aqi")]
    chance = each.group_by("site", "date").agg(
        (pl.col("level") == k).mean().alias(f"p{k}") for k in range(1, 7)
    )
    chance = chance.with_columns(item=pl.lit("aqi"))
    return (
        pl.concat(tables).join(chance, on=["site", "date", "item"], how="left").sort("site", "item", "date")
    )


def _of_item(each: pl.DataFrame, item: str) -> pl.DataFrame:
    value = pl.col(item).cast(pl.Float64)
    return each.group_by("site", "date").agg(
        pl.lit(item).alias("item"),
        value.mean().alias("mean"),
        *[value.quantile(q, "linear").alias(f"q{round(100 * q):02d}") for q in QUANTILES],
    )
