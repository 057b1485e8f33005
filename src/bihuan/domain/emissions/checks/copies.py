"""Values that were measured elsewhere or at another time: replayed hours, replays with noise, twin outlets."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.checks import no_findings
from bihuan.domain.emissions.checks.frames import minutes_of
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import KEY, LABEL, findings, local_day, moment, number, runs
from bihuan.domain.timeaxis import HOUR, INSTANT

Floats = NDArray[np.float64]
DAY = timedelta(days=1)
DAY_MIN = 1440
TEN = 10
"""Minutes of the means of which twins are compared."""
LEAST_VARIANCE = 1e-4
"""Below this variance [(mg/m³)²] a course is flat and a correlation says nothing."""


def copied(stacks: Stacks, *, least_hours: int = 2, least_distinct: int = 24) -> pl.DataFrame:
    """The minutes of `least_hours` hours are, one by one, those of earlier hours of the same outlet.

    Few different values in an hour can repeat by chance: their numbers must add up to `least_distinct`. Only shifts by
    whole hours are seen.
    Source: own method after published cases (replayed data). Returns FINDINGS; magnitude = length [h].
    """
    minute = pl.col("start").dt.minute().cast(pl.Int64)
    weight = (minute + 1) * 7919 % 101 + 1
    hours = (
        minutes_of(stacks, POLLUTANTS)
        .group_by(*KEY, pl.col("start").dt.truncate("1h"), maintain_order=True)
        .agg(
            print=(pl.col("value") * weight).sum().round(4),
            minutes=minute.sum(),
            distinct=pl.col("value").n_unique(),
            length=pl.col("step").sum(),
        )
        .filter(pl.col("distinct") > 2, pl.col("length") >= timedelta(minutes=45))
    )
    pairs = hours.join(hours, on=[*KEY, "print", "minutes"], suffix="_old").filter(
        pl.col("start") > pl.col("start_old")
    )
    pairs = pairs.with_columns(shift=pl.col("start") - pl.col("start_old"), step=pl.lit(HOUR))
    found = runs(
        pairs, pl.col("start_old").first(), pl.col("distinct").sum(), by=(*KEY, "shift"), bridge=HOUR
    )
    enough = (pl.col("n") >= least_hours) & (pl.col("distinct") >= least_distinct)
    found = found.filter(enough).sort(*KEY, "start", "shift")
    first = found.unique([*KEY, "start"], keep="first", maintain_order=True)
    shift = pl.col("shift").dt.total_hours()
    title = pl.format(
        "{} {} 小时的分钟值与 {} 起的逐一相同（相隔 {} 小时）", LABEL, "n", moment("start_old"), shift
    )
    return findings(
        first, title=title, magnitude=pl.col("n"), unit="h",
        evidence={"相同小时": "n", "原数据起": moment("start_old"), "相隔小时": shift},
    )  # fmt: skip


def _grids(rows: pl.DataFrame, sites: pl.Series) -> Iterator[tuple[str, Floats]]:
    """For each pollutant its values as whole local days of minutes x outlets; rows: long frame with `minute`."""
    columns = sites.to_frame().with_row_index("column")
    placed = rows.join(columns, on="site", maintain_order="left")
    days = int(placed["minute"].to_numpy().max()) // DAY_MIN + 1
    for (item,), part in placed.group_by("item", maintain_order=True):
        grid = np.full((days * DAY_MIN, len(sites)), np.nan)
        grid[part["minute"].to_numpy(), part["column"].to_numpy()] = part["value"].to_numpy()
        yield str(item), grid


def _laid_out(stacks: Stacks) -> tuple[datetime, pl.Series, Iterator[tuple[str, Floats]]]:
    """First local midnight, outlets, and the grids of the pollutants."""
    rows = minutes_of(stacks, POLLUTANTS)
    origin: Any = rows.select(local_day().min()).item()
    sites = rows["site"].unique().sort()
    if rows.is_empty():
        return origin, sites, iter(())
    return (
        origin,
        sites,
        _grids(rows.with_columns(minute=(pl.col("start") - origin).dt.total_minutes()), sites),
    )


def _paired(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Correlation of a with b over axis 1 where both are there, and how many are; blocks x minutes x outlets."""
    there = ~(np.isnan(a) | np.isnan(b))
    n = there.sum(axis=1).astype(np.float64)
    a, b = np.where(there, a, 0.0), np.where(there, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_a, mean_b = a.sum(axis=1) / n, b.sum(axis=1) / n
        cov = (a * b).sum(axis=1) / n - mean_a * mean_b
        var_a, var_b = (a * a).sum(axis=1) / n - mean_a**2, (b * b).sum(axis=1) / n - mean_b**2
        r: Floats = cov / np.sqrt(var_a * var_b)
    return np.where(np.minimum(var_a, var_b) > LEAST_VARIANCE, r, np.nan), n


def resembling(
    stacks: Stacks, *, least: float = 0.8, block_hours: int = 4, least_blocks: int = 2, least_values: int = 20
) -> pl.DataFrame:
    """The changes from minute to minute are those of the same time on an earlier day, with a little noise laid over.

    Correlation of the changes above `least` in `least_blocks` blocks of `block_hours` in a row, each with `least_values`
    pairs (independent noise has a correlation near 0 there). Exact copies belong to `copied`. Source: own method after
    published cases (replayed data). Returns FINDINGS; magnitude = lowest correlation of the blocks.
    """
    origin, sites, grids = _laid_out(stacks)
    size = block_hours * 60
    hits: list[tuple[object, ...]] = []
    for item, grid in grids:
        change = _changes(grid)
        for lag in range(1, len(grid) // DAY_MIN):
            a = change[lag * DAY_MIN :].reshape(-1, size, len(sites))
            b = change[: -lag * DAY_MIN].reshape(-1, size, len(sites))
            r, n = _paired(a, b)
            for block, column in np.argwhere((r >= least) & (r < 0.9999) & (n >= least_values)).tolist():
                start = origin + timedelta(days=lag, minutes=block * size)
                hits.append((sites[column], item, lag, start, float(r[block, column])))
    if not hits:
        return no_findings()
    blocks = pl.DataFrame(hits, schema=["site", "item", "lag", "start", "r"], orient="row").with_columns(
        pl.col("start").cast(INSTANT), step=pl.lit(timedelta(hours=block_hours))
    )
    found = runs(blocks, pl.col("r").min(), by=(*KEY, "lag")).filter(pl.col("n") >= least_blocks)
    title = pl.format(
        "{} {} 小时的逐分钟变化与 {} 天前同时刻的相同（相关系数不低于 {}，疑似复制后加噪）",
        LABEL, pl.col("n") * block_hours, "lag", number("r", 2),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("r"), unit="",
        evidence={"最低相关系数": "r", "时段数": "n", "相隔天数": "lag"},
    )  # fmt: skip


def _changes(grid: Floats) -> Floats:
    """Change of each outlet's value against its last one before (NaN where there is none); same shape as `grid`."""
    out = np.full_like(grid, np.nan)
    for column in range(grid.shape[1]):
        there = np.flatnonzero(~np.isnan(grid[:, column]))
        out[there[1:], column] = np.diff(grid[there, column])
    return out


def _correlations(grid: Floats) -> tuple[Floats, Floats]:
    """Correlation of every two columns over the rows that both have, and the number of such rows."""
    there = ~np.isnan(grid)
    mask = there.astype(np.float64)
    centre = np.where(there, grid, 0.0).sum(axis=0) / np.maximum(mask.sum(axis=0), 1)
    value = np.where(there, grid - centre, 0.0)
    n = mask.T @ mask
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (value.T @ mask) / n
        spread = ((value * value).T @ mask) / n - mean**2
        r: Floats = ((value.T @ value) / n - mean * mean.T) / np.sqrt(spread * spread.T)
    return np.where(np.minimum(spread, spread.T) > LEAST_VARIANCE, r, np.nan), n


def _ten_minutes(grid: Floats) -> Floats:
    """Means over ten minutes, so that loggers with records of one and of ten minutes can be compared."""
    parts = grid.reshape(-1, TEN, grid.shape[1])
    n = (~np.isnan(parts)).sum(axis=1)
    total = np.where(np.isnan(parts), 0.0, parts).sum(axis=1)
    out: Floats = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    return out


def _apart(a: Floats, b: Floats) -> float:
    """Median relative difference of two courses where both are there."""
    return float(np.nanmedian(np.abs(a - b) / np.maximum(np.abs(a), 1e-9)))


def twins(
    stacks: Stacks,
    *,
    least: float = 0.999,
    similar: float = 0.98,
    within: float = 0.01,
    least_values: int = 60,
) -> pl.DataFrame:
    """Two outlets have the same course of a pollutant on a day, in at least `least_values` means of ten minutes.

    Either their correlation is above `least`, or it is above `similar` and the values are the same to `within` (median).
    Source: own method after published cases (one analyser's signal sent for two outlets). Returns FINDINGS (the target
    is the outlet with the later code); magnitude = correlation.
    """
    origin, sites, grids = _laid_out(stacks)
    pairs: list[tuple[object, ...]] = []
    for item, grid in grids:
        for day, means in enumerate(_ten_minutes(grid).reshape(-1, DAY_MIN // TEN, len(sites))):
            r, n = _correlations(means)
            for i, j in np.argwhere(np.triu((r > similar) & (n >= least_values), 1)).tolist():
                if r[i, j] <= least and _apart(means[:, i], means[:, j]) > within:
                    continue
                pairs.append((sites[i], sites[j], item, origin + timedelta(days=day), float(r[i, j])))
    if not pairs:
        return no_findings()
    days = pl.DataFrame(pairs, schema=["other", "site", "item", "start", "r"], orient="row").with_columns(
        pl.col("start").cast(INSTANT), step=pl.lit(DAY)
    )
    found = runs(days, pl.col("r").min(), by=(*KEY, "other"))
    title = pl.format(
        "{}分钟值与排放口 {} 完全同步（相关系数 {}），[days] 天", LABEL, "other", number("r", 4)
    )
    return findings(
        found, title=title, magnitude=pl.col("r"), unit="",
        evidence={"另一排放口": "other", "相关系数": "r", "天数": "n"},
    )  # fmt: skip
