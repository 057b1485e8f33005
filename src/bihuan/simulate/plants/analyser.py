"""What the analysers put out of what is in the stack: response, drift, noise, blow-back, calibration, faults, flags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bihuan.simulate.plants.calendar import local_day
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.effects import ON_READINGS, Values, during, on_process, on_sample
from bihuan.simulate.plants.noise import MINUTES, Array, day_draws, lagged, wander, white
from bihuan.simulate.plants.physics import AIR_O2, WINDOW, Gas, gas
from bihuan.simulate.plants.register import Outlet

LETTERS = np.array(list("NTMCDF"))
N, T, M, C, D, F = range(6)
"""Flags by what outweighs what: stop, fault, calibration, maintenance, over range, normal."""
DECIMALS = {
    "pm": 2, "so2": 2, "nox": 2, "o2": 2, "velocity": 2, "temp": 1, "pressure": 3, "humidity": 2, "load": 1,
}  # fmt: skip
RESPONSE = {"pm": 0.4, "so2": 1.8, "nox": 1.2, "o2": 0.8}
NOISE = {"pm": 0.002, "so2": 0.0015, "nox": 0.0015, "o2": 0.0015}
"""Standard deviation of the analyser's own noise as a share of the span."""
O2_SPAN = 25.0
DRIFT = 0.012
BLOW_BACK = 240
MAINTENANCE_CHANCE, FAULT_CHANCE = 0.05, 0.012
_NOISE_ROW = {"pm": 16, "so2": 17, "nox": 18, "o2": 19}
_FAKE_ROW = {"pm": 20, "so2": 21, "nox": 22}
_MAINTAINED, _MAINTAINED_AT, _MAINTAINED_LONG, _FAULT, _FAULT_AT, _FAULT_LONG, _FAULT_OF, _CALIBRATION = (
    range(8, 16)
)


@dataclass
class Reading:
    """A day of the analysers: values (rounded as they report them), flags (indices of LETTERS), by item; unmeasured are absent."""

    time: np.ndarray
    values: Values
    flags: dict[str, np.ndarray]
    gas: Gas


@dataclass(frozen=True)
class Work:
    """What the operator's people do on the analysers on a day: spans of minutes of that day, and the faulty item."""

    calibration: tuple[int, int] | None
    maintenance: tuple[int, int] | None
    fault: tuple[int, int] | None
    fault_of: str


def work_of(outlet: Outlet, day: date) -> Work:
    """Calibration, maintenance and faults of a day."""
    d = day_draws(outlet, day)
    calibration = maintenance = fault = None
    if (day.toordinal() + outlet.number) % outlet.calibrated_every == 0:
        calibration = (outlet.calibration, outlet.calibration + 10 + int(4 * d[_CALIBRATION]))
    if d[_MAINTAINED] < MAINTENANCE_CHANCE and day.weekday() < 5:
        begin = 540 + int(300 * d[_MAINTAINED_AT])
        maintenance = (begin, begin + 35 + int(80 * d[_MAINTAINED_LONG]))
    if d[_FAULT] < FAULT_CHANCE:
        begin = int(900 * d[_FAULT_AT])
        fault = (begin, begin + 60 + int(420 * d[_FAULT_LONG]))
    of = ("pm", "gas", "flow")[int(3 * d[_FAULT_OF])]
    return Work(calibration, maintenance, fault, of)


def measured(outlet: Outlet) -> tuple[str, ...]:
    """Items with a flag of their own: pollutants, oxygen where it is measured, flow."""
    oxygen = ("o2",) if outlet.process.ref_o2 is not None else ()
    return (*outlet.items, *oxygen, "flow")


def reading(
    outlet: Outlet, day: date, deeds: Sequence[Deed], of_other: Callable[[str, date], Values]
) -> Reading:
    """The analysers' day. of_other(site, day): what an outlet reads, for those who copy it."""
    time = np.arange(WINDOW) + (day.toordinal() - 1) * MINUTES
    true = gas(outlet, day, *on_process(outlet, deeds, time))
    sampled = on_sample(outlet, deeds, time, true.values)
    values = {k: v[MINUTES:].copy() for k, v in sampled.items()}
    values["load"] *= 100
    for item in ("o2", *outlet.items):
        values[item] = _analysed(outlet, day, item, time, sampled[item])
    fake = {item: wander(white(outlet, day)[_FAKE_ROW[item]], 3) for item in outlet.items}
    for deed in deeds:
        when = during(deed, time[MINUTES:])
        if when.any():
            _tamper(outlet, deed, values, fake, when, of_other, day)
    flags = _flags(outlet, day, deeds, time[MINUTES:], true, values)
    rounded = {k: np.round(v, DECIMALS[k]) for k, v in values.items()}
    if outlet.process.ref_o2 is None:
        del rounded["o2"]
    if not outlet.has_load:
        del rounded["load"]
    return Reading(time[MINUTES:], rounded, flags, true)


