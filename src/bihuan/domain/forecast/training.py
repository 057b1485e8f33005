"""Fitting one item: members in two spaces, rolling validation forward in time, combination by lead block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import features, linear
from bihuan.domain.forecast.combining import combine
from bihuan.domain.forecast.features import Bank, Links
from bihuan.domain.forecast.grid import Array, Grid
from bihuan.domain.forecast.linear import BLOCKS, KNOTS, Linear
from bihuan.domain.forecast.weather import Outlook, fields

SPACES = ("raw", "root")
STRIDE = 5  # coprime with 24: every hour of the day becomes an origin
LEAST_SHARE = 0.25  # of the origins of lead 1; with fewer targets a far lead is served by a nearer one's fit


@dataclass(frozen=True)
class ItemModel:
    """Fitted members of one item and how they are combined."""

    links: Links
    linear: dict[str, Linear]
    variance: dict[str, Array]  # root-space error variance by member: [knot]
    weights: Array  # [lead block, member]
    members: tuple[str, ...]


@dataclass(frozen=True)
class Validation:
    """Out-of-time predictions of the combination: [knot, origin, site], with what came true."""

    origins: NDArray[np.int64]
    predicted: Array
    observed: Array
    rmse: dict[str, Array]  # by member: [lead block]


def transformed(grid: Grid, space: str) -> Grid:
    """The grid in the space the members work in."""
    if space == "raw":
        return grid
    return replace(grid, values={k: np.sqrt(np.maximum(v, 0.0)) for k, v in grid.values.items()})


def outlook_of(grid: Grid, seed: int | None) -> Outlook | None:
    """Weather columns when the grid has weather."""
    return Outlook(fields(grid), seed) if grid.weather else None


def banks_of(grid: Grid, item: str, links: Links, outlook: Outlook | None) -> dict[str, Bank]:
    """The item's columns in both spaces."""
    return {s: features.build(transformed(grid, s), item, links, outlook=outlook) for s in SPACES}


