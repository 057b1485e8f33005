"""How wide: quantiles of what validation missed, by lead and predicted level, and past error paths for joint samples.

Errors are taken in root space (root of observed minus root of predicted): they are then nearly of one size from
clean to heavy hours. All of them are out of time: each was made by a fit on earlier blocks only.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast.grid import Array
from bihuan.domain.forecast.linear import KNOTS, knot_of
from bihuan.domain.forecast.training import Validation

LEVELS = np.array([0.005, 0.01, 0.025, *np.arange(0.05, 0.951, 0.05), 0.975, 0.99, 0.995])
GROUPS = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 15), (16, 27), (28, 42), (43, 72), (73, 120), (121, 168))
BINS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
SITE_WEIGHT = 20.0  # origins
PATHS = 200
SHORT_DAYS = 3.0  # a validation of n days has not seen what comes: errors are widened by 1 + 3 / (n + 1)


@dataclass(frozen=True)
class Spread:
    """Error quantiles `table` [group, bin, level] at predicted roots `centres` [group, bin]; `sites`: width by site."""

    table: Array
    centres: Array
    sites: Array

    def quantiles(self, mean: Array, leads: NDArray[np.int64], site: NDArray[np.int64]) -> Array:
        """Quantiles [..., level] for conditional means [lead, site]; never negative, never crossing.

        `site` holds the fitted column of each site, -1 for a site that was not there.
        """
        root = np.sqrt(np.maximum(mean, 0.0))
        middle = np.array([(a + b) / 2 for a, b in GROUPS])
        at = np.interp(leads, middle, np.arange(len(GROUPS)))
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, len(GROUPS) - 1)
        share = (at - low)[:, None, None]
        error = (1 - share) * self._at(low, root) + share * self._at(high, root)
        width = np.where(site >= 0, self.sites[np.maximum(site, 0)], 1.0)
        value = np.maximum(root[..., None] + error * width[None, :, None], 0.0) ** 2
        return np.asarray(np.maximum.accumulate(value, axis=-1))

    def _at(self, group: NDArray[np.int64], root: Array) -> Array:
        """Error quantiles at the predicted level, linear between bin centres."""
        centre = self.centres[group][:, None, :]
        last = self.centres.shape[1] - 2
        low = np.clip((root[..., None] >= centre).sum(axis=-1) - 1, 0, last)
        rows = np.arange(len(group))[:, None]
        left, right = centre[rows, 0, low], centre[rows, 0, low + 1]
        share = np.clip((root - left) / np.maximum(right - left, 1e-9), 0.0, 1.0)[..., None]
        table = self.table[group]
        return np.asarray((1 - share) * table[rows, low] + share * table[rows, low + 1])


def _errors(validation: Validation) -> tuple[Array, Array]:
    root = np.sqrt(np.maximum(validation.predicted, 0.0))
    return root, np.sqrt(np.maximum(validation.observed, 0.0)) - root


def _site_widths(error: Array) -> Array:
    """Size of each site's errors against all, drawn to 1 when the site has few."""
    good = np.isfinite(error)
    square = np.where(good, error, 0.0) ** 2
    level = square.sum(axis=(1, 2), keepdims=True) / np.maximum(good.sum(axis=(1, 2), keepdims=True), 1)
    relative = (square / np.maximum(level, 1e-9)).sum(axis=(0, 1)) / len(KNOTS)
    count = good.sum(axis=(0, 1)) / len(KNOTS)
    return np.asarray(np.sqrt((relative + SITE_WEIGHT) / (count + SITE_WEIGHT)))


def learn(validation: Validation) -> Spread:
    """Error quantiles of a validation. With few errors (days of history) they are simply less certain."""
    root, error = _errors(validation)
    sites = _site_widths(error)
    scaled = error / sites
    tables: list[Array] = []
    centres: list[Array] = []
    for first, last in GROUPS:
        knots = [k for k, lead in enumerate(KNOTS) if first <= lead <= last] or [knot_of(first)]
        good = np.isfinite(scaled[knots])
        table, centre = _by_level(root[knots][good], scaled[knots][good], tables[-1] if tables else None)
        tables.append(table)
        centres.append(centre)
    days = (validation.origins[-1] - validation.origins[0]) / 24
    return Spread(np.stack(tables) * (1 + SHORT_DAYS / (days + 1)), np.stack(centres), sites)


def _by_level(root: Array, error: Array, before: Array | None) -> tuple[Array, Array]:
    bins = len(BINS) - 1
    if len(error) < 30:
        table = before if before is not None else np.tile((LEVELS - 0.5) * 6.0, (bins, 1))
        return table, np.linspace(1.0, 15.0, bins)
    order = np.argsort(root, kind="stable")
    cut = [round(b * len(order)) for b in BINS]
    parts = [order[a:b] if b > a else order for a, b in itertools.pairwise(cut)]
    table = np.stack([np.quantile(error[p], LEVELS) for p in parts])
    return table, np.maximum.accumulate([float(np.mean(root[p])) for p in parts])


def past_ranks(validation: Validation, spread: Spread) -> Array:
    """Where each observed value lay in its own forecast (0..1): [path, knot, site], evenly drawn past origins."""
    count = len(validation.origins)
    chosen = np.unique(np.linspace(0, count - 1, min(PATHS, count)).astype(int))
    _, error = _errors(validation)
    columns = np.arange(error.shape[2])
    out = np.full((len(chosen), len(KNOTS), len(columns)), np.nan)
    knots = np.array(KNOTS)
    for k, origin in enumerate(chosen):
        levels = spread.quantiles(validation.predicted[:, origin], knots, columns)
        observed = validation.observed[:, origin]
        out[k] = np.where(np.isfinite(observed), _rank(levels, observed), np.nan)
    return out


def _rank(levels: Array, observed: Array) -> Array:
    below = (levels < observed[..., None]).sum(axis=-1)
    low = np.clip(below - 1, 0, len(LEVELS) - 2)
    left = np.take_along_axis(levels, low[..., None], axis=-1)[..., 0]
    right = np.take_along_axis(levels, low[..., None] + 1, axis=-1)[..., 0]
    share = np.clip((observed - left) / np.maximum(right - left, 1e-9), 0.0, 1.0)
    inside = LEVELS[low] + share * (LEVELS[low + 1] - LEVELS[low])
    return np.asarray(np.where(below == 0, 0.0, np.where(below == len(LEVELS), 1.0, inside)))
