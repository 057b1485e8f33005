"""What a forecast may look at: columns known at the origin, and columns that also depend on the target hour.

An origin is a row of the grid: the last hour that is known. The target of lead h is row + h.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import climate, season, upwind
from bihuan.domain.forecast.grid import DAY, Array, Grid
from bihuan.domain.forecast.weather import Outlook, components

if TYPE_CHECKING:
    from bihuan.domain.forecast.similar import Similar

SLOW, FAST = 15.0, 3.0
COMPANIONS = {
    "pm25": ("co", "no2", "so2", "pm10"),
    "pm10": ("pm25", "co", "no2"),
    "so2": ("pm25", "no2", "co"),
    "no2": ("co", "o3", "pm25"),
    "co": ("pm25", "no2", "o3"),
    "o3": ("no2", "pm25", "co"),
}
PAST_WEATHER = ("temp", "dewp", "pres", "wspm", "u", "v")
REACH = 192  # hours beyond the last row that dates are known for: the longest lead and the rest of its day
SEASON = ("sun", "drift", "noon", "noon_drift")
DAMPED = ("one", "value", "mean24", "usual")


@dataclass(frozen=True)
class Links:
    """Weights [site, site] of who tells about whom: `now` (same hour) and `later` (12 h ahead); rows sum to 1.

    upwind: gains by wind [lag, sector, site, site] (see `upwind`), where there is any wind in the history.
    """

    now: Array
    later: Array
    upwind: Array | None = None

    def at(self, columns: NDArray[np.int64]) -> "Links":
        """For other columns of sites; a new one (-1) is told by nobody and tells nobody."""
        rows, new = np.maximum(columns, 0), columns < 0

        def moved(weights: Array) -> Array:
            out = weights[..., rows[:, None], rows]
            out[..., new, :] = 0.0
            out[..., new] = 0.0
            return np.asarray(out)

        by_wind = None if self.upwind is None else moved(self.upwind)
        return Links(moved(self.now), moved(self.later), by_wind)


@dataclass(frozen=True)
class Bank:
    """Everything of one item that is known at each origin; arrays are [hour, site]."""

    known: dict[str, Array]
    slow: Array
    fast: Array
    filled: Array
    target: Array
    outlook: Outlook | None
    dates: Mapping[str, Array]  # [hour]: see `season.almanac`; reaches beyond the last row
    past_sun: Array  # [hour]: mean past sun of the same hour, with the memory of `slow`
    upwind: Array | None = None  # as in `Links`, where wind is measured
    blowing: NDArray[np.int64] | None = None  # [hour, site]: sector of the wind of the last hours
    similar: "Similar | None" = None  # where the similar past hours are found


def _share(block: Array) -> Array:
    return np.asarray(block / np.maximum(block.sum(axis=1, keepdims=True), 1e-12))


def _correlation(left: Array, right: Array) -> Array:
    """Pairwise correlation of columns over the rows where both are finite; 0 where fewer than 48 such rows."""
    a, b = np.isfinite(left).astype(float), np.isfinite(right).astype(float)
    x, y = np.nan_to_num(left), np.nan_to_num(right)
    n = np.maximum(a.T @ b, 1.0)
    mx, my = (x.T @ b) / n, (a.T @ y) / n
    vx, vy = (x**2).T @ b / n - mx**2, a.T @ (y**2) / n - my**2
    r = ((x.T @ y) / n - mx * my) / np.sqrt(np.maximum(vx * vy, 1e-12))
    return np.where(n >= 48, np.clip(r, -1, 1), 0.0)


def learn_links(anomalies: Array, lag: int = 12) -> Links:
    """Weights by correlation in the history; nobody tells about itself."""
    allowed = ~np.eye(anomalies.shape[1], dtype=bool)
    now = np.maximum(_correlation(anomalies, anomalies), 0.0) ** 6 * allowed
    ahead = _correlation(anomalies[lag:], anomalies[:-lag]) if len(anomalies) > lag else np.zeros_like(now)
    gain = np.maximum(ahead - np.diag(ahead)[:, None] * _correlation(anomalies, anomalies), 0.0) * allowed
    gain = np.where(gain >= np.sort(gain, axis=1)[:, -min(5, gain.shape[1])][:, None], gain, 0.0)
    return Links(_share(now), _share(gain))


def with_wind(links: Links, grid: Grid, item: str) -> Links:
    """Links that know who is upstream under which wind; the same where no wind was measured."""
    wind = _wind(grid)
    if wind is None:
        return links
    return replace(links, upwind=upwind.learn(anomalies_of(grid.values[item]), upwind.now(*wind)))


def _wind(grid: Grid) -> tuple[Array, Array] | None:
    """Gapless wind towards east and north, when speed and direction were measured."""
    found = components(grid)
    if "u" not in found or "wd" not in grid.weather or not np.isfinite(found["u"]).any():
        return None
    return upwind.everywhere(found["u"]), upwind.everywhere(found["v"])


def told(anomalies: Array, weights: Array) -> Array:
    """Weighted mean of the other sites' deviations, over those that report; NaN where none does."""
    share = np.isfinite(anomalies) @ weights.T
    return np.where(share > 1e-6, np.nan_to_num(anomalies) @ weights.T / np.maximum(share, 1e-12), np.nan)


