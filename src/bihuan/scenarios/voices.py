"""Voices (会商): what people and other houses say of the days ahead, and why the machine says what it says.

A scenario folder that carries `voices.py` is asked; nothing here names one. Without any, the machine speaks alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.scenarios import rooms


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


def published(place: str, at: datetime) -> Published | None:
    """The published forecast that stands for a place at a moment; None when the machine speaks alone."""
    found = [p for p in (m.published(place, at) for m in rooms("voices").values()) if p is not None]
    return max(found, key=lambda p: p.at, default=None)


def opinions(place: str, first: datetime, last: datetime, known: datetime) -> pl.DataFrame:
    """All that was said of a place by others in [first, last), as known at a moment, beside the machine: OPINIONS."""
    tables: list[pl.DataFrame] = [m.opinions(place, first, last, known) for m in rooms("voices").values()]
    return pl.concat([pl.DataFrame(schema=OPINIONS), *tables])


def opinion_hours(place: str, first: datetime, last: datetime, known: datetime) -> pl.DataFrame:
    """The hours that others spoke of in [first, last) and that differ from the machine's, beside it: HOURS."""
    tables: list[pl.DataFrame] = [
        m.opinion_hours(place, first, last, known) for m in rooms("voices").values()
    ]
    return pl.concat([pl.DataFrame(schema=HOURS), *tables])


@dataclass(frozen=True)
class Side:
    """What one voice of a run says of the days: `days` date -> (AQI, primary item); `url` opens all of them.

    kind: machine, member or guidance.
    """

    kind: str
    name: str
    days: dict[date, tuple[float, str]]
    url: str


def sides(run_id: str, place: str, known: datetime) -> list[Side]:
    """The machine, its members and guidance as known at a moment, side by side; only the machine where nothing else is kept."""
    return [side for m in rooms("voices").values() for side in m.sides(run_id, place, known)]


def why(run_id: str, place: str) -> list[str]:
    """Why a run says what it says of a place, in a few lines in the language of the reader; none when nobody knows."""
    return [line for m in rooms("voices").values() for line in m.why(run_id, place)]
