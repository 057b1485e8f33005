"""Boosted trees as members: one model for all sites and leads, in root space, of what a simple member leaves over.

Direct: the lead is a column. What is learned is the root of the value minus the root of the base; with little to
learn from, the trees say nothing and the member is its base. LightGBM needs the system's OpenMP library; where that
is missing (`AVAILABLE` false) the model does without this member and its name says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import features, linear
from bihuan.domain.forecast.boosting import AVAILABLE
from bihuan.domain.forecast.features import Bank
from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.linear import Linear

if AVAILABLE:
    import lightgbm

LEADS = (1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21, 24, 28, 32, 36, 40, 44, 48, 54, 60, 66, 72, 90, 114, 138, 162)
MOST_ORIGINS = 3000  # of each lead
FIRST_ROW = 72  # origins before it have no past to speak of
COMMON = {
    "objective": "l2",
    "learning_rate": 0.05,
    "max_bin": 63,
    "bin_construct_sample_cnt": 20_000,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "verbosity": -1,
    "num_threads": 1,  # waiting threads cost more than they bring when the machine has other work
    "deterministic": True,
    "force_col_wise": True,
    "seed": 1,
}


@dataclass(frozen=True)
class Size:
    """How much is learned: rows drawn, trees, leaves, least rows of a leaf, share of columns for each tree."""

    rows: int
    trees: int
    leaves: int
    least: int
    columns: float


FOLDS = 2  # fits for validation, each on what lies before its part
PLAIN = Size(rows=30_000, trees=100, leaves=8, least=400, columns=0.3)
LONG = Size(rows=200_000, trees=600, leaves=8, least=1000, columns=0.15)  # more years hold finer rules
LONG_FROM = 500 * 24  # hours of history
WITH_WEATHER = Size(rows=120_000, trees=300, leaves=31, least=100, columns=0.3)
DATES = ("hour", "fireworks", "holiday", "heating")
BASES = {"trees_full": "full", "trees_free": ""}  # member -> linear member it starts from


@dataclass(frozen=True)
class Trees:
    """One fitted member; `base` is the linear member it starts from ("" = from nothing)."""

    base: str
    names: tuple[str, ...]
    booster: "lightgbm.Booster"


def columns(bank: Bank, origins: NDArray[np.int64], lead: int, base: Array) -> dict[str, Array]:
    """Columns [origin, site] or [origin, 1] of one lead."""
    found = features.moving(bank, origins, lead)
    found |= {name: bank.dates[name][origins + lead][:, None] for name in DATES}
    if bank.outlook is not None:
        found |= bank.outlook.columns(origins, lead)
    found |= features.upstream(bank, origins, lead)
    return found | {"lead": np.full((len(origins), 1), float(lead)), "base": base}


def _table(found: Mapping[str, Array], names: tuple[str, ...], shape: tuple[int, int]) -> NDArray[np.float32]:
    """[origin x site, column] in the order of `names`; a column that is not there is missing, not zero."""
    out = np.full((*shape, len(names)), np.nan, dtype=np.float32)
    for place, name in enumerate(names):
        if name in found:
            out[..., place] = found[name]
    return out.reshape(-1, len(names))


def usual_size(hours: int, with_weather: bool) -> Size:
    """How much is learned from so many hours of history."""
    if with_weather:
        return WITH_WEATHER
    return LONG if hours >= LONG_FROM else PLAIN


def members(bank: Bank) -> tuple[str, ...]:
    """Members that are worth learning: without forecast weather, trees that start from nothing lose to the usual."""
    if not AVAILABLE:
        return ()
    return ("trees_full",) if bank.outlook is None else tuple(BASES)


def fit(bank: Bank, model: Linear, base: str, until: int, size: Size) -> Trees:
    """Learn from targets before row `until` of a root-space bank; model: linear members fitted on the same rows."""
    chance = np.random.default_rng([size.rows, until])
    leads = [lead for lead in LEADS if until - lead > FIRST_ROW + DAY]
    tables, left = [], []
    names: tuple[str, ...] = ()
    for lead in leads:
        origins, drawn = draw(chance, FIRST_ROW, until - lead, bank.slow.shape[1], size.rows // len(leads))
        start = _start(base, bank, linear.predict(bank, origins, lead, model) if base else {}, origins)
        found = columns(bank, origins, lead, start)
        names = tuple(found)
        tables.append(_table(found, names, start.shape)[drawn.ravel()])
        left.append((bank.target[origins + lead] - start)[drawn])
    y = np.concatenate(left)
    known = np.isfinite(y)
    settings = COMMON | {
        "num_leaves": size.leaves,
        "min_data_in_leaf": size.least,
        "feature_fraction": size.columns,
        "lambda_l2": 10.0,
    }
    data = lightgbm.Dataset(np.concatenate(tables)[known], y[known])
    return Trees(base, names, lightgbm.train(settings, data, size.trees))


def draw(
    chance: np.random.Generator, first: int, last: int, sites: int, rows: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Origins first..last-1, as many different ones as MOST_ORIGINS allows, and which sites to take [origin, site].

    Sites are much alike at one hour: `rows` rows from many hours teach more than from few.
    """
    origins = np.sort(chance.permutation(np.arange(first, last))[:MOST_ORIGINS])
    return origins, chance.uniform(size=(len(origins), sites)) < rows / (len(origins) * sites)


def predict(
    trees: Trees, bank: Bank, linears: Mapping[str, Array], origins: NDArray[np.int64], lead: int
) -> Array:
    """Root-space values [origin, site] of one lead, never negative. linears: `root_<member>` -> its values."""
    start = _start(f"root_{trees.base}" if trees.base else "", bank, linears, origins)
    table = _table(columns(bank, origins, lead, start), trees.names, start.shape)
    left = np.asarray(trees.booster.predict(table, num_threads=1)).reshape(start.shape)
    return np.asarray(np.maximum(start + left, 0.0))


def _start(member: str, bank: Bank, linears: Mapping[str, Array], origins: NDArray[np.int64]) -> Array:
    return linears[member] if member else np.zeros((len(origins), bank.slow.shape[1]))
