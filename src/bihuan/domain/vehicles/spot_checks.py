"""现场核查抽样: which rows of a ledger, days and times of video an inspector looks at. Everything follows from a seed, so that anybody can draw again.

What is drawn is ranked by SHA-256 of seed and name: neither the order of rows nor the version of a random generator changes it, and of a
ledger in which a row is missing all other rows keep their rank.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

Span = tuple[datetime, datetime]
"""From, and until when (exclusive)."""
STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class Numbers:
    """rows of the ledger, days outside orders (all days under one are looked at), periods of video, each so many minutes."""

    rows: int
    days: int
    periods: int
    minutes: int


@dataclass(frozen=True)
class Drawn:
    """rows: names in the order of their rank; days: with whether an order ran, by date; periods: by time."""

    rows: tuple[str, ...]
    days: tuple[tuple[date, bool], ...]
    periods: tuple[Span, ...]


def ranked(seed: str, kind: str, names: Iterable[str]) -> list[str]:
    """The names, each once, in the order that the seed gives to this kind of things."""
    return sorted(set(names), key=lambda name: hashlib.sha256(f"{seed}|{kind}|{name}".encode()).digest())


def draw(seed: str, rows: Iterable[str], days: Collection[date], alerts: Collection[date], spans: Collection[Span], numbers: Numbers) -> Drawn:  # fmt: skip
    """Rows by their names; of the days all of `alerts` and some others; of the spans some periods that do not overlap, none cut short."""
    other = ranked(seed, "day", (d.isoformat() for d in days if d not in alerts))[: numbers.days]
    chosen = {date.fromisoformat(d) for d in other} | (set(alerts) & set(days))
    begun = {at.isoformat(): at for span in spans for at in _slots(span, numbers.minutes)}
    length = timedelta(minutes=numbers.minutes)
    starts = sorted(begun[name] for name in ranked(seed, "period", begun)[: numbers.periods])
    return Drawn(
        tuple(ranked(seed, "row", rows)[: numbers.rows]), tuple((d, d in alerts) for d in sorted(chosen)), tuple((at, at + length) for at in starts)
    )  # fmt: skip


def _slots(span: Span, minutes: int) -> Iterator[datetime]:
    at, length = span[0].replace(second=0, microsecond=0), timedelta(minutes=minutes)
    if at < span[0]:
        at += STEP
    while at + length <= span[1]:
        yield at
        at += length
