"""Pooled linear members: one accumulation of normal equations by time block serves fits and rolling validation."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import features
from bihuan.domain.forecast.features import Bank
from bihuan.domain.forecast.grid import Array, rows_of

KNOTS = (*range(1, 25), *range(27, 169, 3))
BLOCKS = ((1, 3), (4, 6), (7, 12), (13, 24), (25, 48), (49, 72), (73, 168))
RIDGE = {"damped": 1e-4, "full": 3e-2}
FADE = 90.0
LEAST_FOR_SEASON = 100 * 24  # hours of history


@cache
def knot_of(lead: int) -> int:
    """The fitted lead that serves `lead`: itself to 24 h, then the nearest of every third hour."""
    return min(range(len(KNOTS)), key=lambda k: abs(KNOTS[k] - lead))


def block_of(lead: int) -> int:
    """Index of the lead block of `BLOCKS`; leads beyond the last belong to it."""
    return next((k for k, (_, last) in enumerate(BLOCKS) if lead <= last), len(BLOCKS) - 1)


@dataclass(frozen=True)
class Sums:
    """Normal equations of one knot: gram [block, f, f], cross [block, f], and the feature names."""

    names: tuple[str, ...]
    gram: Array
    cross: Array


@dataclass(frozen=True)
class Linear:
    """Coefficients of the members for all knots; `coefficients[member]` is [knot, feature] (zeros where unused)."""

    names: tuple[str, ...]
    coefficients: dict[str, Array]


def subset(member: str, names: tuple[str, ...]) -> list[int]:
    """Columns that a member uses."""
    return [i for i, name in enumerate(names) if member == "full" or name in features.DAMPED]


def accumulate(bank: Bank, origins: NDArray[np.int64], blocks: NDArray[np.int64], lead: int) -> Sums:
    """Sum up x'x and x'y of all origins whose target is known, block by block.

    From weeks of history the course of the year cannot be told from any trend, so its columns are left out.
    """
    names, x = features.assemble(bank, origins, lead)
    if len(bank.target) < LEAST_FOR_SEASON:
        kept = [k for k, name in enumerate(names) if name.removesuffix("_level") not in features.SEASON]
        names, x = [names[k] for k in kept], x[kept]
    y = rows_of(bank.target, origins + lead)
    count, size = int(blocks.max()) + 1, len(names)
    bad = ~(np.isfinite(y) & np.isfinite(x).all(axis=0))
    x[:, bad], y[bad] = 0.0, 0.0
    edges = np.searchsorted(blocks, np.arange(count + 1))
    gram, cross = np.zeros((count, size, size)), np.zeros((count, size))
    for block, (a, b) in enumerate(pairwise(edges)):
        part = x[:, a:b].reshape(size, -1)
        gram[block], cross[block] = part @ part.T, part @ y[a:b].ravel()
    return Sums(tuple(names), gram, cross)


def targets(bank: Bank, origins: NDArray[np.int64]) -> Array:
    """Observed values [knot, origin, site]; NaN beyond the grid."""
    return np.stack([rows_of(bank.target, origins + lead) for lead in KNOTS])


def solve(sums: Sums, weights: Array, member: str) -> Array:
    """Ridge coefficients of one knot from the blocks as weighted; the penalty scales with each column's size."""
    use = subset(member, sums.names)
    gram = np.tensordot(weights, sums.gram, axes=1)[np.ix_(use, use)]
    cross = np.tensordot(weights, sums.cross, axes=1)[use]
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-12))
    penalty = np.full(len(use), RIDGE[member])
    penalty[[k for k, i in enumerate(use) if sums.names[i] in ("one", "usual")]] = 1e-6
    out = np.zeros(len(sums.names))
    scaled = gram / np.outer(scale, scale) + np.diag(penalty)
    out[use] = np.linalg.solve(scaled, cross / scale) / scale
    return out


def fading(count: int, until: int, days_each: float) -> Array:
    """Weight of each block for a fit on blocks < `until`: recent blocks count more (halved in FADE days)."""
    age = (until - 1 - np.arange(count)) * days_each
    return np.where(age >= 0, 0.5 ** (np.maximum(age, 0) / FADE), 0.0)


def predict(bank: Bank, origins: NDArray[np.int64], lead: int, linear: Linear) -> dict[str, Array]:
    """Each member's value [origin, site] for one lead, in the bank's space.

    A column that the fit had and the bank lacks (weather that stays away) counts as nothing unusual.
    """
    names, x = features.assemble(bank, origins, lead)
    place = {name: k for k, name in enumerate(linear.names)}
    known = [k for k, name in enumerate(names) if name in place]
    order, knot = [place[names[k]] for k in known], knot_of(lead)
    x = x if len(known) == len(names) else x[known]
    return {m: np.tensordot(c[knot][order], x, axes=1) for m, c in linear.coefficients.items()}
