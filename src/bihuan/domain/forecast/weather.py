"""Weather as a forecast may use it: past weather, and future weather as it was forecast, or with a stated error.

What was forecast of an hour d days ahead (`ahead`) takes the place of what was measured; where no forecast was kept, the
measured weather with an error that grows with the day stands in. Error on day d (0 = first 24 h), added as smooth noise (12 h memory), same for all sites:
temperature 1.0 + 0.4 d °C, dew point 1.2 + 0.5 d °C, pressure 0.5 + 0.5 d hPa, wind components 0.7 + 0.25 d m/s;
rain is multiplied by exp(0.5 + 0.2 d times noise). The same error is in training and in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.forecast import climate
from bihuan.domain.forecast.grid import DAY, Array, Grid, laid_out
from bihuan.domain.quantities import WEATHER_NAMES

ERROR = {"temp": (1.0, 0.4), "dewp": (1.2, 0.5), "pres": (0.5, 0.5), "u": (0.7, 0.25), "v": (0.7, 0.25)}
MEMORY = 12.0
CALM, FRESH = 1.5, 2.0  # m/s: weak wind; a component that brings other air
WET = 0.5  # mm/h
AGE_MOST = 168


def components(grid: Grid) -> dict[str, Array]:
    """The grid's weather with wind also as components towards east (`u`) and north (`v`), gaps as they are.

    Wind without a direction counts as northerly: only its speed can then tell anything.
    """
    weather = {k: v for k, v in grid.weather.items() if k != "wd"}
    if "wspm" in weather:
        speed = weather["wspm"]
        direction = np.deg2rad(grid.weather.get("wd", np.zeros_like(speed)))
        weather |= {"u": -speed * np.sin(direction), "v": -speed * np.cos(direction)}
    return weather


def fields(grid: Grid) -> dict[str, Array]:
    """Gapless weather [hour, site], wind as components only."""
    return {k: _held(v) for k, v in components(grid).items() if k != "wspm"}


def _held(values: Array) -> Array:
    known = climate.carried(values, keep=1.0)
    usual = np.nanmean(known) if known.size else 0.0
    return np.where(np.isfinite(known), known, usual)


def _noise(hours: int, generator: np.random.Generator) -> Array:
    keep = np.exp(-1.0 / MEMORY)
    steps = generator.standard_normal(hours) * np.sqrt(1 - keep**2)
    out = np.empty(hours)
    level = generator.standard_normal()
    for hour in range(hours):
        level = keep * level + steps[hour]
        out[hour] = level
    return out[:, None]


def disturbed(weather: dict[str, Array], day: int, seed: int) -> dict[str, Array]:
    """Weather as a forecast of lead day `day` would have given it."""
    generator = np.random.default_rng([seed, day])
    out = {}
    for name in sorted(weather):
        noise = _noise(len(weather[name]), generator)
        if name == "rain":
            out[name] = weather[name] * np.exp((0.5 + 0.2 * day) * noise)
        else:
            base, growth = ERROR[name]
            out[name] = weather[name] + (base + growth * day) * noise
    return out


def with_forecasts(
    grid: Grid, said: pl.DataFrame, known: int, seed: int
) -> tuple[Grid, dict[int, dict[str, Array]]]:
    """The grid with weather at every site, and gapless weather [hour, site] by lead day as it was forecast.

    said: rows site, start, day and weather columns: what had been forecast of an hour `day` days ahead. A site without
    weather takes the mean of those that have it. Hours without a forecast: from row `known` on what is forecast now,
    before it the measured weather with the stated error of that day; where nothing was measured, the nearest forecast.
    """
    told = {
        day: _laid(grid, rows)
        for (day,), rows in said.sort("day").group_by("day", maintain_order=True)
        if isinstance(day, int)
    }
    nothing = np.full((grid.hours, len(grid.sites)), np.nan)
    base = {k: _everywhere(grid.weather.get(k, nothing)) for k in WEATHER_NAMES}
    for weather in told.values():
        base = {k: np.where(np.isfinite(v), v, weather[k]) for k, v in base.items()}
    whole = replace(grid, weather={k: v for k, v in base.items() if np.isfinite(v).any()})
    return whole, {day: _filled(whole, weather, known, day, seed) for day, weather in told.items()}


def _laid(grid: Grid, rows: pl.DataFrame) -> dict[str, Array]:
    """One lead day's rows on the grid; places that are no stations of it (a weather station) speak for those without."""
    others = sorted(set(rows["site"].unique()) - set(grid.sites))
    laid = laid_out(rows, WEATHER_NAMES, grid.first, grid.hours, [*grid.sites, *others])
    return {name: _everywhere(values)[:, : len(grid.sites)] for name, values in laid.items()}


def _everywhere(values: Array) -> Array:
    """Sites without a value take the mean of the others at that hour."""
    count = np.isfinite(values).sum(axis=1, keepdims=True)
    mean = np.where(count > 0, np.nansum(values, axis=1, keepdims=True) / np.maximum(count, 1), np.nan)
    return np.where(np.isfinite(values), values, mean)


