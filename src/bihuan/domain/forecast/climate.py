"""What is usual: a running mean for each site and hour of the day, and what deviates from it.

Every row of every result uses rows up to itself only, so a row can serve as the state of knowledge at its end.
"""

import numpy as np

from bihuan.domain.forecast.grid import DAY, Array


def running_profile(
    values: Array, half_life: float, prior: Array | None = None, weight: float = 2.0
) -> Array:
    """Decaying mean over past days of the same hour of the day, including the row itself.

    values: [hour, site], row % 24 = hour of the day; half_life in days. With a `prior` (same shape) the mean
    is drawn to it as if it had been seen on `weight` days: a site with days of history follows its region.
    """
    cube = _by_day(values)
    level = np.full_like(cube, np.nan) if prior is None else _by_day(prior)
    seen = np.isfinite(cube)
    filled = np.where(seen, cube, 0.0)
    drawn = np.where(np.isfinite(level), weight, 0.0) + np.zeros_like(cube)
    pull = drawn * np.nan_to_num(level)
    keep = 0.5 ** (1.0 / half_life)
    total, count = np.zeros(cube.shape[1:]), np.zeros(cube.shape[1:])
    out = np.empty_like(cube)
    for day in range(len(cube)):
        total, count = keep * total + filled[day], keep * count + seen[day]
        share = count + drawn[day]
        out[day] = np.where(share > 0, (total + pull[day]) / np.maximum(share, 1e-9), np.nan)
    return out.reshape(-1, values.shape[1])[: len(values)]


def _by_day(values: Array) -> Array:
    days = -(-len(values) // DAY)
    padded = np.full((days * DAY, values.shape[1]), np.nan)
    padded[: len(values)] = values
    return padded.reshape(days, DAY, -1)


def before(states: Array) -> Array:
    """The state of the same hour one day earlier: what was usual before the row itself was seen."""
    out = np.full_like(states, np.nan)
    out[DAY:] = states[:-DAY]
    return out


def trailing_mean(values: Array, hours: int) -> Array:
    """Mean of the last `hours` rows including the row itself; NaN only when none of them is finite."""
    seen = np.isfinite(values)
    total = np.cumsum(np.where(seen, values, 0.0), axis=0)
    count = np.cumsum(seen, axis=0).astype(np.float64)
    total[hours:], count[hours:] = total[hours:] - total[:-hours], count[hours:] - count[:-hours]
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def carried(values: Array, keep: float = 0.93) -> Array:
    """Fill gaps with the last finite value, decaying to 0 by `keep` per hour; 0 where nothing was seen yet."""
    seen = np.isfinite(values)
    rows = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(seen, rows, -1), axis=0)
    known = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    aged = known * keep ** (rows - last)
    return np.where(last >= 0, np.nan_to_num(aged), 0.0)


def filled_anomalies(anomalies: Array, neighbours: Array) -> Array:
    """Deviations without gaps: a gap takes the neighbours' deviation plus the site's last, fading, difference."""
    region = carried(neighbours)
    return np.where(np.isfinite(anomalies), anomalies, region + carried(anomalies - region))
