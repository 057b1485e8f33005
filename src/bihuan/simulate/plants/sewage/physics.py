"""What flows out of the works, minute by minute: flow, what the treatment leaves of the load, pH, temperature.

A day is computed together with the day before it, which sets everything that remembers; both are returned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bihuan.simulate.plants.noise import MINUTES, Array, day_draws, lagged, wander, white
from bihuan.simulate.plants.sewage.register import Sewer

WINDOW = 2 * MINUTES
_ROW = {name: n for n, name in enumerate(("flow", "quick", "cod", "nh3n", "tp", "nitrate", "cod_fast", "nh3n_fast", "tp_fast", "nitrate_fast", "ph", "temp"))}  # fmt: skip
SPREAD, FAST = 0.13, 0.07
"""What the slow and the quick wandering of the treatment do to the logarithm of a concentration."""
PUMP_CYCLE = 360
"""Minutes from one start of the pumps to the next, on average."""
_LEVEL, _PUMP = 3, 24


@dataclass
class Water:
    """Two days of true values. time: minutes since the calendar's day one; flow [m³/h]; values [mg/L], ph, water_temp."""

    time: np.ndarray
    values: dict[str, Array]

    @property
    def flows(self) -> np.ndarray:
        """Water is discharged."""
        out: np.ndarray = self.values["water_flow"] > 0
        return out


def _rows(sewer: Sewer, day: date) -> Array:
    return np.hstack([white(sewer, day - timedelta(days=1)), white(sewer, day)])


def _by_day(sewer: Sewer, day: date, number: int) -> Array:
    """A number in [0, 1) for each day, passing over slowly."""
    draws = [day_draws(sewer, day - timedelta(days=1))[number], day_draws(sewer, day)[number]]
    return lagged(np.repeat(draws, MINUTES), 90)


def water(sewer: Sewer, day: date, stress: Mapping[str, Array] | None = None) -> Water:
    """True values of the day before and the day. stress: by item, the concentration as a multiple of the usual."""
    time = np.arange(WINDOW) + (day.toordinal() - 1) * MINUTES
    rows = _rows(sewer, day)
    flow = _flow(sewer, day, time, rows)
    load = flow / max(sewer.rated, 1e-9)
    values = {"water_flow": flow}
    parts = {i: _left(sewer, i, rows, load) for i in sewer.items if i != "tn"}
    values |= {i: v * (1.0 if stress is None else stress.get(i, 1.0)) for i, v in parts.items()}
    if "tn" in sewer.items:  # nitrogen is ammonia and what became nitrate
        usual = sewer.kind.usual["tn"] * sewer.limits["tn"] - sewer.kind.usual["nh3n"] * sewer.limits["nh3n"]
        nitrate = usual * sewer.strength * _noise(rows, "nitrate", 900, SPREAD * 0.6)
        values["tn"] = nitrate * (1.0 if stress is None else stress.get("tn", 1.0)) + 1.04 * values["nh3n"]
    year = 2 * np.pi * time / MINUTES / 365.25
    values["water_temp"] = sewer.kind.temp - 5.5 * np.cos(year - 0.4) + 0.5 * wander(rows[_ROW["temp"]], 400)
    values["ph"] = sewer.kind.ph + 0.13 * wander(rows[_ROW["ph"]], 300)
    return Water(time, values)


def _noise(rows: Array, name: str, tau: float, share: float) -> Array:
    out: Array = np.exp(
        share * wander(rows[_ROW[name]], tau) + FAST * wander(rows[_ROW[f"{name}_fast"]], 120)
    )
    return out


def _left(sewer: Sewer, item: str, rows: Array, load: Array) -> Array:
    """What the treatment leaves of a pollutant: wanders over hours, a little more at high load."""
    usual = sewer.kind.usual[item] * sewer.limits[item] * sewer.strength
    busy = lagged(np.where(load > 0, load, 0.6), 240)
    out: Array = usual * _noise(rows, item, 700, SPREAD) * (1 + 0.25 * (busy - 0.7))
    return out


def _flow(sewer: Sewer, day: date, time: np.ndarray, rows: Array) -> Array:
    hour = time % MINUTES / 60
    slow, quick = wander(rows[_ROW["flow"]], 200), wander(rows[_ROW["quick"]], 3)
    level = 0.92 + 0.16 * _by_day(sewer, day, _LEVEL)
    if sewer.kind.pattern == "diurnal":
        curve = 0.6 + 0.16 * np.exp(-(((hour - 10.5) / 3) ** 2)) + 0.2 * np.exp(-(((hour - 20.5) / 2.6) ** 2))
        curve -= 0.17 * np.exp(-(((hour - 4.5) / 2.5) ** 2))
        return np.clip(sewer.rated * (lagged(curve, 30) * level + 0.02 * slow + 0.012 * quick), 0, None)
    running = np.clip(sewer.rated * (0.72 * level + 0.035 * slow + 0.012 * quick), 0, None)
    return np.where(_pumping(sewer, day), running, 0.0) if sewer.kind.pattern == "batch" else running


def _pumping(sewer: Sewer, day: date) -> np.ndarray:
    """Whether the pumps run: four cycles a day, each of its own length; at most five hours without."""
    return np.concatenate([_pumps_of(sewer, day - timedelta(days=1)), _pumps_of(sewer, day)])


def _pumps_of(sewer: Sewer, day: date) -> np.ndarray:
    draws = day_draws(sewer, day)
    minute = np.arange(MINUTES)
    on = np.zeros(MINUTES, bool)
    for n in range(MINUTES // PUMP_CYCLE):
        begin = n * PUMP_CYCLE + 40 * draws[_PUMP + n]
        on |= (minute >= begin) & (minute < begin + 120 + 190 * draws[_PUMP + 8 + n])
    return on
