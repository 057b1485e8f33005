"""Chance that depends only on outlet and day, so that any day can be made alone and always comes out the same."""

from collections.abc import Hashable
from datetime import date
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float64]
MINUTES = 1440
ROWS = 28


class Numbered(Hashable, Protocol):
    """What has noise of its own: an outlet of gas or of sewage."""

    @property
    def seed(self) -> int: ...

    @property
    def number(self) -> int: ...


def day_rng(outlet: Numbered, day: date, salt: int) -> np.random.Generator:
    """A generator of one outlet, day and purpose."""
    return np.random.default_rng((outlet.seed, outlet.number, day.toordinal(), salt))


@lru_cache(maxsize=64)
def white(outlet: Numbered, day: date) -> Array:
    """Standard normal noise of a day: ROWS x 1440."""
    made: Array = day_rng(outlet, day, 0).standard_normal((ROWS, MINUTES))
    return made


@lru_cache(maxsize=4096)
def day_draws(outlet: Numbered, day: date) -> Array:
    """Uniform numbers in [0, 1) of a day: 64 of them, each with its use."""
    made: Array = day_rng(outlet, day, 1).random(64)
    return made


def lagged(x: Array, tau: float) -> Array:
    """First-order response with a time constant of `tau` minutes, in balance at the first value."""
    alpha = 1 - np.exp(-1 / tau)
    return pl.Series(x).ewm_mean(alpha=alpha, adjust=False).to_numpy().copy()


def wander(x: Array, tau: float) -> Array:
    """White noise -> noise of unit variance with a memory of `tau` minutes, from the first value on."""
    alpha = 1 - np.exp(-1 / tau)
    gain = np.sqrt((2 - alpha) / alpha)
    out: Array = lagged(np.concatenate([x[:1] / gain, x[1:]]), tau) * gain
    return out
