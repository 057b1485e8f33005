"""Plain learners, as anybody would run them first: gradient boosting and ridge on lags, pooled over sites."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import climate
from bihuan.domain.forecast.boosting import AVAILABLE
from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.trees import draw
from bihuan.domain.forecast.weather import Outlook

if AVAILABLE:
    import lightgbm

ROWS = 120_000
QUANTILE_ROWS = 40_000
LAGS = (0, 1, 2, 3, 6, 12, 23, 47)
SETTINGS = {
    "learning_rate": 0.06,
    "num_leaves": 31,
    "max_bin": 63,
    "verbosity": -1,
    "seed": 1,
    "num_threads": 1,
}
TREES = 200
PENALTY = 1e-3  # of the ridge, relative to the size of each standardised column


@dataclass(frozen=True)
class Columns:
    """History columns [hour, site] and the weather of the target hour."""

    lagged: list[Array]
    outlook: Outlook | None

    def at(self, rows: NDArray[np.int64], lead: int) -> NDArray[np.float32]:
        """[origin, site, column] for one lead: lags, same hour of the last day, hour of the day, lead, weather."""
        shape = (len(rows), self.lagged[0].shape[1])
        hour = ((rows + lead) % DAY).astype(np.float64)[:, None]
        same = np.maximum(rows + lead - DAY * -(-lead // DAY), 0)
        known = [block[rows] for block in self.lagged]
        parts: list[Array] = [*known, self.lagged[0][same], hour, np.array(float(lead))]
        if self.outlook is not None:
            parts += list(self.outlook.columns(rows, lead).values())
        return np.stack([np.broadcast_to(p, shape) for p in parts], axis=-1).astype(np.float32)


@dataclass(frozen=True)
class Trees:
    """Fitted for the mean, and for each quantile asked."""

    mean: "lightgbm.Booster"
    quantiles: list["lightgbm.Booster"]


def columns_of(values: Array, outlook: Outlook | None) -> Columns:
    """Lags, and the means of the last 24 and 72 hours, of values [hour, site]."""
    padded = np.concatenate([np.full((max(LAGS), values.shape[1]), np.nan), values])
    lags = [padded[max(LAGS) - lag : len(padded) - lag] for lag in LAGS]
    means = [climate.trailing_mean(values, hours) for hours in (DAY, 72)]
    return Columns([*lags, *means], outlook)


def fit_trees(
    values: Array, outlook: Outlook | None, leads: int, *, quantiles: Sequence[float] = ()
) -> Trees:
    """Direct forecast of values [hour, site] at leads 1..`leads`, every third lead in training; 200 trees each."""
    columns = columns_of(values, outlook)
    chance = np.random.default_rng(11)
    blocks, targets = [], []
    for lead in range(1, leads + 1, 3):
        origins, drawn = draw(chance, 0, len(values) - lead, values.shape[1], ROWS * 3 // leads)
        blocks.append(columns.at(origins, lead)[drawn])
        targets.append(values[origins + lead][drawn])
    x, y = np.concatenate(blocks), np.concatenate(targets)
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    few = chance.permutation(len(y))[:QUANTILE_ROWS]
    return Trees(
        _boosted(x, y, objective="regression"),
        [_boosted(x[few], y[few], objective="quantile", alpha=q) for q in quantiles],
    )


def _boosted(x: NDArray[np.float32], y: Array, **more: str | float) -> "lightgbm.Booster":
    return lightgbm.train({**SETTINGS, **more}, lightgbm.Dataset(x, y), TREES)


def predict_trees(
    trees: Trees, columns: Columns, at: NDArray[np.int64], leads: int, width: int
) -> tuple[Array, Array]:
    """Means [lead, origin, site] of the first `width` sites and quantiles [..., level], put in order."""
    x = np.stack([columns.at(at, lead)[:, :width] for lead in range(1, leads + 1)])

    def shaped(booster: "lightgbm.Booster") -> Array:
        said = np.asarray(booster.predict(x.reshape(-1, x.shape[-1]), num_threads=1))
        return np.asarray(np.maximum(said, 0.0).reshape(x.shape[:-1]))

    levels = [shaped(b) for b in trees.quantiles]
    return shaped(trees.mean), np.sort(np.stack(levels, axis=-1), axis=-1) if levels else np.empty(0)


def ridge(past: Columns, values: Array, now: Columns, at: NDArray[np.int64], leads: int, width: int) -> Array:
    """Means [lead, origin, site]: a ridge for each lead on the same columns, the hour of the day as two waves.

    past, values: training columns and their values [hour, site]; now, at: columns and origins to predict.
    Missing inputs count as the column's mean.
    """
    return np.stack([_one_lead(past, values, now, at, lead, width) for lead in range(1, leads + 1)])


def _one_lead(
    past: Columns, values: Array, now: Columns, at: NDArray[np.int64], lead: int, width: int
) -> Array:
    origins = np.arange(0, len(values) - lead, 3)
    x, y = _waved(past.at(origins, lead)), values[origins + lead]
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    middle, size = np.nanmean(x, axis=0), np.maximum(np.nanstd(x, axis=0), 1e-6)
    z = np.nan_to_num((x - middle) / size)
    gram = z.T @ z + PENALTY * len(z) * np.eye(z.shape[1])
    w = np.linalg.solve(gram, z.T @ (y - y.mean()))
    said = np.nan_to_num((_waved(now.at(at, lead)[:, :width]) - middle) / size) @ w + y.mean()
    return np.asarray(np.maximum(said, 0.0))


def _waved(x: NDArray[np.float32]) -> Array:
    """The column of the hour (place len(LAGS) + 3) and of the lead replaced by waves of one day and half a day."""
    place = len(LAGS) + 3
    hour = 2 * np.pi * x[..., place : place + 1].astype(np.float64) / DAY
    waves = [np.sin(hour), np.cos(hour), np.sin(2 * hour), np.cos(2 * hour)]
    return np.concatenate([x[..., :place], *waves, x[..., place + 2 :]], axis=-1)
