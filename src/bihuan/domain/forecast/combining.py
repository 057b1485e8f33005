"""Weights of the members for each lead block, learned on validation."""

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast.grid import Array
from bihuan.domain.forecast.linear import BLOCKS, KNOTS

OPINION_NEAR = {"raw_full": 0.35, "root_full": 0.35, "trees_full": 0.3}
OPINION_FAR = {"raw_damped": 0.3, "root_damped": 0.2, "raw_full": 0.2, "root_full": 0.1, "usual": 0.2}
OPINION_BEYOND = {"usual": 0.6, "raw_damped": 0.25, "root_damped": 0.15}
OPINION_NEAR_BLIND = {"raw_damped": 0.5, "root_damped": 0.5}
OPINION_WEATHER = {"trees_full": 0.4, "trees_free": 0.4, "root_full": 0.1, "usual": 0.1}
TRUST_DAYS = 15.0  # validation of this many days times the lead in days counts as much as the opinion
MEMORY_DAYS = 120.0  # an error this old counts half
STEPS = 11


def combine(
    stacked: Array, observed: Array, block: int, members: tuple[str, ...], when: NDArray[np.int64]
) -> Array:
    """Weights of one lead block: >= 0, sum 1, on validation never worse than the best member alone.

    stacked: [member, knot, origin, site]; observed: [knot, origin, site]; when: row of each origin. They are the
    best in validation, drawn to a fixed opinion while validation was short. Errors count in units of what is usual
    at their site and time (else winter alone would decide), recent ones more.
    """
    opinion = _opinion(members, BLOCKS[block][1])
    knots = [k for k, lead in enumerate(KNOTS) if BLOCKS[block][0] <= lead <= BLOCKS[block][1]]
    level = np.nanmean(stacked[members.index("usual")], axis=0)
    share = 0.5 ** ((when[-1] - when) / 24 / MEMORY_DAYS)
    share = share[:, None] / np.maximum(level, max(1e-3, float(np.nanmean(level)) / 20)) ** 2
    x = stacked[:, knots].reshape(len(stacked), -1)
    y = observed[knots].ravel()
    good = np.isfinite(y) & np.isfinite(x).all(axis=0)
    if good.sum() < 100:
        return opinion
    root = np.sqrt(np.broadcast_to(share, observed[knots].shape).ravel()[good])
    x, y = x[:, good] * root, y[good] * root
    gram, cross = x @ x.T / len(y), x @ y / len(y)
    days = float(when[-1] - when[0]) / 24
    trust = days / (days + TRUST_DAYS * BLOCKS[block][1] / 24)
    return _drawn(gram, cross, opinion, trust)


def _opinion(members: tuple[str, ...], last: int) -> Array:
    held = OPINION_NEAR if last <= 24 else OPINION_FAR if last <= 72 else OPINION_BEYOND
    if "trees_free" in members and last <= 72:
        held = OPINION_WEATHER
    opinion = np.array([held.get(m, 0.0) for m in members])
    return np.asarray(opinion / opinion.sum())


def without_weather(members: tuple[str, ...], block: int) -> Array:
    """Weights of one lead block for a model whose forecast weather stays away: simple members only."""
    held = OPINION_NEAR_BLIND if BLOCKS[block][1] <= 24 else OPINION_BEYOND
    return np.array([held.get(m, 0.0) for m in members])


def _cost(gram: Array, cross: Array, w: Array) -> float:
    return float(w @ gram @ w - 2 * w @ cross)


def _drawn(gram: Array, cross: Array, opinion: Array, trust: float) -> Array:
    """As much of the opinion as the trust leaves, less where that would be worse than the best member."""
    optimum = _simplex(gram, cross)
    single = float(np.min(np.diag(gram) - 2 * cross))
    mixes = [t * optimum + (1 - t) * opinion for t in np.linspace(trust, 1.0, STEPS)]
    return next((w for w in mixes if _cost(gram, cross, w) <= single), mixes[-1])


def _simplex(gram: Array, cross: Array) -> Array:
    """Weights >= 0 with sum 1 of least squared error (exponentiated gradient; starts equal)."""
    w = np.full(len(cross), 1 / len(cross))
    rate = 8.0 / np.max(np.abs(gram))
    best, best_cost = w, np.inf
    for _ in range(600):
        w = w * np.exp(-rate * (gram @ w - cross - np.min(gram @ w - cross)))
        w = w / w.sum()
        cost = _cost(gram, cross, w)
        if cost < best_cost:
            best, best_cost = w, cost
    alone = np.zeros(len(cross))
    alone[np.argmin(np.diag(gram) - 2 * cross)] = 1.0
    return best if best_cost <= _cost(gram, cross, alone) else alone
