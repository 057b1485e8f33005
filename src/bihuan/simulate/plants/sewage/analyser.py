"""What the analysers and meters of a sewage outlet show: samples, results that are held, drift, calibration, faults, flags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bihuan.simulate.plants.analyser import C, D, M, N, T
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.effects import Values, during
from bihuan.simulate.plants.noise import MINUTES, Array, day_draws, white
from bihuan.simulate.plants.sewage.deeds import on_results, on_shown, on_water, stress_of
from bihuan.simulate.plants.sewage.physics import WINDOW, water
from bihuan.simulate.plants.sewage.register import Sewer

DECIMALS = {"cod": 2, "nh3n": 3, "tp": 3, "tn": 2, "ph": 2, "water_temp": 1, "water_flow": 4}
NOISE = {"cod": 0.02, "nh3n": 0.025, "tp": 0.025, "tn": 0.02}
"""Standard deviation of a result as a share of it."""
LEAST = {"cod": 0.4, "nh3n": 0.012, "tp": 0.004, "tn": 0.05}
"""And its noise at zero [mg/L]."""
DRIFT = 0.03
CALIBRATES = 50
MAINTENANCE_CHANCE, FAULT_CHANCE = 0.05, 0.012
_RESULT_ROW = {"cod": 16, "nh3n": 17, "tp": 18, "tn": 19}
_METER_ROW, _FAKE_ROW = 20, 21
_MAINTAINED, _MAINTAINED_AT, _MAINTAINED_LONG, _FAULT, _FAULT_AT, _FAULT_LONG = range(8, 14)


@dataclass
class Reading:
    """A day: values as shown (rounded) and flags (indices of LETTERS), by item."""

    time: np.ndarray
    values: Values
    flags: dict[str, np.ndarray]


@dataclass(frozen=True)
class Work:
    """What people do on the analysers on a day: spans of minutes."""

    calibration: tuple[int, int]
    maintenance: tuple[int, int] | None
    fault: tuple[int, int] | None


def work_of(sewer: Sewer, day: date) -> Work:
    """Calibration, maintenance and faults of a day."""
    d = day_draws(sewer, day)
    maintenance = fault = None
    if d[_MAINTAINED] < MAINTENANCE_CHANCE and day.weekday() < 5:
        begin = 540 + int(300 * d[_MAINTAINED_AT])
        maintenance = (begin, begin + 50 + int(90 * d[_MAINTAINED_LONG]))
    if d[_FAULT] < FAULT_CHANCE:
        begin = int(900 * d[_FAULT_AT])
        fault = (begin, begin + 90 + int(360 * d[_FAULT_LONG]))
    return Work((sewer.calibration, sewer.calibration + CALIBRATES), maintenance, fault)


def reading(sewer: Sewer, day: date, deeds: Sequence[Deed]) -> Reading:
    """The day as it is shown."""
    time = np.arange(WINDOW) + (day.toordinal() - 1) * MINUTES
    true = water(sewer, day, stress_of(sewer, deeds, time))
    rows = np.hstack([white(sewer, date.fromordinal(day.toordinal() - 1)), white(sewer, day)])
    seen = on_water(deeds, time, true.values, rows[_FAKE_ROW])
    values = {i: seen[i][MINUTES:].copy() for i in ("ph", "water_temp", "water_flow")}
    values["water_flow"] = np.clip(values["water_flow"] * (1 + 0.004 * rows[_METER_ROW, MINUTES:]), 0, None)
    values |= _held(sewer, time, seen, true.flows, rows, deeds)
    now = time[MINUTES:]
    on_shown(sewer, deeds, now, values)
    flags = _flags(sewer, day, deeds, now, values)
    return Reading(now, {k: np.round(v, DECIMALS[k]) for k, v in values.items()}, flags)


def _held(
    sewer: Sewer, time: np.ndarray, seen: Values, flows: np.ndarray, rows: Array, deeds: Sequence[Deed]
) -> Values:
    """Results of the samples, each shown from `delay` minutes after it until the next; no sample while nothing flows."""
    at = np.flatnonzero(time % sewer.every == sewer.phase)
    at = at[flows[at]]
    for deed in deeds:
        if deed.kind == "stuck":
            at = at[~during(deed, time[at])]
    if not len(at):
        at = np.array([0])
    results: Values = {}
    for item in sewer.items:
        age = (time[at] - sewer.calibration) % MINUTES / MINUTES
        side = np.sin(np.floor_divide(time[at] - sewer.calibration, MINUTES) * 12.9898 + len(item) * 5.1)
        noise = rows[_RESULT_ROW[item], at]
        exact = seen[item][at] * (1 + DRIFT * age * side)
        results[item] = np.clip(
            exact * (1 + NOISE[item] * noise) + LEAST[item] * rows[_FAKE_ROW, at] * 0.5, 0.0, None
        )
    on_results(sewer, deeds, time[at], results, rows[_FAKE_ROW, at])
    place = np.maximum(np.searchsorted(at + sewer.delay, np.arange(MINUTES, WINDOW), side="right") - 1, 0)
    return {item: results[item][place] for item in sewer.items}


def _flags(
    sewer: Sewer, day: date, deeds: Sequence[Deed], time: np.ndarray, values: Values
) -> dict[str, np.ndarray]:
    """Flags of each minute; values under a flag become what the analyser shows then."""
    flags = {item: np.full(MINUTES, N, np.int8) for item in values}
    minute, work = time % MINUTES, work_of(sewer, day)

    def inside(span: tuple[int, int]) -> np.ndarray:
        out: np.ndarray = (minute >= span[0]) & (minute < span[1])
        return out

    def raise_to(flag: int, when: np.ndarray) -> None:
        for item in sewer.items:
            flags[item] = np.where(when, np.maximum(flags[item], flag), flags[item])

    small = {d.item for d in deeds if d.kind == "small_range"}
    for item in sewer.items:
        over = values[item] > sewer.span[item]
        values[item] = np.minimum(values[item], sewer.span[item])
        flags[item] = np.where(over & (item not in small), T, flags[item])
    calibrating = inside(work.calibration)
    for item in sewer.items:  # a standard of half the range
        values[item] = np.where(calibrating, 0.5 * sewer.span[item], values[item])
    raise_to(C, calibrating)
    if work.maintenance is not None:
        raise_to(M, inside(work.maintenance))
    if work.fault is not None:
        raise_to(D, inside(work.fault))
        for item in sewer.items:
            values[item] = np.where(inside(work.fault), 0.0, values[item])
    for deed in deeds:
        if deed.kind == "night_calibration":
            raise_to(C, during(deed, time))
    return flags
