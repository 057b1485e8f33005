"""Analogues (相似日): the past days most like the last two days, and what followed them.

Alike is a matter of the hours before: own items, the neighbours' level, weather where it is measured, the season.
Only rows before the issue are looked at, and what followed must have been measured by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.forecast import season
from bihuan.domain.forecast.grid import DAY, Array, Grid
from bihuan.domain.forecast.weather import components
from bihuan.domain.statistics import daily_values, published_days
from bihuan.domain.timeaxis import CST, HOUR, INSTANT

BACK = 48  # hours that are compared
GAP = 72  # hours between a past day and the issue: no hour is in both, and three days of what followed are known
AHEAD = 168
COUNT = 5
APART = 48  # hours between two analogues: neighbouring days are one episode, not two
SEASON_DAYS = 30.0  # a day this far off in the course of the year counts as one standard deviation
WEIGHTS = {"own": 1.0, "near": 0.5, "weather": 1.0, "season": 0.5}
LEAST = 0.6  # share of the own hours that both windows must have
WORDS = ((0.5, "very"), (0.8, "quite"), (1.1, "somewhat"), (np.inf, "hardly"))
"""Upper ends of the distance [standard deviations]; two days drawn at random are about 1.4 apart."""


@dataclass(frozen=True)
class Analogues:
    """days: rank, origin (instant), date (CST), distance, alike. followed: rank, start, lead, one column per item."""

    days: pl.DataFrame
    followed: pl.DataFrame


@dataclass(frozen=True)
class _Block:
    """One thing that is compared: values [row, column], and how many hours make one mean."""

    kind: str
    values: Array
    step: int


def find(
    grid: Grid,
    site: str,
    moment: datetime,
    *,
    near: Sequence[str] = (),
    count: int = COUNT,
    ahead: int = AHEAD,
) -> Analogues:
    """The `count` most similar past days of `site` as of `moment` (whole hours), best first.

    near: neighbouring sites whose mean is compared too. Distance: root of the weighted mean of squared differences
    in standard deviations of the root of the values. Origins are moments of the same hour of the day. Both tables
    are empty for a site without enough hours, or without a past day that can be compared.
    """
    row, place = grid.row_of(moment), grid.sites.index(site) if site in grid.sites else -1
    origins = np.arange(row - GAP - (row - GAP - BACK) // DAY * DAY, row - GAP + 1, DAY, dtype=np.int64)
    if place < 0 or row - GAP < BACK:
        return _table(grid, place, origins[:0], np.zeros(0), moment, ahead)
    blocks = _blocks(grid, place, [grid.sites.index(s) for s in near if s in grid.sites], row)
    distance = _distances(grid, blocks, origins, row)
    distance[~_followed(grid, place, origins)] = np.nan
    chosen = _best(distance, origins, count)
    return _table(grid, place, origins[chosen], distance[chosen], moment, ahead)


def _blocks(grid: Grid, place: int, near: list[int], row: int) -> list[_Block]:
    found = []
    for values in grid.values.values():
        root = np.sqrt(np.maximum(values[:row], 0.0))
        found.append(_Block("own", root[:, place], 3))
        if near:
            found.append(_Block("near", _mean(root[:, near]), 6))
    for name, values in components(grid).items():
        if name in ("temp", "dewp", "pres", "wspm", "u", "v"):
            here = values[:row, place]
            found.append(_Block("weather", np.where(np.isfinite(here), here, _mean(values[:row])), 6))
    return [b for b in found if np.isfinite(b.values).any()]


def _mean(block: Array) -> Array:
    seen = np.isfinite(block)
    count = seen.sum(axis=1)
    total = np.where(seen, block, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _windows(values: Array, origins: NDArray[np.int64], step: int) -> Array:
    """Means [origin, part] of each `step` hours of the BACK hours before an origin."""
    rows = origins[:, None] + np.arange(-BACK, 0)
    parts = values[rows].reshape(len(origins), -1, step)
    return _mean(parts.reshape(-1, step)).reshape(len(origins), -1)


def _distances(grid: Grid, blocks: list[_Block], origins: NDArray[np.int64], row: int) -> Array:
    total, weight = np.zeros(len(origins)), np.zeros(len(origins))
    own, kinds = np.zeros(len(origins)), {b.kind: sum(o.kind == b.kind for o in blocks) for b in blocks}
    for block in blocks:
        spread = max(float(np.nanstd(block.values)), 1e-6)
        now = _windows(block.values, np.array([row]), block.step)
        apart = ((_windows(block.values, origins, block.step) - now) / spread) ** 2
        share = np.isfinite(apart).mean(axis=1)
        part = WEIGHTS[block.kind] / kinds[block.kind] * share
        total += part * np.nan_to_num(_mean(apart))
        weight += part
        own += share / kinds["own"] if block.kind == "own" else 0.0
    total += WEIGHTS["season"] * (_season_apart(grid, origins, row) / SEASON_DAYS) ** 2
    distance = np.sqrt(total / (weight + WEIGHTS["season"]))
    return np.where(own >= LEAST, distance, np.nan)


def _season_apart(grid: Grid, origins: NDArray[np.int64], row: int) -> Array:
    """Days between the dates in the course of the year."""
    days = np.abs(
        season.day_of_year(grid.first, origins) - season.day_of_year(grid.first, np.array([row]))[0]
    )
    return np.asarray(np.minimum(days, 365.25 - np.minimum(days, 365.25)))


def _followed(grid: Grid, place: int, origins: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether half of the next GAP hours of some item were measured."""
    rows = origins[:, None] + np.arange(GAP)
    shares = [
        np.isfinite(v[:, place])[np.minimum(rows, len(v) - 1)].mean(axis=1) for v in grid.values.values()
    ]
    return np.asarray(np.max(shares, axis=0) >= 0.5)


