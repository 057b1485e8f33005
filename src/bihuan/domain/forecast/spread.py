"""How wide: quantiles of what validation missed, by lead, predicted level and season; past error paths for joint samples.

Errors are taken in root space (root of observed minus root of predicted): they are then nearly of one size from
clean to heavy hours. All of them are out of time: each was made by a fit on earlier blocks only. Split conformal
prediction (Vovk and others 2005; Lei and others 2018, J. Am. Stat. Assoc. 113, 1094-1111) with two corrections for
errors that are alike within a passage of weather: errors near in the year count more, and the two halves of the
distribution are stretched until quantiles learned without a block of days hold in that block.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.linear import KNOTS, knot_of
from bihuan.domain.forecast.training import Validation

LEVELS = np.array([0.005, 0.01, 0.025, *np.arange(0.05, 0.951, 0.05), 0.975, 0.99, 0.995])
GROUPS = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 15), (16, 27), (28, 42), (43, 72), (73, 120), (121, 168))
BINS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
NODES = np.array([30.0, 91.0, 152.0, 213.0, 274.0, 335.0])  # days of the year that have tables of their own
YEAR, SEASON_DAYS, FLOOR = 365.25, 35.0, 0.1  # an error of another season still counts FLOOR
BLOCK_DAYS, MOST_BLOCKS = 12, 8
MOST_STRETCH = 2.0
MOST_ERRORS = 40_000  # of one group, drawn evenly
SITE_WEIGHT = 20.0  # origins
PATHS = 200
SHORT_DAYS = 2.0  # a validation of n days has not seen what comes: errors are widened by 1 + 2.0 / (n + 1)
_LOW, _MIDDLE, _HIGH = (int(np.argmin(np.abs(LEVELS - q))) for q in (0.05, 0.5, 0.95))


@dataclass(frozen=True)
class Spread:
    """Error quantiles `table` [node, group, bin, level] at predicted roots `centres` [group, bin]; width by site."""

    table: Array
    centres: Array
    sites: Array

    def quantiles(self, mean: Array, leads: NDArray[np.int64], site: NDArray[np.int64], day: float) -> Array:
        """Quantiles [..., level] for conditional means [lead, site]; never negative, never crossing.

        `site` holds the fitted column of each site, -1 for a site that was not there; day: of the year, 1..366.
        """
        root = np.sqrt(np.maximum(mean, 0.0))
        table = self._of_season(day)
        middle = np.array([(a + b) / 2 for a, b in GROUPS])
        at = np.interp(leads, middle, np.arange(len(GROUPS)))
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, len(GROUPS) - 1)
        share = (at - low)[:, None, None]
        error = (1 - share) * self._at(table, low, root) + share * self._at(table, high, root)
        width = np.where(site >= 0, self.sites[np.maximum(site, 0)], 1.0)
        value = np.maximum(root[..., None] + error * width[None, :, None], 0.0) ** 2
        return np.asarray(np.maximum.accumulate(value, axis=-1))

    def _of_season(self, day: float) -> Array:
        """Tables between the two nodes beside the day."""
        at = (day - NODES[0]) / (YEAR / len(NODES)) % len(NODES)
        low = int(at) % len(NODES)
        share = at - int(at)
        return np.asarray((1 - share) * self.table[low] + share * self.table[(low + 1) % len(NODES)])

    def _at(self, table: Array, group: NDArray[np.int64], root: Array) -> Array:
        rows = np.arange(len(group))[:, None]
        low, share = _place(self.centres[group][:, None, :], root)
        return np.asarray((1 - share) * table[group][rows, low] + share * table[group][rows, low + 1])


def _place(centres: Array, root: Array) -> tuple[NDArray[np.int64], Array]:
    """Bin below each predicted root and how far towards the next one [..., 1]."""
    low = np.clip((root[..., None] >= centres).sum(axis=-1) - 1, 0, centres.shape[-1] - 2)
    left = np.take_along_axis(np.broadcast_to(centres, (*root.shape, centres.shape[-1])), low[..., None], -1)
    right = np.take_along_axis(
        np.broadcast_to(centres, (*root.shape, centres.shape[-1])), low[..., None] + 1, -1
    )
    return low, np.clip((root[..., None] - left) / np.maximum(right - left, 1e-9), 0.0, 1.0)


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


def learn(validation: Validation, days: Array) -> Spread:
    """Error quantiles of a validation; days: of the year, for each of its origins.

    With few errors (days of history) they are simply less certain.
    """
    root, error = _errors(validation)
    sites = _site_widths(error)
    scaled = error / sites
    length = float(validation.origins[-1] - validation.origins[0]) / DAY
    count = int(np.clip(length // BLOCK_DAYS, 2, MOST_BLOCKS))
    blocks = ((validation.origins - validation.origins[0]) * count) // (length * DAY + 1)
    near = [_season_weights(days, node) for node in NODES]
    tables: list[Array] = []
    centres: list[Array] = []
    for first, last in GROUPS:
        knots = [k for k, lead in enumerate(KNOTS) if first <= lead <= last] or [knot_of(first)]
        good = np.isfinite(scaled[knots])
        _, origin, _ = np.nonzero(good)
        few = slice(None, None, max(1, len(origin) // MOST_ERRORS))
        r, e, o = root[knots][good][few], scaled[knots][good][few], origin[few]
        if len(e) < 30:
            tables.append(
                tables[-1] if tables else np.tile((LEVELS - 0.5) * 6.0, (len(NODES), len(BINS) - 1, 1))
            )
            centres.append(centres[-1] if centres else np.linspace(1.0, 15.0, len(BINS) - 1))
            continue
        parts, centre = _bins(r)
        table = np.stack([_table(e, w[o], parts) for w in near])
        tables.append(_stretched(table, *_stretch(r, e, blocks[o], days[o])))
        centres.append(centre)
    return Spread(np.stack(tables, axis=1) * (1 + SHORT_DAYS / (length + 1)), np.stack(centres), sites)


def _season_weights(days: Array, day: float) -> Array:
    """How much errors of these days of the year count on `day`."""
    apart = np.abs((days - day + YEAR / 2) % YEAR - YEAR / 2)
    return np.asarray(np.exp(-0.5 * (apart / SEASON_DAYS) ** 2) + FLOOR)


def _bins(root: Array) -> tuple[list[NDArray[np.int64]], Array]:
    """Which errors belong to each bin of the predicted level, and the bins' centres."""
    order = np.argsort(root, kind="stable")
    cut = [round(b * len(order)) for b in BINS]
    parts = [order[a:b] if b > a else order for a, b in itertools.pairwise(cut)]
    return parts, np.maximum.accumulate([float(np.mean(root[p])) for p in parts])


