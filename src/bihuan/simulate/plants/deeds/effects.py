"""What each deed changes between the stack and the analyser's output."""

from collections.abc import Callable, Sequence

import numpy as np

from bihuan.simulate.plants.calendar import DAY_MINUTES, minute_of
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.noise import Array
from bihuan.simulate.plants.physics import AIR_O2, REACH
from bihuan.simulate.plants.register import Outlet

Values = dict[str, Array]
CLIP = 0.95
"""Share of the limit under which a clipped value stays."""
SMALL_SPAN = 0.9
"""Upper end of a span that is too small, as a share of the limit as it is measured."""
SLOPE = 0.55
DILUTED = {"dilution": 0.9, "night_dilution": 0.85}
OXYGEN_LOW = 0.62
STARVED = {"reagent_off": 0.1, "treatment_failure": 0.55}
WRONG_TEMPERATURE, WRONG_HUMIDITY = -12.6, 0.0


def during(deed: Deed, time: np.ndarray) -> np.ndarray:
    """The minutes in which it is done, nights of `hours` only."""
    inside = (time >= minute_of(deed.start)) & (time < minute_of(deed.until))
    hours = deed.of_kind.hours
    if hours is None:
        return inside
    first, last = hours
    hour = time % DAY_MINUTES // 60
    return inside & ((hour - first) % 24 < (last - first) % 24)


def on_process(outlet: Outlet, deeds: Sequence[Deed], time: np.ndarray) -> tuple[Values, Values]:
    """Stress and starving for physics.gas."""
    stress: Values = {}
    starve: Values = {}
    for deed in deeds:
        when = during(deed, time)
        times = deed.of_kind.stress
        if times != 1:
            for item in outlet.items:
                stress[item] = np.where(when, times, stress.get(item, np.ones(len(time))))
        if deed.kind in STARVED:
            starve[deed.item] = np.where(when, STARVED[deed.kind], 1.0)
    return stress, starve


def on_sample(outlet: Outlet, deeds: Sequence[Deed], time: np.ndarray, values: Values) -> Values:
    """Air in the sample before it reaches the analyser: gases fall, oxygen rises; dust is measured in the stack."""
    out = dict(values)
    for deed in deeds:
        when = during(deed, time)
        if deed.kind in DILUTED:
            air = np.where(when, DILUTED[deed.kind], 0.0)
        elif deed.kind == "sample_leak":
            begin, end = minute_of(deed.start), minute_of(deed.until)
            air = np.where(when, 0.15 + 0.6 * (time - begin) / max(end - begin, 1), 0.0)
        else:
            continue
        for item in set(outlet.items) - {"pm"}:
            out[item] = out[item] * (1 - air)
        out["o2"] = out["o2"] * (1 - air) + AIR_O2 * air
    return out


def as_measured(outlet: Outlet, converted: float, o2: Array) -> Array:
    """A converted concentration as it is in the gas."""
    ref = outlet.process.ref_o2
    return np.full(len(o2), converted) if ref is None else converted * (REACH - o2) / (REACH - ref)


def _typical(outlet: Outlet, item: str) -> float:
    """A believable measured concentration well below the limit."""
    o2 = np.array([outlet.process.o2 + outlet.o2])
    return float(as_measured(outlet, 0.48 * outlet.limits[item], o2)[0])


Change = Callable[[Outlet, Deed, Values, Values, np.ndarray], None]


def _constant(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v[deed.item][when] = _typical(outlet, deed.item)


def _low_variance(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    for item in outlet.items:
        v[item][when] = (_typical(outlet, item) * (1 + 0.004 * noise[item]))[when]


def _clipped(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    for item in outlet.items:
        top = as_measured(outlet, CLIP * outlet.limits[item], v["o2"]) * (1 - 0.01 * np.abs(noise[item]))
        v[item][when] = np.minimum(v[item], top)[when]


def small_span(outlet: Outlet, item: str) -> float:
    """The upper end of a range that cannot show an exceedance."""
    o2 = np.array([outlet.process.o2 + outlet.o2])
    return round(float(as_measured(outlet, SMALL_SPAN * outlet.limits[item], o2)[0]), 1)


def _small_span(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v[deed.item][when] = np.minimum(v[deed.item], small_span(outlet, deed.item))[when]


def _oxygen_low(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v["o2"][when] *= OXYGEN_LOW


def _reagent_off(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v["nox"][when] = (_typical(outlet, "nox") * (1 + 0.05 * noise["nox"]))[when]


def _zeros(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v[deed.item][when] = 0.0


def _slope(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v[deed.item][when] *= SLOPE


def _stuck(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    for item in ("o2", *outlet.items):
        still = _typical(outlet, item) * 0.9 if item != "o2" else outlet.process.o2 + outlet.o2
        v[item][when] = still


def _temperature(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v["temp"][when] = WRONG_TEMPERATURE


def _humidity(outlet: Outlet, deed: Deed, v: Values, noise: Values, when: np.ndarray) -> None:
    v["humidity"][when] = WRONG_HUMIDITY


ON_READINGS: dict[str, Change] = {
    "constant": _constant,
    "low_variance": _low_variance,
    "clipped": _clipped,
    "small_span": _small_span,
    "oxygen_low": _oxygen_low,
    "reagent_off": _reagent_off,
    "zeros": _zeros,
    "slope": _slope,
    "stuck": _stuck,
    "impossible_temperature": _temperature,
    "impossible_humidity": _humidity,
}
"""What is done to the analyser's output."""
