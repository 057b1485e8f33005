"""What people and other houses say of the days ahead beside the machine (会商): the types of what a scenario tells of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.domain.timeaxis import INSTANT


@dataclass(frozen=True)
class PublishedDay:
    """A day of a published forecast: AQI range and value, level numbers, primary items, items (name -> low, value, high)."""

    date: date
    low: float
    value: float
    high: float
    levels: tuple[int, ...]
    primary: str
    items: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Published:
    """The forecast that people have published for a place: who, when, from which run, for which days; `url` opens it."""

    place: str
    version: int
    made_by: str
    approved_by: str
    at: datetime
    run_id: str
    reason: str
    days: tuple[PublishedDay, ...]
    url: str
    simulated: bool


OPINIONS: dict[str, Any] = {
    "voice": pl.String,
    "key": pl.String,
    "model": pl.String,
    "site": pl.String,
    "item": pl.String,
    "date": pl.Date,
    "issued": INSTANT,
    "low": pl.Float64,
    "value": pl.Float64,
    "high": pl.Float64,
    "primary": pl.String,
}
"""voice: `person` or `guidance`; key: which opinion; model: that voice, or `ours` for the machine on the same occasion."""


HOURS: dict[str, Any] = {
    "voice": pl.String,
    "key": pl.String,
    "model": pl.String,
    "site": pl.String,
    "item": pl.String,
    "start": INSTANT,
    "issued": INSTANT,
    "value": pl.Float64,
}
"""As OPINIONS, for hours."""


@dataclass(frozen=True)
class Side:
    """What one voice of a run says of the days: `days` date -> (AQI, primary item); `url` opens all of them.

    kind: machine, member or guidance.
    """

    kind: str
    name: str
    days: dict[date, tuple[float, str]]
    url: str


@dataclass(frozen=True)
class OtherForecasts:
    """What a scenario says of a place beside the machine, as known at a moment.

    published(place, at): the forecast that people published and that stands then. opinions and opinion_hours(place,
    first, last, known): all that was said of days (OPINIONS) and hours (HOURS) in [first, last), beside the machine on the
    same occasion; hours only where they differ. sides(run, place, known): the voices of a run side by side. why(run,
    place): why the run says what it says, in a few lines in the language of the reader; none when nobody knows.
    """

    published: Callable[[str, datetime], Published | None]
    opinions: Callable[[str, datetime, datetime, datetime], pl.DataFrame]
    opinion_hours: Callable[[str, datetime, datetime, datetime], pl.DataFrame]
    sides: Callable[[str, str, datetime], list[Side]]
    why: Callable[[str, str], list[str]]
