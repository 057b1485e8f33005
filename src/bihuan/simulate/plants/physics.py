"""What the stack emits, minute by minute: load, combustion air, raw gas, cleaning, and the state of the flue gas.

A day is computed together with the day before it, which sets everything that remembers; both are returned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bihuan.simulate.plants.noise import MINUTES, Array, day_draws, lagged, wander, white
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.running import runs

WINDOW = 2 * MINUTES
AIR_O2 = 20.9
REACH = 21.0
LEAST_LOAD = 0.35
WARM = 0.4
"""Share of load at which the fire burns as usual and denitrification may start."""
REVERSAL = 30
"""Minutes after which a coke oven turns its draught."""
LOTS, LEVEL = 2, 3
_ROW = {name: n for n, name in enumerate(
    ("level", "load", "o2", "leak", "so2_raw", "nox_raw", "so2_feed", "nox_feed", "pm", "bag",
     "temp", "humidity", "velocity", "gust", "pressure", "weather"))}  # fmt: skip
FEED_NOISE = {"so2": 0.17, "nox": 0.15}
"""What the noise of the feed does to the logarithm of the emission."""
BROKEN_BAGS = 2.2
"""Logarithm of what dust becomes without its filter bags mended."""
STEERED = 0.7
"""How much of a change of the raw gas the operators make up for."""
FEED_LAG = {"so2": 15.0, "nox": 4.0}
"""Minutes after which cleaning answers to its reagent: slurry in the absorber, ammonia on the catalyst."""


@dataclass
class Gas:
    """Two days of true values: pollutants, o2 in the dry gas, state; load [share]; reagent [relative feed] by item.

    time: minutes since the calendar's day one; burning: fuel is on; lighting: light-up or shutting down.
    """

    time: np.ndarray
    burning: np.ndarray
    lighting: np.ndarray
    values: dict[str, Array]
    reagent: dict[str, Array]


class _Noise:
    """Rows of noise by name over the two days."""

    def __init__(self, outlet: Outlet, day: date) -> None:
        before = day - timedelta(days=1)
        self._rows = np.hstack([white(outlet, before), white(outlet, day)])
        self._draws = [day_draws(outlet, before), day_draws(outlet, day)]

    def white(self, name: str) -> Array:
        row: Array = self._rows[_ROW[name]]
        return row

    def slow(self, name: str, tau: float) -> Array:
        return wander(self.white(name), tau)

    def by_day(self, number: int, tau: float) -> Array:
        """A number in [0, 1) for each day, passing over slowly."""
        return lagged(np.repeat([d[number] for d in self._draws], MINUTES), tau)


def gas(
    outlet: Outlet,
    day: date,
    stress: Mapping[str, Array] | None = None,
    starve: Mapping[str, Array] | None = None,
) -> Gas:
    """True values of the day before and the day.

    stress: by item, the emission as a multiple; starve: by item, the reagent as a share of what is needed.
    """
    noise = _Noise(outlet, day)
    time = np.arange(WINDOW) + (day.toordinal() - 1) * MINUTES
    share, burning, lighting = _running(outlet, time)
    outside = _weather(time, noise)
    load = _level(outlet, time, noise, outside) * share
    warm = np.clip(load / WARM, 0, 1)
    o2 = _oxygen(outlet, time, load, warm, burning, noise)
    values = {"load": load, "o2": o2}
    reagent = {}
    for item in outlet.items:
        clean, feed = _cleaned(outlet, item, time, load, warm, o2, burning, noise, starve or {})
        reagent[item] = feed
        times = 1.0 if stress is None or item not in stress else stress[item]
        values[item] = lagged(np.where(burning, clean * times, 0.0), 2)
    return Gas(time, burning, lighting, values | _state(outlet, load, burning, outside, noise), reagent)


def _running(outlet: Outlet, time: np.ndarray) -> tuple[Array, np.ndarray, np.ndarray]:
    """Share of the set load, whether it burns, whether it is being lit or shut down."""
    share = np.zeros(WINDOW)
    burning, lighting = np.zeros(WINDOW, bool), np.zeros(WINDOW, bool)
    for run in runs(outlet, int(time[0]), int(time[-1]) + 1):
        up = (time - run.start) / max(run.lit - run.start, 1)
        fall = (run.end - time) / max(run.end - run.down, 1)
        share = np.maximum(share, np.clip(np.minimum(up, fall), 0, 1))
        inside = (time >= run.start) & (time < run.end)
        burning |= inside
        lighting |= inside & ((time < run.lit) | (time >= run.down))
    return share, burning, lighting


def _weather(time: np.ndarray, noise: _Noise) -> Array:
    """Air temperature [°C] of a Shanxi year."""
    year, hour = 2 * np.pi * time / MINUTES / 365.25, 2 * np.pi * (time % MINUTES) / MINUTES
    out: Array = 10.5 - 14.5 * np.cos(year - 0.3) - 5 * np.cos(hour - 1.0) + 2.5 * noise.slow("weather", 600)
    return out


def _level(outlet: Outlet, time: np.ndarray, noise: _Noise, outside: Array) -> Array:
    """Load that is asked for, as a share of the rated."""
    pattern, hour = outlet.process.pattern, time % MINUTES / 60
    slow, quick = noise.slow("level", 700), noise.slow("load", 20)
    if pattern == "grid":
        curve = 0.72 + 0.13 * np.exp(-(((hour - 10.5) / 3) ** 2)) + 0.2 * np.exp(-(((hour - 19) / 2.5) ** 2))
        curve -= 0.14 * np.exp(-(((hour - 3.5) / 2.5) ** 2)) + 0.1 * np.exp(-(((hour - 13.5) / 1.8) ** 2))
        weekend = np.where((time // MINUTES + 6) % 7 >= 5, 0.94, 1.0)
        wanted = lagged(curve * weekend, 15) * (0.9 + 0.2 * noise.by_day(LEVEL, 90))
        return np.clip(wanted + 0.015 * slow + 0.012 * quick, LEAST_LOAD, 1.05)
    if pattern == "heating":
        return np.clip(0.62 - 0.022 * lagged(outside, 120) + 0.03 * slow + 0.01 * quick, LEAST_LOAD, 1.05)
    if pattern in ("day_shift", "two_shifts"):
        return np.clip(0.86 + 0.06 * noise.slow("level", 60) + 0.02 * quick, LEAST_LOAD, 1.1)
    reduced = np.maximum(noise.by_day(LEVEL, 60) - 0.75, 0)  # on every fourth day somewhat less is made
    return np.clip(0.95 - reduced + 0.025 * slow + 0.006 * quick, LEAST_LOAD, 1.05)


def _oxygen(
    outlet: Outlet, time: np.ndarray, load: Array, warm: Array, burning: np.ndarray, noise: _Noise
) -> Array:
    """Oxygen [%, dry]: more excess air at low load; nearly air while the fire is small."""
    p = outlet.process
    usual = p.o2 + outlet.o2 + p.rise * np.clip(1 - load, -0.1, 0.6) / 0.6
    usual += (REACH - p.o2) * (0.012 * noise.slow("o2", 30) + 0.012 * noise.slow("leak", 900))
    if p.key == "coke_oven":
        usual += 0.35 * np.sin(2 * np.pi * time / (2 * REVERSAL))
    mixed = AIR_O2 - 0.15 - (AIR_O2 - 0.15 - usual) * warm
    return np.minimum(lagged(np.where(burning, mixed, AIR_O2), 3), AIR_O2)


def _dust(outlet: Outlet, time: np.ndarray, load: Array, warm: Array, noise: _Noise) -> Array:
    """Dust behind the filter: it wanders, puffs at each cleaning pulse, and is more while the fire is small."""
    aim = outlet.process.aim["pm"] * outlet.limits["pm"]
    pulses = 0.35 * np.exp(-(time % 23) / 1.5) * (1 + 0.3 * noise.white("bag"))
    clean = aim * (0.85 + 0.15 * load) * np.exp(0.13 * noise.slow("pm", 120) + 0.05 * noise.white("pm"))
    out: Array = clean * (1 + pulses) * (1 + (1 - warm))
    return out


def _raw(outlet: Outlet, item: str, time: np.ndarray, load: Array, o2: Array, noise: _Noise) -> Array:
    """A gas before its cleaning: sulphur by lots of coal; nitrogen oxides by load, air and the turning of the draught."""
    p = outlet.process
    if item == "so2":
        lots = 0.9 + 0.2 * noise.by_day(LOTS, 200)
        return p.raw[item] * outlet.raw * lots * (1 + 0.07 * noise.slow("so2_raw", 180))
    raw = p.raw[item] * outlet.raw * (0.88 + 0.12 * load) * (1 + 0.07 * noise.slow("nox_raw", 25))
    if p.key == "coke_oven":
        raw = raw * (1 + 0.06 * np.sin(2 * np.pi * (time + 9) / (2 * REVERSAL)))
    out: Array = raw * (1 + 0.03 * np.clip(o2 - p.o2 - outlet.o2, -2, 4))
    return out


def _feed(item: str, raw: Array, load: Array, power: float, noise: _Noise) -> Array:
    """Reagent as a share of what is needed: behind changes of the duty, uneven; ammonia only once the catalyst is warm."""
    duty = np.maximum(raw * np.maximum(load, 0.1), 1e-6)
    behind = np.clip(lagged(duty, 6) / duty, 0.93, 1.07)
    feed: Array = behind * (1 + FEED_NOISE[item] / max(power, 1.0) * noise.slow(f"{item}_feed", 35))
    return feed * np.clip((load - 0.2) / 0.15, 0, 1) if item == "nox" else feed


def _cleaned(
    outlet: Outlet,
    item: str,
    time: np.ndarray,
    load: Array,
    warm: Array,
    o2: Array,
    burning: np.ndarray,
    noise: _Noise,
    starve: Mapping[str, Array],
) -> tuple[Array, Array]:
    """Concentration [mg/m³, dry] behind the cleaning, and its relative feed of reagent."""
    p, lack = outlet.process, starve.get(item, np.ones(WINDOW))
    power = max(float(np.log(p.raw[item] / (p.aim[item] * outlet.limits[item]))), 0.0)
    if item == "pm":
        feed = lack
        clean = _dust(outlet, time, load, warm, noise) * np.exp(BROKEN_BAGS * (1 - lack))
    else:
        raw = _raw(outlet, item, time, load, o2, noise)
        feed = _feed(item, raw, load, power, noise) * lack
        steered = STEERED * np.log(np.maximum(raw, 1e-6) / p.raw[item]) if power > 0 else 0.0
        clean = raw * np.exp(-(power + steered) * lagged(feed, FEED_LAG[item]))
        clean = clean * np.where(load < WARM, 0.4 + 0.6 * warm, 1.0)  # a small fire makes less
    if p.ref_o2 is not None:
        clean = clean * (REACH - o2) / (REACH - p.ref_o2)
    return clean, feed * load * power * burning


def _state(
    outlet: Outlet, load: Array, burning: np.ndarray, outside: Array, noise: _Noise
) -> dict[str, Array]:
    """Temperature, humidity, static pressure and velocity in the stack."""
    p = outlet.process
    open_air = np.clip((60 - p.temp) / 60, 0.08, 1)  # how much of the gas is air of the hall
    hot = p.temp * (0.88 + 0.12 * load) + open_air * (outside - 10.5)
    warmest = hot + 0.012 * p.temp * noise.slow("temp", 120)
    fan = 0.72 + 0.28 * load if p.ref_o2 is None else 0.14 + 0.86 * load
    speed = p.velocity * fan * (1 + 0.015 * noise.slow("velocity", 12) + 0.008 * noise.white("gust"))
    wet = p.humidity * (0.85 + 0.15 * load) * (1 + 0.03 * noise.slow("humidity", 90))
    return {
        "temp": lagged(np.where(burning, np.maximum(warmest, outside + 2), outside + 1), 75),
        "humidity": lagged(np.where(burning, wet, 1.0), 25),
        "pressure": np.where(burning, p.pressure * (0.35 + 0.65 * load**2), -0.01)
        + 0.012 * noise.slow("pressure", 10),
        "velocity": lagged(np.where(burning, speed, 0.25 + 0.03 * np.abs(noise.white("gust"))), 1.5),
    }
