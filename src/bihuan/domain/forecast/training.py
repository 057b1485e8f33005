"""Fitting one item: members in two spaces, rolling validation forward in time, combination by lead block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import features, linear, similar, similar_hours, trees
from bihuan.domain.forecast.combining import combine
from bihuan.domain.forecast.features import Bank, Links
from bihuan.domain.forecast.grid import Array, Grid
from bihuan.domain.forecast.linear import BLOCKS, KNOTS, Linear
from bihuan.domain.forecast.similar_hours import Past
from bihuan.domain.forecast.trees import Size, Trees
from bihuan.domain.forecast.weather import Outlook, fields

SPACES = ("raw", "root")
LEAST_FOR_TREES = 20 * 24  # hours of history
STRIDE = 5  # coprime with 24: every hour of the day becomes an origin
VALIDATED = 500  # origins at most: more of them are hardly more weather
LEAST_SHARE = 0.25  # of the origins of lead 1; with fewer targets a far lead is served by a nearer one's fit


@dataclass(frozen=True)
class ItemModel:
    """Fitted members of one item and how they are combined."""

    links: Links
    linear: dict[str, Linear]
    trees: dict[str, Trees]
    variance: dict[str, Array]  # root-space error variance by member: [knot]
    weights: Array  # [lead block, member]
    members: tuple[str, ...]
    past: Past | None = None  # the hours of the fit, where there are enough for similar ones


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


def banks_of(
    grid: Grid, item: str, links: Links, outlook: Outlook | None, past: Past | None = None
) -> dict[str, Bank]:
    """The item's columns in both spaces; `past`: where similar hours are looked for."""
    banks = {s: features.build(transformed(grid, s), item, links, outlook=outlook) for s in SPACES}
    return _with_past(banks, grid, past)


def _with_past(banks: dict[str, Bank], grid: Grid, past: Past | None) -> dict[str, Bank]:
    if past is None:
        return banks
    root = banks["root"]
    return banks | {"root": replace(root, similar=similar.within(past, root, grid.first))}