def _filled(grid: Grid, told: dict[str, Array], known: int, day: int, seed: int) -> dict[str, Array]:
    """One lead day's forecasts without gaps (see `with_forecasts`)."""
    measured = fields(grid)
    noisy, said = disturbed(measured, day, seed), components(replace(grid, weather=told))
    late = (np.arange(grid.hours) >= known)[:, None]
    stand_in = {k: np.where(late, v, noisy[k]) for k, v in measured.items()}
    return {k: np.where(np.isfinite(said[k]), said[k], v) if k in said else v for k, v in stand_in.items()}


def _derived(weather: dict[str, Array]) -> dict[str, Array]:
    """Columns [hour, site] of the hours up to each row, none of which knows the origin."""
    out: dict[str, Array] = {}
    for name in ("temp", "dewp", "pres"):
        if name in weather:
            now = weather[name]
            out |= {f"w_{name}": now, f"w_{name}24": climate.trailing_mean(now, DAY)}
            out[f"w_{name}_change"] = now - _earlier(now, DAY)
    if "u" in weather:
        out |= _windy(weather["u"], weather["v"])
    if "temp" in weather and "dewp" in weather:
        spread = weather["temp"] - weather["dewp"]
        out |= {"w_dry": spread} | {f"w_dry{h}": climate.trailing_mean(spread, h) for h in (6, 12, 24, 72)}
        out["w_dewp72"] = climate.trailing_mean(weather["dewp"], 72)
    if "rain" in weather:
        out["w_rain12"] = climate.trailing_mean(weather["rain"], 12)
        out["w_rain_age"] = _age(climate.trailing_mean(weather["rain"], 3) > WET)
    return out


def _windy(u: Array, v: Array) -> dict[str, Array]:
    speed = np.hypot(u, v)
    out = {}
    for hours in (3, 6, 12, 24, 48):
        out[f"w_speed{hours}"] = climate.trailing_mean(speed, hours)
        out[f"w_u{hours}"], out[f"w_v{hours}"] = (
            climate.trailing_mean(u, hours),
            climate.trailing_mean(v, hours),
        )
    out["w_calm24"] = climate.trailing_mean((speed < CALM).astype(float), DAY)
    out["w_vent"] = np.sqrt(out["w_speed12"])
    blows = {"north": -out["w_v3"], "south": out["w_v3"], "west": out["w_u3"], "east": -out["w_u3"]}
    return out | {f"w_age_{name}": _age(part > FRESH) for name, part in blows.items()}


def _age(events: NDArray[np.bool_]) -> Array:
    """Hours since the last event, AGE_MOST at most: how long the air has stood."""
    rows = np.arange(len(events))[:, None]
    last = np.maximum.accumulate(np.where(events, rows, -AGE_MOST), axis=0)
    return np.minimum(rows - last, AGE_MOST).astype(np.float64)


def _earlier(values: Array, hours: int) -> Array:
    return np.concatenate([np.repeat(values[:1], hours, axis=0), values])[: len(values)]


def _summed(weather: dict[str, Array]) -> dict[str, Array]:
    """Running sums [hour + 1, site] of what counts between the origin and the target."""
    parts = {}
    if "u" in weather:
        speed = np.hypot(weather["u"], weather["v"])
        parts = {"u": weather["u"], "v": weather["v"], "speed": speed, "calm": (speed < CALM).astype(float)}
        parts["north"] = np.where(weather["v"] < -1.0, speed, 0.0)
    if "rain" in weather:
        parts["rain"] = np.minimum(weather["rain"], 5.0)
    return {k: np.concatenate([np.zeros((1, p.shape[1])), np.cumsum(p, axis=0)]) for k, p in parts.items()}


@dataclass(frozen=True)
class Outlook:
    """Weather at and before the target hour. `seed` None = as observed (an upper bound), else with error.

    ahead: lead day -> weather as it was forecast; where it is given, it is used instead of both.
    """

    weather: dict[str, Array]
    seed: int | None
    ahead: Mapping[int, dict[str, Array]] = field(default_factory=dict)
    _days: dict[int, tuple[dict[str, Array], dict[str, Array]]] = field(default_factory=dict)

    def columns(self, rows: NDArray[np.int64], lead: int) -> dict[str, Array]:
        """Weather columns [origin, site] for the target rows + lead: up to it, and since the origin."""
        day = self._day(lead)
        if day not in self._days:
            source = self._source(day)
            self._days[day] = _derived(source), _summed(source)
        derived, sums = self._days[day]
        last = len(next(iter(derived.values()))) - 1
        target, origin = np.minimum(rows + lead, last), np.minimum(rows, last)
        since = {f"s_{name}": (block[target + 1] - block[origin + 1]) / lead for name, block in sums.items()}
        if "s_calm" in since:
            since["s_calm_hours"] = since["s_calm"] * lead
        return {name: block[target] for name, block in derived.items()} | since

    def _day(self, lead: int) -> int:
        """The lead day whose weather serves a lead."""
        if self.ahead:
            return min((lead - 1) // DAY, max(self.ahead))
        return 0 if self.seed is None else (lead - 1) // DAY

    def _source(self, day: int) -> dict[str, Array]:
        if self.ahead:
            return self.ahead[day]
        return self.weather if self.seed is None else disturbed(self.weather, day, self.seed)
