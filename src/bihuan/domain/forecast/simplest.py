"""The simplest member alone (兜底：持续性): what is said of an item for which no model could be fitted.

Persistence with the shape of the day: an hour is said to be as the newest value of the same hour of the day, at most three
days old, else as the newest value of all. Its quantiles are those of a ratio that has been seen between days.
"""

from statistics import NormalDist

import numpy as np

from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.spread import LEVELS

NAME = "persistence"
LOOKED_BACK = 3  # days
WIDTHS = {
    "pm25": (0.62, 0.74, 0.78),
    "pm10": (0.59, 0.67, 0.71),
    "so2": (0.79, 0.89, 0.90),
    "no2": (0.61, 0.67, 0.70),
    "co": (0.47, 0.55, 0.57),
    "o3": (0.79, 0.84, 0.86),
}
"""Standard deviation of ln((value + floor) / (value of the same hour + floor)) one, two and three days apart: the five
national stations of Yangquan, January to September 2019. Later days count as the third."""
FLOORS = {"pm25": 1.9, "pm10": 3.5, "so2": 0.7, "no2": 1.5, "co": 0.05, "o3": 3.5}
"""A twentieth of the median there, in units of the item: values near zero have no ratio."""
_SCORES = np.array([NormalDist().inv_cdf(float(q)) for q in LEVELS])


def means(values: Array, horizon: int) -> Array:
    """Means [lead, site] of leads 1..`horizon` after the last row of `values` [hour, site]; NaN without any value."""
    rows = len(values)
    newest = _newest(values)
    out = np.full((horizon, values.shape[1]), np.nan)
    for lead in range(1, horizon + 1):
        row = rows - 1 + lead
        first = row - DAY * -(-lead // DAY)
        for back in range(LOOKED_BACK):
            at = first - DAY * back
            if at >= 0:
                out[lead - 1] = np.where(np.isfinite(out[lead - 1]), out[lead - 1], values[at])
        out[lead - 1] = np.where(np.isfinite(out[lead - 1]), out[lead - 1], newest)
    return out


def _newest(values: Array) -> Array:
    """The newest value of each site; NaN where it never had one."""
    known = np.isfinite(values)
    last = len(values) - 1 - np.argmax(known[::-1], axis=0)
    return np.where(known.any(axis=0), values[last, np.arange(values.shape[1])], np.nan)


def quantiles(mean: Array, item: str) -> Array:
    """Quantiles [lead, site, level] at LEVELS around means [lead, site]; never negative, in order."""
    day = np.minimum(np.arange(len(mean)) // DAY, len(WIDTHS[item]) - 1)
    width, floor = np.array(WIDTHS[item])[day], FLOORS[item]
    ratio = np.exp(width[:, None, None] * _SCORES)
    return np.asarray(np.maximum((mean[..., None] + floor) * ratio - floor, 0.0))


def paths(levels: Array, members: int) -> Array:
    """Paths [member, lead, site]: each keeps one quantile at every hour and site, the cautious limit of dependence."""
    at = np.interp((np.arange(members) + 0.5) / members, LEVELS, np.arange(len(LEVELS)))
    low = np.minimum(at.astype(int), len(LEVELS) - 2)
    left, right = levels[..., low], levels[..., low + 1]
    return np.asarray(np.moveaxis(left + (at - low) * (right - left), -1, 0))