def _blocks(origins: NDArray[np.int64]) -> NDArray[np.int64]:
    days = (origins[-1] - origins[0]) / 24
    count = int(np.clip(days // 5, 3, 24))
    return np.asarray(np.minimum((origins - origins[0]) * count // (origins[-1] - origins[0] + 1), count - 1))


def member_values(
    banks: Mapping[str, Bank],
    models: Mapping[str, Linear],
    boosted: Mapping[str, Trees],
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
    out |= {f"raw_{m}": v for m, v in linear.predict(raw, origins, lead, models["raw"]).items()}
    rooted = {f"root_{m}": v for m, v in linear.predict(banks["root"], origins, lead, models["root"]).items()}
    rooted |= {m: trees.predict(t, banks["root"], rooted, origins, lead) for m, t in boosted.items()}
    if banks["root"].similar is not None:
        rooted["similar"] = banks["root"].slow[rows] + banks["root"].similar.after(origins, lead)
    for m, v in rooted.items():
        out[m] = np.maximum(v, 0.0) ** 2 + (variance[m][linear.knot_of(lead)] if m in variance else 0.0)
    return {m: np.maximum(v, 0.0) for m, v in out.items()}


def fit_item(
    grid: Grid,
    item: str,
    *,
    outlook: Outlook | None = None,
    size: Size | None = None,
) -> tuple[ItemModel, Validation]:
    """Fit one item on the whole grid; its validation is out of time throughout.

    outlook: weather at the target
    hours, when the model may look at it. size: of the trees (default: by the history's length, and whether there is an outlook).
    """
    links = features.learn_links(features.anomalies_of(grid.values[item]))
    if outlook is None:  # where the wind on the way is known, this has only cost skill: see decision 6
        links = features.with_wind(links, transformed(grid, "root"), item)
    banks = banks_of(grid, item, links, outlook)
    past = similar_hours.kept(banks["root"], grid.first)
    banks = _with_past(banks, grid, past)
    size = size or trees.usual_size(grid.hours, outlook is not None)
    origins = np.arange(47, grid.hours - 1, STRIDE, dtype=np.int64)
    blocks = _blocks(origins)
    sums = {s: [linear.accumulate(banks[s], origins, blocks, lead) for lead in KNOTS] for s in SPACES}
    when, values = _rolled(banks, sums, origins, blocks, size)
    observed = linear.targets(banks["raw"], when)
    variance = _with_variance(values, observed)
    validation, weights = _combined(values, observed, when)
    final = _solved(sums, int(blocks.max()) + 1, origins)
    boosted = _boosted(banks, final, grid.hours, size) if set(values) & set(trees.BASES) else {}
    found = banks["root"].similar
    past = None if past is None or found is None else similar.finished(past, found)
    return ItemModel(links, final, boosted, variance, weights, tuple(values), past), validation


def _boosted(
    banks: Mapping[str, Bank], models: Mapping[str, Linear], until: int, size: Size
) -> dict[str, Trees]:
    """Tree members learned from rows before `until`; none while there is hardly a month to learn from."""
    if until < LEAST_FOR_TREES:
        return {}
    root = banks["root"]
    return {m: trees.fit(root, models["root"], trees.BASES[m], until, size) for m in trees.members(root)}


def _combined(values: dict[str, Array], observed: Array, when: NDArray[np.int64]) -> tuple[Validation, Array]:
    """The combination on the validation's origins, and its weights [lead block, member]."""
    stacked = np.stack(list(values.values()))
    weights = np.stack([combine(stacked, observed, k, tuple(values), when) for k in range(len(BLOCKS))])
    per_knot = weights[[linear.block_of(lead) for lead in KNOTS]]
    predicted = np.einsum("km,mkos->kos", per_knot, stacked)
    rmse = {m: _rmse(v, observed) for m, v in values.items()}
    rmse["combined"] = _rmse(predicted, observed)
    return Validation(when, predicted, observed, rmse), weights


def _rmse(predicted: Array, observed: Array) -> Array:
    knots = [[k for k, lead in enumerate(KNOTS) if a <= lead <= b] for a, b in BLOCKS]
    error = (predicted - observed) ** 2
    return np.asarray(np.sqrt([_mean_by_knot(error[k]).mean() for k in knots]))


def _solved(
    sums: Mapping[str, Sequence[linear.Sums]], until: int, origins: NDArray[np.int64], *, lagged: bool = False
) -> dict[str, Linear]:
    """Linear members of both spaces from blocks < `until`; `lagged`: only blocks whose targets lie before it too."""
    count = len(sums["raw"][0].gram)
    days = float(origins[-1] - origins[0]) / 24 / count
    before = [max(until - int(np.ceil(lead / 24 / days)), 1) if lagged else until for lead in KNOTS]
    weights = np.stack([linear.fading(count, b, days) for b in before])
    out = {}
    for space, of_space in sums.items():
        served = _served(of_space, weights)
        solved = {
            m: np.stack([linear.solve(of_space[k], weights[k], m) for k in served]) for m in linear.RIDGE
        }
        out[space] = Linear(of_space[0].names, solved)
    return out


def _served(sums: Sequence[linear.Sums], weights: Array) -> list[int]:
    """For each knot the knot whose fit serves it: itself, or the last one with enough targets to learn from."""
    one = sums[0].names.index("one")
    rows = np.array([float(w @ s.gram[:, one, one]) for s, w in zip(sums, weights, strict=True)])
    enough = np.flatnonzero(rows >= max(200.0, LEAST_SHARE * rows.max()))
    return [int(enough[enough <= k][-1]) if (enough <= k).any() else 0 for k in range(len(sums))]


def _rolled(
    banks: Mapping[str, Bank],
    sums: Mapping[str, Sequence[linear.Sums]],
    origins: NDArray[np.int64],
    blocks: NDArray[np.int64],
    size: Size,
) -> tuple[NDArray[np.int64], dict[str, Array]]:
    """Origins of all blocks but the first quarter, and members [knot, origin, site] from fits on what lies before.

    The trees are fitted anew FOLDS times only. A member that the first part cannot have is left out of all.
    """
    count = int(blocks.max()) + 1
    first = max(1, count // 4)
    anew = {first + k * (count - first) // trees.FOLDS for k in range(trees.FOLDS)}
    thin = max(1, int((blocks >= first).sum()) // VALIDATED)
    parts: list[dict[str, Array]] = []
    used: list[NDArray[np.int64]] = []
    boosted: dict[str, Trees] = {}
    for block in range(first, count):
        models = _solved(sums, block, origins, lagged=True)
        mine = origins[blocks == block]
        if block in anew and (block == first or boosted):
            boosted = _boosted(banks, models, int(mine[0]), size)
        mine = mine[::thin]
        values = [member_values(banks, models, boosted, {}, mine, lead) for lead in KNOTS]
        parts.append({m: np.stack([v[m] for v in values]) for m in values[0]})
        used.append(mine)
    common = [m for m in parts[-1] if all(m in p for p in parts)]
    return np.concatenate(used), {m: np.concatenate([p[m] for p in parts], axis=1) for m in common}


def _with_variance(values: dict[str, Array], observed: Array) -> dict[str, Array]:
    """Error variance of the root-space members by knot; added to them, so that they are means in the item's units."""
    root = np.sqrt(np.maximum(observed, 0.0))
    rooted = [m for m in values if m.startswith(("root_", "trees_", "similar"))]
    variance = {m: _mean_by_knot((root - np.sqrt(values[m])) ** 2) for m in rooted}
    for m in rooted:
        values[m] = values[m] + variance[m][:, None, None]
    return variance


def _mean_by_knot(square: Array) -> Array:
    """Mean of each knot; a knot without any value takes the last one before it."""
    seen = np.isfinite(square)
    count = seen.sum(axis=(1, 2))
    mean = np.where(seen, square, 0.0).sum(axis=(1, 2)) / np.maximum(count, 1)
    last = np.maximum.accumulate(np.where(count > 0, np.arange(len(mean)), 0))
    return np.asarray(mean[last])
