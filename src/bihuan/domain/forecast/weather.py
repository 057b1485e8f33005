"""Weather as a forecast may use it: past weather, and future weather with a stated error that grows with the day.

Error of the forecast weather on day d (0 = first 24 h), added as smooth noise (12 h memory), same for all sites:
temperature 1.0 + 0.4 d °C, dew point 1.2 + 0.5 d °C, pressure 0.5 + 0.5 d hPa, wind components 0.7 + 0.25 d m/s;
rain is multiplied by exp(0.5 + 0.2 d times noise). The same error is in training and in use.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import climate
from bihuan.domain.forecast.grid import DAY, Array, Grid

ERROR = {"temp": (1.0, 0.4), "dewp": (1.2, 0.5), "pres": (0.5, 0.5), "u": (0.7, 0.25), "v": (0.7, 0.25)}
MEMORY = 12.0


def fields(grid: Grid) -> dict[str, Array]:
    """Gapless weather [hour, site]: the grid's columns with wind as components towards east and north."""
    weather = {k: _held(v) for k, v in grid.weather.items()}
    if "wspm" in weather:
        direction = np.deg2rad(weather.pop("wd", np.zeros_like(weather["wspm"])))
        speed = weather.pop("wspm")
        weather |= {"u": -speed * np.sin(direction), "v": -speed * np.cos(direction)}
    weather.pop("wd", None)
    return weather


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


def _derived(weather: dict[str, Array]) -> dict[str, Array]:
    out: dict[str, Array] = {}
    for name in ("temp", "dewp", "pres"):
        if name in weather:
            out |= {f"w_{name}": weather[name], f"w_{name}24": climate.trailing_mean(weather[name], DAY)}
    if "u" in weather:
        speed = np.hypot(weather["u"], weather["v"])
        calm = (speed < 1.5).astype(float)
        for hours in (3, 12, 24):
            out[f"w_speed{hours}"] = climate.trailing_mean(speed, hours)
            out[f"w_u{hours}"] = climate.trailing_mean(weather["u"], hours)
            out[f"w_v{hours}"] = climate.trailing_mean(weather["v"], hours)
        out["w_calm24"] = climate.trailing_mean(calm, DAY)
        out["w_vent"] = np.sqrt(out["w_speed12"])
    if "temp" in weather and "dewp" in weather:
        spread = weather["temp"] - weather["dewp"]
        out |= {"w_dry": spread, "w_dry12": climate.trailing_mean(spread, 12)}
    if "rain" in weather:
        out["w_rain12"] = climate.trailing_mean(weather["rain"], 12)
    return out


@dataclass(frozen=True)
class Outlook:
    """Weather at and before the target hour. `seed` None = as observed (an upper bound), else with error."""

    weather: dict[str, Array]
    seed: int | None
    _days: dict[int, dict[str, Array]] = field(default_factory=dict)

    def columns(self, rows: NDArray[np.int64], lead: int) -> dict[str, Array]:
        """Weather columns [origin, site] for the target rows + lead."""
        day = 0 if self.seed is None else (lead - 1) // DAY
        if day not in self._days:
            source = self.weather if self.seed is None else disturbed(self.weather, day, self.seed)
            self._days[day] = _derived(source)
        derived = self._days[day]
        target = np.minimum(rows + lead, len(next(iter(derived.values()))) - 1)
        return {name: block[target] for name, block in derived.items()}
