"""When parts of this installation did not work, in the time that the clock shows: what that explains is nobody else's fault.

A part has an outage where the clock passed through moments that none of its lives saw: it was stopped or killed, the power
was off, the machine stood still, or the replay jumped over them (`moved`). A moment that a part has seen once, before a
replay was set back, is none. Before its first life a part was not installed yet.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from bihuan.domain.outages import OUTAGES
from bihuan.heartbeat import PARTS, SLACK, Life, Moment, lives, moment


@dataclass(frozen=True)
class Outage:
    """A part did not work from `since` until `until` (exclusive), as the clock shows them.

    real: how long it really took [s]. moved: the clock was set further than that. open: it goes on.
    """

    part: str
    since: datetime
    until: datetime
    real: float
    moved: bool = False
    open: bool = False


def outages(
    start: datetime, until: datetime, parts: Iterable[str] = PARTS, *, data: Path | None = None
) -> list[Outage]:
    """The outages of parts within [start, until), those that begin first first."""
    folder = data or Path(os.environ.get("BIHUAN_DATA", "data"))
    now = moment()
    found = [o for part in parts for o in without(part, lives(folder, part), now)]
    cut = [
        replace(o, since=max(o.since, start), until=min(o.until, until), open=o.open and o.until <= until)
        for o in found
        if o.since < until and o.until > start
    ]
    return sorted(cut, key=lambda o: (o.since, o.part))


def without(part: str, known: Sequence[Life], now: Moment | None) -> list[Outage]:
    """Where no life covers what the clock showed between the first of them and `now` (None: their end)."""
    found: list[Outage] = []
    if not known:
        return found
    reaching = [*known[:-1], _going_on(known[-1], now)]
    ordered = sorted(reaching, key=lambda life: (life.since.shown, life.last.shown))
    reached = ordered[0].last
    for life in ordered[1:]:
        if life.since.shown > reached.shown + SLACK:
            found.append(_between(part, reached, life.since))
        reached = max(reached, life.last, key=lambda at: at.shown)
    if now is not None and now.shown > reached.shown + SLACK and not reached.leads_to(now):
        found.append(replace(_between(part, reached, now), open=True))
    return found


def _going_on(newest: Life, now: Moment | None) -> Life:
    """The newest life reaches to now, unless it was stopped or its last beat is too long ago."""
    alive = now is not None and not newest.stopped and newest.last.leads_to(now)
    return replace(newest, last=now) if alive and now is not None else newest


def explaining(start: datetime, until: datetime, *parts: str, data: Path | None = None) -> pl.DataFrame:
    """OUTAGES within [start, until): the times in which one of the parts did not work."""
    rows = [(o.since, o.until) for o in outages(start, until, parts, data=data)]
    return pl.DataFrame(rows, schema=OUTAGES, orient="row")


def _between(part: str, last: Moment, first: Moment) -> Outage:
    real, shown = first.real - last.real, first.shown - last.shown
    moved = not (real >= 0 and shown <= real * max(last.speed, first.speed) + SLACK)
    return Outage(part, _instant(last.shown), _instant(first.shown), max(real, 0.0), moved)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
