"""The named baselines, on the same origins as the model: what any forecast must beat."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from bihuan.domain.forecast import climate
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.grid import DAY, Array, Grid, to_grid
from bihuan.domain.forecast.rolling import Segment

NAMES = {
    "persistence": "persistence",
    "same_hour": "seasonal naive",
    "raw_damped": "damped persistence",
    "raw_full": "ridge",
}
GBM_ROWS = 200_000
LAGS = (0, 1, 2, 3, 6, 12, 23, 47)


def errors(
    segment: Segment, history: pl.DataFrame, items: Sequence[str], leads: int, *, trees: bool = True
) -> list[tuple[str, str, int, float, int]]:
    """For each peer, item and lead: (peer, item, lead, sum of squared errors, number of targets).

    Targets are the measured hours after each origin in `history`. The model itself is among the names (`model`).
    """
    with threadpool_limits(1):
        return list(_errors(segment, history, items, leads, trees))


def _errors(
    segment: Segment, history: pl.DataFrame, items: Sequence[str], leads: int, trees: bool
) -> Iterator[tuple[str, str, int, float, int]]:
    grid = segment.seen.grid
    stations = [s for s in grid.sites if not s.startswith("city:")]
    end = segment.origins[-1] + timedelta(hours=leads)
    truth = to_grid(history.filter(pl.col("start") >= grid.first), items, sites=stations, end=end)
    train = models.known_until(history, segment.origins[0])
    past = to_grid(train, items, sites=stations)
    rows = np.array([grid.row_of(o) - 1 for o in segment.origins])
    for item in segment.model.items:
        usual = climatology(past, item)
        forest = boosted(past, item, leads) if trees else None
        lagged = _lagged(truth.values[item])
        for lead in range(1, leads + 1):
            target = rows + lead
            observed = truth.values[item][target]
            members = models.member_means(segment.model, segment.seen, item, rows, lead)
            said = {NAMES[k]: v[:, : len(stations)] for k, v in members.items() if k in NAMES}
            said["climatology"] = usual[_month_of(truth, target), target % DAY]
            said["model"] = models.means(segment.model, segment.seen, item, rows, lead)[:, : len(stations)]
            if forest is not None:
                said["gradient boosting"] = forest.predict(_columns(lagged, rows, lead)).reshape(
                    observed.shape
                )
            good = np.isfinite(observed) & np.all([np.isfinite(v) for v in said.values()], axis=0)
            for name, value in said.items():
                error = (value - observed)[good]
                yield name, item, lead, float((error**2).sum()), int(good.sum())


def _month_of(grid: Grid, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.datetime64((grid.first + timedelta(hours=8)).replace(tzinfo=None), "h")
    return (first + rows).astype("datetime64[M]").astype(int) % 12


def _mean(block: Array, least: int) -> Array:
    count = np.isfinite(block).sum(axis=0)
    return np.asarray(np.where(count >= least, np.nansum(block, axis=0) / np.maximum(count, 1), np.nan))


def climatology(past: Grid, item: str) -> Array:
    """[month, hour of the day, site]: mean of the training rows; of the hour alone for a month not seen."""
    values = past.values[item]
    rows = np.arange(len(values))
    month, hour = _month_of(past, rows), rows % DAY
    whole = np.stack([_mean(values[hour == h], 1) for h in range(DAY)])
    cells = np.stack([[_mean(values[(month == m) & (hour == h)], 3) for h in range(DAY)] for m in range(12)])
    return np.where(np.isfinite(cells), cells, whole)


def _lagged(values: Array) -> list[Array]:
    """Plain history columns [hour, site]: lags and the means of the last 24 and 72 hours."""
    padded = np.concatenate([np.full((max(LAGS), values.shape[1]), np.nan), values])
    lags = [padded[max(LAGS) - lag : len(padded) - lag] for lag in LAGS]
    return [*lags, climate.trailing_mean(values, DAY), climate.trailing_mean(values, 72)]


def _columns(lagged: Sequence[Array], rows: NDArray[np.int64], lead: int) -> Array:
    shape = (len(rows), lagged[0].shape[1])
    hour = np.broadcast_to(((rows + lead) % DAY)[:, None], shape)
    same = np.maximum(rows + lead - DAY * -(-lead // DAY), 0)
    parts = [*(block[rows] for block in lagged), lagged[0][same], hour, np.full(shape, lead)]
    return np.stack([np.ravel(p) for p in parts], axis=1)


def boosted(past: Grid, item: str, leads: int) -> HistGradientBoostingRegressor:
    """Plain gradient boosting, pooled over sites, direct with the lead as a column; 200 trees on 200,000 rows."""
    values = past.values[item]
    lagged = _lagged(values)
    chance = np.random.default_rng(11)
    blocks, targets = [], []
    for lead in range(1, leads + 1, 3):
        rows = np.sort(
            chance.integers(0, len(values) - lead, max(GBM_ROWS * 3 // leads // values.shape[1], 1))
        )
        blocks.append(_columns(lagged, rows, lead))
        targets.append(values[rows + lead].ravel())
    x, y = np.concatenate(blocks), np.concatenate(targets)
    trees = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.06, max_leaf_nodes=31, random_state=1)
    return trees.fit(x[np.isfinite(y)], y[np.isfinite(y)])
