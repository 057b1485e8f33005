"""The named baselines, on the same origins as the model: what any forecast must beat."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import plain, rolling
from bihuan.domain.forecast.boosting import AVAILABLE
from bihuan.domain.forecast.grid import DAY, Array, Grid, to_grid
from bihuan.domain.forecast.rolling import Segment
from bihuan.domain.forecast.run_tables import QUANTILES
from bihuan.domain.forecast.training import outlook_of

NAMES = {
    "persistence": "persistence",
    "same_hour": "seasonal naive",
    "raw_damped": "damped persistence",
}
CLIMATOLOGY, RIDGE, TREES, DRESSED = "climatology", "ridge", "LightGBM", "dressed persistence"
CLASSES = 5  # dressed persistence: error quantiles by fifths of the present value


def rows(
    segment: Segment,
    history: pl.DataFrame,
    leads: int,
    *,
    learned: bool = True,
    quantiles: bool = False,
) -> pl.DataFrame:
    """What each baseline says at the segment's origins: rows as in the backtest file, `model` = its name.

    Fitted on the rows that the segment's model knew, and on its weather; `learned`: also ridge and (where it runs) LightGBM. With
    `quantiles` also dressed persistence and the quantiles of climatology and of LightGBM; otherwise they are null.
    """
    with threadpool_limits(1):
        return pl.concat(list(_rows(segment, history, leads, learned, quantiles)))


def _rows(
    segment: Segment, history: pl.DataFrame, leads: int, learned: bool, quantiles: bool
) -> Iterator[pl.DataFrame]:
    grid = segment.seen.grid
    known = models.known_until(history, segment.origins[0])
    past = to_grid(known, tuple(segment.model.items), sites=grid.sites)
    seed = models.noise_of(segment.model.weather)
    outlook = outlook_of(past, seed) if segment.model.weather != "none" else None
    at = np.array([grid.row_of(o) - 1 for o in segment.origins])
    numbers = range(1, leads + 1)
    for item in segment.model.items:
        means, levels = _simple(segment, item, at, leads), {}
        now = means["persistence"][0]
        usual = climatology(past, item, _mean)
        month = _month_of(grid, at)
        means[CLIMATOLOGY] = np.stack([usual[month(lead), (at + lead) % DAY] for lead in numbers])
        if quantiles:
            spread = climatology(past, item, _quantiles)
            levels[CLIMATOLOGY] = np.stack([spread[month(lead), (at + lead) % DAY] for lead in numbers])
            levels[DRESSED] = dressed(past.values[item], now, leads)
            means[DRESSED] = means["persistence"]
        if learned:
            then = plain.columns_of(past.values[item], outlook)
            columns = plain.columns_of(grid.values[item], segment.seen.banks[item]["raw"].outlook)
            means[RIDGE] = plain.ridge(then, past.values[item], columns, at, leads, len(grid.sites))
        if learned and AVAILABLE:
            fitted = plain.fit_trees(
                past.values[item], outlook, leads, quantiles=QUANTILES if quantiles else ()
            )
            means[TREES], found = plain.predict_trees(fitted, columns, at, leads, len(grid.sites))
            if quantiles:
                levels[TREES] = found
        for name, mean in means.items():
            width = levels.get(name, np.full((*mean.shape, len(QUANTILES)), np.nan))
            yield rolling.table(grid.sites, item, segment.origins, mean, width).with_columns(
                model=pl.lit(name)
            )


def _simple(segment: Segment, item: str, at: NDArray[np.int64], leads: int) -> dict[str, Array]:
    """The model's own simple members [lead, origin, station]."""
    said = [models.member_means(segment.model, segment.seen, item, at, lead) for lead in range(1, leads + 1)]
    return {name: np.stack([s[member] for s in said]) for member, name in NAMES.items()}


def _month_of(grid: Grid, at: NDArray[np.int64]) -> Callable[[int], NDArray[np.int64]]:
    """Month (0..11, China Standard Time) of the target of a lead."""
    first = np.datetime64((grid.first + timedelta(hours=8)).replace(tzinfo=None), "h")
    return lambda lead: (first + at + lead).astype("datetime64[M]").astype(int) % 12


def _mean(block: Array, least: int) -> Array:
    count = np.isfinite(block).sum(axis=0)
    return np.asarray(np.where(count >= least, np.nansum(block, axis=0) / np.maximum(count, 1), np.nan))


def _quantiles(block: Array, least: int) -> Array:
    enough = np.isfinite(block).sum(axis=0) >= max(least, 1)
    out = np.full((block.shape[1], len(QUANTILES)), np.nan)
    if enough.any():
        out[enough] = np.nanquantile(block[:, enough], QUANTILES, axis=0).T
    return out


def climatology(past: Grid, item: str, of: Callable[[Array, int], Array] = _mean) -> Array:
    """[month, hour of the day, site]: mean of the training rows; of the hour alone for a month not seen.

    `of` takes the rows of a cell [hour, site] and how many finite ones are needed, and gives [site, ...].
    """
    values = past.values[item]
    rows = np.arange(len(values))
    month, hour = _month_of(past, rows)(0), rows % DAY
    whole = np.stack([of(values[hour == h], 1) for h in range(DAY)])
    cells = np.stack([[of(values[(month == m) & (hour == h)], 3) for h in range(DAY)] for m in range(12)])
    return np.where(np.isfinite(cells), cells, whole)


def dressed(past: Array, now: Array, leads: int) -> Array:
    """Quantiles [lead, origin, site, level]: `now` [origin, site] plus the training errors of persistence.

    past: [hour, site]. Errors are those of the same lead and the same fifth of the present value, all sites.
    """
    edges = np.nanquantile(past, np.linspace(0, 1, CLASSES + 1)[1:-1])
    then, of_now = np.digitize(past, edges), np.digitize(now, edges)
    out = np.empty((leads, *now.shape, len(QUANTILES)))
    for lead in range(1, leads + 1):
        error, group = past[lead:] - past[:-lead], then[:-lead]
        table = [np.nanquantile(error[group == k], QUANTILES) for k in range(CLASSES)]
        out[lead - 1] = np.maximum(now[..., None] + np.stack(table)[of_now], 0.0)
    return out