def _table(error: Array, weight: Array, parts: list[NDArray[np.int64]]) -> Array:
    return np.stack([_weighted(error[p], weight[p], LEVELS) for p in parts])


def _weighted(values: Array, weight: Array, levels: Array) -> Array:
    """Quantiles of weighted values (each in the middle of its own weight)."""
    order = np.argsort(values)
    mass = np.cumsum(weight[order])
    return np.interp(levels, (mass - weight[order] / 2) / mass[-1], values[order])


def _stretch(root: Array, error: Array, blocks: Array, days: Array) -> tuple[float, float]:
    """Factors >= 1 of the lower and upper half, with which 5 % of the errors of blocks left out lie beyond each end."""
    low, high = [], []
    for block in np.unique(blocks):
        out = blocks == block
        if out.all() or min(out.sum(), (~out).sum()) < 50:
            continue
        parts, centre = _bins(root[~out])
        weight = _season_weights(days[~out], float(np.median(days[out])))
        table = _table(error[~out], weight, parts)
        place, share = _place(centre, root[out])
        q = (1 - share) * table[place] + share * table[place + 1]
        off = error[out] - q[:, _MIDDLE]
        low.append(off / np.minimum(q[:, _LOW] - q[:, _MIDDLE], -1e-6))
        high.append(off / np.maximum(q[:, _HIGH] - q[:, _MIDDLE], 1e-6))
    if not low:
        return 1.0, 1.0
    below, above = (float(np.quantile(np.concatenate(x), 0.95)) for x in (low, high))
    return float(np.clip(below, 1.0, MOST_STRETCH)), float(np.clip(above, 1.0, MOST_STRETCH))


def _stretched(table: Array, below: float, above: float) -> Array:
    off = table - table[..., _MIDDLE : _MIDDLE + 1]
    return np.asarray(table[..., _MIDDLE : _MIDDLE + 1] + np.where(off < 0, below, above) * off)


def past_ranks(validation: Validation, spread: Spread, days: Array) -> Array:
    """Where each observed value lay in its own forecast (0..1): [path, knot, site], evenly drawn past origins."""
    count = len(validation.origins)
    chosen = np.unique(np.linspace(0, count - 1, min(PATHS, count)).astype(int))
    _, error = _errors(validation)
    columns = np.arange(error.shape[2])
    out = np.full((len(chosen), len(KNOTS), len(columns)), np.nan)
    knots = np.array(KNOTS)
    for k, origin in enumerate(chosen):
        levels = spread.quantiles(validation.predicted[:, origin], knots, columns, float(days[origin]))
        observed = validation.observed[:, origin]
        out[k] = np.where(np.isfinite(observed), rank(levels, observed), np.nan)
    return out


def rank(levels: Array, observed: Array) -> Array:
    """Where observed values [...] lie between their quantiles [..., level]: 0..1."""
    below = (levels < observed[..., None]).sum(axis=-1)
    low = np.clip(below - 1, 0, len(LEVELS) - 2)
    left = np.take_along_axis(levels, low[..., None], axis=-1)[..., 0]
    right = np.take_along_axis(levels, low[..., None] + 1, axis=-1)[..., 0]
    share = np.clip((observed - left) / np.maximum(right - left, 1e-9), 0.0, 1.0)
    inside = LEVELS[low] + share * (LEVELS[low + 1] - LEVELS[low])
    return np.asarray(np.where(below == 0, 0.0, np.where(below == len(LEVELS), 1.0, inside)))