def _blocks(origins: NDArray[np.int64]) -> NDArray[np.int64]:
    days = (origins[-1] - origins[0]) / 24
    count = int(np.clip(days // 5, 3, 24))
    return np.asarray(np.minimum((origins - origins[0]) * count // (origins[-1] - origins[0] + 1), count - 1))


def member_values(
    banks: Mapping[str, Bank],
    model: Mapping[str, Linear],
    variance: Mapping[str, Array],
    origins: NDArray[np.int64],
    lead: int,
) -> dict[str, Array]:
    """Every member's conditional mean [origin, site], in units of the item, never negative."""
    rows = np.maximum(origins + lead - 24 * -(-lead // 24), 0)
    raw = banks["raw"]
    out = {
        "persistence": raw.known["value"][origins],
        "same_hour": raw.known["value"][rows],
        "usual": raw.slow[rows],
    }
    out |= {f"raw_{m}": v for m, v in linear.predict(raw, origins, lead, model["raw"]).items()}
    for m, v in linear.predict(banks["root"], origins, lead, model["root"]).items():
        out[f"root_{m}"] = np.maximum(v, 0.0) ** 2 + variance[m][linear.knot_of(lead)]
    return {m: np.maximum(v, 0.0) for m, v in out.items()}


def fit_item(
    grid: Grid, item: str, stations: NDArray[np.bool_], *, seed: int | None = None
) -> tuple[ItemModel, Validation]:
    """Fit one item on the whole grid; its validation is out of time throughout.

    stations: which columns are real stations (a city mean learns, but tells nobody). seed: of the weather's
    stated error, None for weather as measured.
    """
    links = features.learn_links(features.anomalies_of(grid.values[item]), stations)
    banks = banks_of(grid, item, links, outlook_of(grid, seed))
    origins = np.arange(47, grid.hours - 1, STRIDE, dtype=np.int64)
    blocks = _blocks(origins)
    sums = {s: [linear.accumulate(banks[s], origins, blocks, lead) for lead in KNOTS] for s in SPACES}
    when, values = _rolled(banks, sums, origins, blocks)
    observed = linear.targets(banks["raw"], when)
    variance = _with_variance(values, observed)
    validation, weights = _combined(values, observed, when)
    final = {s: _solve_all(sums[s], int(blocks.max()) + 1, origins) for s in SPACES}
    return ItemModel(links, final, variance, weights, tuple(values)), validation


def _combined(values: dict[str, Array], observed: Array, when: NDArray[np.int64]) -> tuple[Validation, Array]:
    """The combination on the validation's origins, and its weights [lead block, member]."""
    stacked = np.stack(list(values.values()))
    days = float(when[-1] - when[0]) / 24
    weights = np.stack([combine(stacked, observed, k, tuple(values), days) for k in range(len(BLOCKS))])
    per_knot = weights[[linear.block_of(lead) for lead in KNOTS]]
    predicted = np.einsum("km,mkos->kos", per_knot, stacked)
    rmse = {m: _rmse(v, observed) for m, v in values.items()}
    rmse["combined"] = _rmse(predicted, observed)
    return Validation(when, predicted, observed, rmse), weights


def _rmse(predicted: Array, observed: Array) -> Array:
    knots = [[k for k, lead in enumerate(KNOTS) if a <= lead <= b] for a, b in BLOCKS]
    error = (predicted - observed) ** 2
    return np.asarray(np.sqrt([_mean_by_knot(error[k]).mean() for k in knots]))


def _solve_all(sums: Sequence[linear.Sums], until: int, origins: NDArray[np.int64]) -> Linear:
    count = len(sums[0].gram)
    weights = linear.fading(count, until, (origins[-1] - origins[0]) / 24 / count)
    served = _served(sums, weights)
    solved = {m: np.stack([linear.solve(sums[k], weights, m) for k in served]) for m in linear.RIDGE}
    return Linear(sums[0].names, solved)


def _served(sums: Sequence[linear.Sums], weights: Array) -> list[int]:
    """For each knot the knot whose fit serves it: itself, or the last one with enough targets to learn from."""
    one = sums[0].names.index("one")
    rows = np.array([float(weights @ s.gram[:, one, one]) for s in sums])
    enough = np.flatnonzero(rows >= max(200.0, LEAST_SHARE * rows.max()))
    return [int(enough[enough <= k][-1]) if (enough <= k).any() else 0 for k in range(len(sums))]


def _rolled(
    banks: Mapping[str, Bank],
    sums: Mapping[str, Sequence[linear.Sums]],
    origins: NDArray[np.int64],
    blocks: NDArray[np.int64],
) -> tuple[NDArray[np.int64], dict[str, Array]]:
    """Origins of all blocks but the first quarter, and members [knot, origin, site] from fits on earlier blocks."""
    count = int(blocks.max()) + 1
    zero = {m: np.zeros(len(KNOTS)) for m in linear.RIDGE}
    parts: list[dict[str, Array]] = []
    for block in range(max(1, count // 4), count):
        model = {s: _solve_all(sums[s], block, origins) for s in SPACES}
        mine = origins[blocks == block]
        values = [member_values(banks, model, zero, mine, lead) for lead in KNOTS]
        parts.append({m: np.stack([v[m] for v in values]) for m in values[0]})
    when = origins[blocks >= max(1, count // 4)]
    return when, {m: np.concatenate([p[m] for p in parts], axis=1) for m in parts[0]}


def _with_variance(values: dict[str, Array], observed: Array) -> dict[str, Array]:
    """Error variance of the root-space members by knot; added to them, so that they are means in the item's units."""
    root = np.sqrt(np.maximum(observed, 0.0))
    variance = {m: _mean_by_knot((root - np.sqrt(values[f"root_{m}"])) ** 2) for m in linear.RIDGE}
    for m in linear.RIDGE:
        values[f"root_{m}"] = values[f"root_{m}"] + variance[m][:, None, None]
    return variance


def _mean_by_knot(square: Array) -> Array:
    """Mean of each knot; a knot without any value takes the last one before it."""
    seen = np.isfinite(square)
    count = seen.sum(axis=(1, 2))
    mean = np.where(seen, square, 0.0).sum(axis=(1, 2)) / np.maximum(count, 1)
    last = np.maximum.accumulate(np.where(count > 0, np.arange(len(mean)), 0))
    return np.asarray(mean[last])