def _best(distance: Array, origins: NDArray[np.int64], count: int) -> list[int]:
    chosen: list[int] = []
    for k in np.argsort(distance, kind="stable"):
        if len(chosen) == count or not np.isfinite(distance[k]):
            break
        if all(abs(origins[k] - origins[c]) >= APART for c in chosen):
            chosen.append(int(k))
    return chosen


def _table(
    grid: Grid, place: int, origins: NDArray[np.int64], distance: Array, moment: datetime, ahead: int
) -> Analogues:
    when = [grid.first + int(o) * HOUR for o in origins]
    rank = list(range(1, len(when) + 1))
    days = pl.DataFrame(
        {
            "rank": rank,
            "origin": when,
            "date": [w.astimezone(CST).date() for w in when],
            "distance": distance,
            "alike": [next(word for end, word in WORDS if d < end) for d in distance],
        },
        schema={
            "rank": pl.Int32,
            "origin": INSTANT,
            "date": pl.Date,
            "distance": pl.Float64,
            "alike": pl.String,
        },
    )
    parts = [
        _after(grid, place, int(o), r, grid.row_of(moment), ahead) for r, o in zip(rank, origins, strict=True)
    ]
    schema: dict[str, Any] = {"rank": pl.Int32, "start": INSTANT, "lead": pl.Int32} | dict.fromkeys(
        grid.values, pl.Float64
    )
    return Analogues(days, pl.concat([pl.DataFrame(schema=schema), *parts]))


def _after(grid: Grid, place: int, origin: int, rank: int, row: int, ahead: int) -> pl.DataFrame:
    """What was measured after an origin, as far as it was known at `row`."""
    last = min(origin + ahead, row)
    lead = np.arange(1, last - origin + 1)
    columns = {i: pl.Series(v[origin:last, place]).fill_nan(None) for i, v in grid.values.items()}
    return pl.DataFrame(
        {
            "rank": pl.Series([rank] * len(lead), dtype=pl.Int32),
            "start": pl.Series([grid.first + (origin + int(k) - 1) * HOUR for k in lead], dtype=INSTANT),
            "lead": pl.Series(lead, dtype=pl.Int32),
            **columns,
        }
    )


def member_values(found: Analogues, item: str, leads: NDArray[np.int64]) -> Array:
    """The analogues as a member: mean of `item` over what followed, for each lead; NaN where nothing is known."""
    means = dict(found.followed.group_by("lead").agg(pl.col(item).mean()).drop_nulls().iter_rows())
    return np.array([means.get(int(lead), np.nan) for lead in leads])


def following_days(found: Analogues, standard: str = "auto") -> pl.DataFrame:
    """What followed by natural day: rank, ahead (1 = the day after), date, pm25 ... o3_8h, aqi, level, primary.

    Values as the standard publishes days; a day without enough hours has null.
    """
    hours = found.followed.rename({"rank": "site"}).with_columns(pl.col("site").cast(pl.String))
    days = published_days(daily_values(hours.drop("lead"), standard), standard)
    known = found.days.select(pl.col("rank").cast(pl.String).alias("site"), origin_date="date")
    ahead = (pl.col("date") - pl.col("origin_date")).dt.total_days().cast(pl.Int32).alias("ahead")
    rows = days.join(known, on="site").with_columns(ahead, rank=pl.col("site").cast(pl.Int32))
    values = ("pm25", "pm10", "so2", "no2", "co", "o3_8h", "aqi", "level", "primary")
    return rows.filter(pl.col("ahead") >= 1).select("rank", "ahead", "date", *values).sort("rank", "ahead")


def near_sites(places: dict[str, tuple[float, float]], site: str, count: int = 8) -> list[str]:
    """The nearest other sites. places: site -> (longitude, latitude) [degrees]."""
    if site not in places:
        return []
    lon, lat = places[site]

    def apart(other: str) -> float:
        return float(np.hypot((places[other][0] - lon) * np.cos(np.deg2rad(lat)), places[other][1] - lat))

    return sorted((s for s in places if s != site), key=apart)[:count]
