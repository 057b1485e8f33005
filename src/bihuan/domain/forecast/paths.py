"""Joint sample paths (联合样本路径): past error paths give the order, the forecast gives the values.

Schaake shuffle: Clark et al. (2004), J. Hydrometeorology 5, 243-262.
"""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast.grid import Array
from bihuan.domain.forecast.linear import knot_of
from bihuan.domain.forecast.model import Model
from bihuan.domain.forecast.spread import LEVELS

MEMBERS = 100


def joint(
    model: Model,
    item: str,
    moment: datetime,
    levels: Array,
    columns: NDArray[np.int64],
    members: int = MEMBERS,
) -> Array:
    """Paths [member, lead, site] as of `moment` from quantiles [lead, site, level] at LEVELS.

    columns: the fitted column of each site, -1 for a site that was not there.
    """
    chosen = _chosen(model, moment, members)
    knots = [knot_of(lead) for lead in range(1, len(levels) + 1)]
    ranks = model.ranks[item][chosen][:, knots][:, :, np.maximum(columns, 0)].astype(np.float64)
    ranks = np.where(np.isfinite(ranks), ranks, np.nanmean(np.where(np.isfinite(ranks), ranks, 0.5)))
    jitter = np.random.default_rng(7).uniform(0, 1e-4, (len(chosen), 1, 1))
    order = np.argsort(np.argsort(ranks + jitter, axis=0), axis=0)
    at = np.interp((order + 0.5) / len(chosen), LEVELS, np.arange(len(LEVELS)))
    low = np.minimum(at.astype(int), len(LEVELS) - 2)
    lead, site = np.arange(levels.shape[0])[None, :, None], np.arange(levels.shape[1])[None, None, :]
    left, right = levels[lead, site, low], levels[lead, site, low + 1]
    return np.asarray(left + (at - low) * (right - left))


def _chosen(model: Model, moment: datetime, members: int) -> NDArray[np.int64]:
    """Past origins to take error paths from: nearest in hour of the day first; repeated when there are too few."""
    hour = (moment + timedelta(hours=7)).hour
    apart = np.abs((model.path_hours - hour + 12) % 24 - 12)
    order = np.argsort(apart, kind="stable")
    return np.resize(order, members)