def _tamper(
    outlet: Outlet,
    deed: Deed,
    values: Values,
    fake: Values,
    when: np.ndarray,
    of_other: Callable[[str, date], Values],
    day: date,
) -> None:
    if deed.kind == "replay":
        earlier = of_other(outlet.site, local_day(deed.start) - timedelta(days=1))
        for item in earlier.keys() & {"o2", *outlet.items}:
            values[item][when] = earlier[item][when]
    elif deed.kind == "twin" and deed.other is not None:
        copied = of_other(deed.other, day)
        for item in outlet.items:
            values[item][when] = (copied[item] * (1 + 0.003 * fake[item]))[when]
    elif deed.kind in ON_READINGS:
        ON_READINGS[deed.kind](outlet, deed, values, fake, when)


def _analysed(outlet: Outlet, day: date, item: str, time: np.ndarray, true: Array) -> Array:
    span = O2_SPAN if item == "o2" else outlet.span[item]
    seen = lagged(true, RESPONSE[item])[MINUTES:]
    now = time[MINUTES:]
    every = outlet.calibrated_every * MINUTES
    round_, age = np.divmod(now - outlet.calibration + outlet.number * MINUTES, every)
    slope = np.sin(round_ * 12.9898 + outlet.number * 1.7 + len(item) * 5.1) * DRIFT * age / every
    noise = NOISE[item] * span * wander(white(outlet, day)[_NOISE_ROW[item]], 2)
    out = seen * (1 + slope) + noise * (0.3 + 0.7 * np.minimum(seen / (0.1 * span), 1))
    if item != "pm":  # the probe is blown back and the value held meanwhile
        at = np.flatnonzero((now + 7 * outlet.number) % BLOW_BACK == 0)
        at = at[(at > 0) & (at < MINUTES - 1)]
        out[at] = out[at + 1] = out[at - 1]
    return np.clip(out, 0, AIR_O2 + 0.1 if item == "o2" else None)


def _flags(
    outlet: Outlet, day: date, deeds: Sequence[Deed], time: np.ndarray, true: Gas, values: Values
) -> dict[str, np.ndarray]:
    """Flags of each minute; values under a flag become what the analyser shows then."""
    flags = {item: np.zeros(MINUTES, np.int8) for item in measured(outlet)}
    minute, work = time % MINUTES, work_of(outlet, day)

    def raise_to(flag: int, when: np.ndarray, items: Sequence[str]) -> None:
        for item in items:
            flags[item] = np.where(when, np.maximum(flags[item], flag), flags[item])

    small = {d.item for d in deeds if d.kind == "small_span"}
    for item in outlet.items:
        over = values[item] > outlet.span[item]
        values[item] = np.minimum(values[item], outlet.span[item])
        raise_to(T, over, [] if item in small else [item])
    gases = [i for i in flags if i not in ("pm", "flow")] or ["pm"]
    if work.maintenance is not None:
        when = (minute >= work.maintenance[0]) & (minute < work.maintenance[1])
        raise_to(M, when, list(flags))
        for item in outlet.items:
            values[item][when] = 0.02 * outlet.span[item]
        values["o2"][when] = AIR_O2
    if work.calibration is not None:
        begin, end = work.calibration
        when = (minute >= begin) & (minute < end)
        raise_to(C, when, gases)
        zero = when & (minute < (begin + end) // 2)
        for item in gases:
            top = 20.9 if item == "o2" else 0.8 * outlet.span[item]
            values[item][when] = np.where(zero, 0.003 * top, top)[when]
    if work.fault is not None:
        when = (minute >= work.fault[0]) & (minute < work.fault[1])
        broken = [i for i in {"pm": ["pm"], "gas": gases, "flow": ["flow"]}[work.fault_of] if i in flags]
        raise_to(D, when, broken)
        for item in broken:
            values["velocity" if item == "flow" else item][when] = 0.0
    for deed in deeds:
        if deed.kind == "night_calibration":
            raise_to(C, during(deed, time), gases)
    raise_to(F, ~true.burning[MINUTES:], list(flags))
    return flags
