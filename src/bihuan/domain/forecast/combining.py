"""Weights of the members for each lead block, learned on validation."""

import numpy as np

from bihuan.domain.forecast.grid import Array
from bihuan.domain.forecast.linear import BLOCKS, KNOTS

OPINION_NEAR = {"raw_full": 0.5, "root_full": 0.5}
OPINION_FAR = {"raw_damped": 0.3, "root_damped": 0.2, "raw_full": 0.2, "root_full": 0.1, "usual": 0.2}
OPINION_BEYOND = {"usual": 0.6, "raw_damped": 0.25, "root_damped": 0.15}
TRUST_DAYS = 15.0  # validation of this many days times the lead in days counts as much as the opinion


def combine(stacked: Array, observed: Array, block: int, members: tuple[str, ...], days: float) -> Array:
    """Weights of one lead block: the best in validation, drawn to a fixed opinion when validation was short."""
    first, last = BLOCKS[block]
    held = OPINION_NEAR if last <= 24 else OPINION_FAR if last <= 72 else OPINION_BEYOND
    opinion = np.array([held.get(m, 0.0) for m in members])
    knots = [k for k, lead in enumerate(KNOTS) if first <= lead <= last]
    x = stacked[:, knots].reshape(len(stacked), -1)
    y = observed[knots].ravel()
    good = np.isfinite(y) & np.isfinite(x).all(axis=0)
    if good.sum() < 100:
        return opinion
    x, y = x[:, good].astype(np.float64), y[good]
    trust = days / (days + TRUST_DAYS * last / 24)
    return trust * _simplex(x @ x.T / len(y), x @ y / len(y)) + (1 - trust) * opinion


def _simplex(gram: Array, cross: Array) -> Array:
    """Weights >= 0 with sum 1 of least squared error (exponentiated gradient; starts equal)."""
    w = np.full(len(cross), 1 / len(cross))
    rate = 8.0 / np.max(np.abs(gram))
    best, best_cost = w, np.inf
    for _ in range(600):
        w = w * np.exp(-rate * (gram @ w - cross - np.min(gram @ w - cross)))
        w = w / w.sum()
        cost = w @ gram @ w - 2 * w @ cross
        if cost < best_cost:
            best, best_cost = w, cost
    single = np.argmin(np.diag(gram) - 2 * cross)
    alone = np.zeros(len(cross))
    alone[single] = 1.0
    return best if best_cost <= gram[single, single] - 2 * cross[single] else alone
