"""Which checks look at sensors, and what a sensor has sent: the lines of business say it (`sensing_by`)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.checks import Check
from bihuan.domain.timeaxis import INSTANT

MEASURED = pl.Schema({"target": pl.String(), "item": pl.String(), "start": INSTANT})
"""Whole hours in which a sensor sent what a check can judge: valid, and under no mark."""

Place = tuple[str, str, str]
"""Kind of target, target, item."""
Measured = Callable[[Check, Collection[Place], datetime, datetime], pl.DataFrame]
"""`measured(check, places, start, until)`: MEASURED of the places within [start, until), as known at `until`."""


@dataclass(frozen=True)
class Closing:
    """What a line of business says of closing cases of its checks.

    normal_hours: of measurements without a finding that show that it is over; of_check: the same where a check needs
    others. watch_days: after closing, in which a relapse reopens the case.
    """

    measured: Measured
    normal_hours: int
    watch_days: int
    of_check: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sensing:
    """A check that looks at sensors again and again, each time at the last `look_back`, with what its folder says of closing."""

    check: Check
    look_back: timedelta
    closing: Closing

    @property
    def normal_hours(self) -> int:
        """Hours of measurements without a finding that show that it is over."""
        return self.closing.of_check.get(self.check.key, self.closing.normal_hours)

    @property
    def watch(self) -> timedelta:
        """观察期: how long after closing a relapse reopens the case."""
        return timedelta(days=self.closing.watch_days)


_providers: list[Callable[[], Mapping[str, Sensing]]] = []


def sensing_by(provider: Callable[[], Mapping[str, Sensing]]) -> None:
    """Let a provider say which checks look at sensors, by their keys; it is asked when a case is looked at, not before."""
    _providers.append(provider)


def every_sensing() -> dict[str, Sensing]:
    """The checks that look at sensors, by their keys."""
    return {key: sensing for provider in _providers for key, sensing in provider().items()}


def of_places(long: pl.DataFrame, places: Collection[Place], items: Collection[str]) -> pl.DataFrame:
    """MEASURED of places out of the hours of single items (`long`, as MEASURED); a place whose item is none of these
    `items`, such as the logger as a whole, takes the hours in which any of them was measured."""
    anything = long.select("target", pl.lit("").alias("item"), "start").unique()
    rows = [(target, item, item if item in items else "") for _kind, target, item in places]
    asked = pl.DataFrame(rows, schema={"target": pl.String, "item": pl.String, "of": pl.String}, orient="row")
    every = pl.concat([long.select(list(MEASURED)), anything]).rename({"item": "of"})
    return asked.unique().join(every, on=["target", "of"]).select(list(MEASURED)).cast(MEASURED)
