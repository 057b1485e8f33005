"""When each record leaves the logger and arrives: delays, small cuts with backfill, lost records, clocks that run wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from bihuan.simulate.plants.calendar import DAY_MINUTES, MICROSECONDS, epoch_us, minute_of
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.effects import during
from bihuan.simulate.plants.noise import Numbered, day_draws, day_rng
from bihuan.simulate.plants.register import Device

MINUTE_LENGTH = {"hour": 60, "day": DAY_MINUTES}
LOST = 0.0004
"""Share of records that an honest logger loses."""
CUT_CHANCE = 0.15
"""Chance of a day with a short cut of the network, after which the logger sends what it kept."""
CLOCK_AHEAD = 17
"""Minutes that a clock is ahead which runs wrong."""
LATE_MINUTES = 400
MISSING = 0.3
_CUT, _CUT_AT, _CUT_LONG = 20, 21, 22
SALT = {"minute": 11, "hour": 12, "day": 13}


@dataclass(frozen=True)
class Sent:
    """Which records go out, with what time label (local minute), and when they arrive [µs since 1970, UTC]."""

    kept: np.ndarray
    label: np.ndarray
    received: np.ndarray


class Sending(Numbered, Protocol):
    """An outlet with its logger."""

    @property
    def device(self) -> Device: ...


def delivery(outlet: Sending, day: date, period: str, start: np.ndarray, deeds: Sequence[Deed]) -> Sent:
    """Of records that start at the given local minutes of a day."""
    rng = day_rng(outlet, day, SALT[period])
    length = MINUTE_LENGTH.get(period, outlet.device.interval)
    chance, delay = rng.random(len(start)), rng.random(len(start))
    kept = chance >= (LOST if period == "minute" else 0)
    end = start + length
    arrives = end.astype(float) + {"minute": 0.05, "hour": 1.2, "day": 6.0}[period] + 0.4 * delay
    arrives = _after_cut(outlet, day, arrives)
    label = start.copy()
    for deed in deeds:
        when = during(deed, start)
        if deed.kind == "missing" and period == "minute":
            kept &= ~(when & (chance < MISSING))
        elif deed.kind == "offline":
            kept &= ~when
        elif deed.kind == "late":
            arrives = np.where(when, arrives + LATE_MINUTES * (0.6 + 0.4 * delay), arrives)
        elif deed.kind == "clock_drift" and period == "minute":
            last = minute_of(deed.until) - CLOCK_AHEAD
            label = np.where(when, label + CLOCK_AHEAD // length * length, label)
            kept &= ~(
                when & (start >= last)
            )  # set right again: these labels come a second time, the later ones stay
    received = epoch_us(0) + (arrives * MICROSECONDS).astype(np.int64)
    return Sent(kept, label, received)


def _after_cut(outlet: Numbered, day: date, arrives: np.ndarray) -> np.ndarray:
    """What would arrive during a cut comes after it, in order."""
    d = day_draws(outlet, day)
    if d[_CUT] >= CUT_CHANCE:
        return arrives
    begin = day.toordinal() * DAY_MINUTES + 1300 * d[_CUT_AT]
    end = begin + 5 + 55 * d[_CUT_LONG]
    inside = (arrives >= begin) & (arrives < end)
    moved: np.ndarray = np.where(inside, end + 0.02 * np.cumsum(inside), arrives)
    return moved