def usual(values: Array) -> tuple[Array, Array]:
    """Slow and fast running profiles, each site drawn towards the mean of all when its own past is short."""
    count = np.isfinite(values).sum(axis=1, keepdims=True)
    mean = np.where(count > 0, np.nansum(values, axis=1, keepdims=True) / np.maximum(count, 1), np.nan)
    region = climate.running_profile(mean, SLOW)
    slow = climate.running_profile(values, SLOW, prior=region)
    return slow, climate.running_profile(values, FAST, prior=slow, weight=1.0)


def anomalies_of(values: Array) -> Array:
    """Deviation of each hour from what was usual before it was seen."""
    return values - climate.before(usual(values)[0])


def build(grid: Grid, item: str, links: Links, *, outlook: Outlook | None = None) -> Bank:
    """All origin columns of `item`. Row t uses values of rows <= t only."""
    values = grid.values[item]
    slow, fast = usual(values)
    expected = climate.before(slow)
    raw = values - expected
    near = told(raw, links.now)
    a = climate.filled_anomalies(raw, near)
    filled = np.where(np.isfinite(values), values, np.maximum(np.nan_to_num(expected) + a, 0.0))
    region = _region(raw)
    known = {
        "value": filled,
        "mean24": climate.trailing_mean(filled, DAY),
        "level": climate.trailing_mean(slow, DAY),
        "a0": a,
        "a3": climate.trailing_mean(a, 3),
        "a6": climate.trailing_mean(a, 6),
        "a24": climate.trailing_mean(a, DAY),
        "a72": climate.trailing_mean(a, 72),
        "a168": climate.trailing_mean(a, 168),
        "near": climate.carried(near),
        "near24": climate.trailing_mean(climate.carried(near), DAY),
        "later": climate.carried(told(raw, links.later)),
        "region": region,
        "region24": climate.trailing_mean(region, DAY),
    }
    for other in COMPANIONS[item]:
        if other in grid.values and np.isfinite(grid.values[other]).any():
            known |= _companion(other, grid.values[other])
    for name, past in components(grid).items():
        if name in PAST_WEATHER and np.isfinite(past).any():
            known |= _companion(name, past)
    dates = season.almanac(grid.first, len(values) + REACH)
    past_sun = climate.running_profile(dates["sun"][:, None], SLOW)[:, 0]
    wind = None if links.upwind is None else _wind(grid)
    gains, blowing = (None, None) if wind is None else (links.upwind, upwind.now(*wind))
    return Bank(known, slow, fast, a, values, outlook, dates, past_sun, gains, blowing)


def _region(raw: Array) -> Array:
    count = np.isfinite(raw).sum(axis=1, keepdims=True)
    mean = np.where(count > 0, np.nansum(raw, axis=1, keepdims=True) / np.maximum(count, 1), np.nan)
    return climate.carried(mean) + np.zeros_like(raw)


def _companion(name: str, values: Array) -> dict[str, Array]:
    a = climate.carried(anomalies_of(values))
    return {f"{name}_a0": climate.trailing_mean(a, 3), f"{name}_a24": climate.trailing_mean(a, DAY)}


def moving(bank: Bank, origins: NDArray[np.int64], lead: int) -> dict[str, Array]:
    """Columns [origin, site] (or [origin, 1]) that every learned member looks at, whatever its form.

    `drift`: the sun at the target hour against the sun under which `usual` was seen; it tells how the season moves.
    """
    columns: dict[str, Array] = {name: block[origins] for name, block in bank.known.items()}
    same = np.maximum(origins + lead - DAY * -(-lead // DAY), 0)
    columns["usual"], columns["lately"] = bank.slow[same], bank.fast[same]
    columns["same_hour"] = bank.filled[same]
    sun, noon = (bank.dates[name][origins + lead][:, None] for name in ("sun", "noon"))
    columns |= {"sun": sun, "noon": noon, "drift": sun - bank.past_sun[same][:, None]}
    columns["noon_drift"] = noon - bank.past_sun[same - same % DAY + DAY // 2][:, None]
    return columns


def upstream(bank: Bank, origins: NDArray[np.int64], lead: int) -> dict[str, Array]:
    """The column `upwind` [origin, site], where the model knows who is upstream and wind is measured."""
    if bank.upwind is None or bank.blowing is None:
        return {}
    told_by = bank.upwind[upwind.lag_for(lead)]
    return {"upwind": upwind.told(told_by, bank.filled[origins], bank.blowing[origins])}


def assemble(bank: Bank, origins: NDArray[np.int64], lead: int) -> tuple[list[str], Array]:
    """Names and values [feature, origin, site] for one lead (hours after the origin row).

    Where nothing was usual yet (the first day of a grid) values are NaN.
    """
    columns = moving(bank, origins, lead)
    columns |= {f"{name}_level": columns[name] * columns["level"] for name in SEASON}
    columns = {name: value for name, value in columns.items() if name not in SEASON}
    hour = 2 * np.pi * ((origins + lead) % DAY)[:, None] / DAY
    waves = {"s1": np.sin(hour), "c1": np.cos(hour), "s2": np.sin(2 * hour), "c2": np.cos(2 * hour)}
    columns |= {f"{name}_level": wave * columns["level"] for name, wave in waves.items()}
    for name in ("s1", "c1"):
        columns |= {f"{name}_{base}": waves[name] * columns[base] for base in ("a0", "a24", "region24")}
    if bank.outlook is not None:
        columns |= bank.outlook.columns(origins, lead)
    columns |= upstream(bank, origins, lead)
    out = np.empty((len(columns) + 1, len(origins), bank.slow.shape[1]))
    out[0] = 1.0
    for place, block in enumerate(columns.values(), start=1):
        out[place] = block
    return ["one", *columns], out
