"""Upstream sites by wind and lag (上风向): who tells about whom under which wind, learned from the hours themselves.

No coordinates are needed: for each sector of the wind at a site and each lag, another site is upstream when its deviation
now tells about this site's deviation later, beyond what this site's own deviation tells.
"""

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import climate
from bihuan.domain.forecast.grid import Array

LAGS = (3, 6, 12, 24)  # hours
SECTORS = 5  # calm, and the wind towards east, west, north, south
CALM = 1.0  # m/s
OVER = 3  # hours of wind before an origin that tell its sector
RESERVE = 1000.0  # hours that the gain under any wind counts, against the hours of a sector
MOST = 5  # sites that tell about one

Sectors = NDArray[np.int64]


def lag_for(lead: int) -> int:
    """Index of the lag that serves a lead: the nearest; the longest for all beyond."""
    return min(range(len(LAGS)), key=lambda k: abs(LAGS[k] - lead))


def sector(u: Array, v: Array) -> Sectors:
    """0 calm, 1 towards east, 2 west, 3 north, 4 south. u, v: wind towards east and north [m/s], of any shape."""
    along = np.where(np.abs(u) >= np.abs(v), np.where(u > 0, 1, 2), np.where(v > 0, 3, 4))
    return np.where(np.hypot(u, v) < CALM, 0, along)


def everywhere(wind: Array) -> Array:
    """Wind [hour, site] without gaps: of the site, else the mean of all at that hour, else the last one known."""
    count = np.isfinite(wind).sum(axis=1, keepdims=True)
    mean = np.where(count > 0, np.nansum(wind, axis=1, keepdims=True) / np.maximum(count, 1), np.nan)
    return climate.carried(np.where(np.isfinite(wind), wind, mean), keep=1.0)


def now(u: Array, v: Array) -> Sectors:
    """The sector [hour, site] of the wind of the last hours; gapless wind."""
    return sector(climate.trailing_mean(u, OVER), climate.trailing_mean(v, OVER))


def learn(anomalies: Array, blowing: Sectors) -> Array:
    """Gains [lag, sector, site, other site] of others' deviations on a site's own, 0..1, at most MOST of them each.

    anomalies: [hour, site] deviations from usual. blowing: the sector [hour, site] of the wind. A gain is the other's
    partial regression coefficient, in standard deviations, besides the site's own deviation, drawn to the one under
    any wind by RESERVE hours.
    """
    return np.stack([_of_lag(anomalies, blowing, lag) for lag in LAGS])


def _of_lag(anomalies: Array, blowing: Sectors, lag: int) -> Array:
    sites = anomalies.shape[1]
    if len(anomalies) <= lag:
        return np.zeros((SECTORS, sites, sites))
    later, known, under = anomalies[lag:], anomalies[:-lag], blowing[:-lag]
    any_wind, _ = _gain(later, known, np.ones(under.shape, dtype=bool))
    out = np.empty((SECTORS, sites, sites))
    for k in range(SECTORS):
        gain, hours = _gain(later, known, under == k)
        out[k] = _largest((hours * gain + RESERVE * any_wind) / (hours + RESERVE))
    return out


def _gain(later: Array, known: Array, among: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Partial coefficients [site, other] over the rows that are `among` [row, site] of the site, and how many rows."""
    cross, hours = _correlation(later, known, among)
    alike, _ = _correlation(known, known, among)
    gain = (cross - np.diag(cross)[:, None] * alike) / np.maximum(1 - alike**2, 0.05)
    return np.clip(gain, 0.0, 1.0) * ~np.eye(len(gain), dtype=bool), hours


def _correlation(left: Array, right: Array, among: NDArray[np.bool_]) -> tuple[Array, Array]:
    a, b = (np.isfinite(left) & among).astype(float), np.isfinite(right).astype(float)
    x, y = np.nan_to_num(left) * a, np.nan_to_num(right)
    hours = a.T @ b
    n = np.maximum(hours, 1.0)
    mx, my = (x.T @ b) / n, (a.T @ y) / n
    vx, vy = (x**2).T @ b / n - mx**2, a.T @ y**2 / n - my**2
    r = ((x.T @ y) / n - mx * my) / np.sqrt(np.maximum(vx * vy, 1e-12))
    return np.clip(r, -1, 1), hours


def _largest(gain: Array) -> Array:
    least = np.sort(gain, axis=1)[:, -min(MOST, gain.shape[1])][:, None]
    return np.where(gain >= least, gain, 0.0)


def told(gains: Array, anomalies: Array, blowing: Sectors) -> Array:
    """What upstream sites tell beyond the site's own deviation [origin, site]; 0 where nobody is upstream.

    gains: [sector, site, other] of one lag. anomalies, blowing: [origin, site]. Mean difference to the upstream sites,
    weighted by gain, times the mean gain.
    """
    whole = np.maximum(gains.sum(axis=2), 1e-9)
    share, strength = gains / whole[..., None], (gains**2).sum(axis=2) / whole
    of_sector = (anomalies @ share.transpose(0, 2, 1) - anomalies) * strength[:, None]
    return np.asarray(np.take_along_axis(of_sector, blowing[None], axis=0)[0])
