"""What people and other houses say of the days ahead, and why the machine says what it says: all scenarios asked.

Without any that says something, the machine speaks alone.
"""

from datetime import datetime

import polars as pl

from bihuan.scenarios.other_forecasts import HOURS, OPINIONS, OtherForecasts, Published, Side
from bihuan.scenarios.resolved import every_scenario


def _asked() -> list[OtherForecasts]:
    return [s.other_forecasts for s in every_scenario().values() if s.other_forecasts is not None]


def published(place: str, at: datetime) -> Published | None:
    """The published forecast that stands for a place at a moment; None when the machine speaks alone."""
    found = [p for p in (m.published(place, at) for m in _asked()) if p is not None]
    return max(found, key=lambda p: p.at, default=None)


def opinions(place: str, first: datetime, last: datetime, known: datetime) -> pl.DataFrame:
    """All that was said of a place by others in [first, last), as known at a moment, beside the machine: OPINIONS."""
    tables = [m.opinions(place, first, last, known) for m in _asked()]
    return pl.concat([pl.DataFrame(schema=OPINIONS), *tables])


def opinion_hours(place: str, first: datetime, last: datetime, known: datetime) -> pl.DataFrame:
    """The hours that others spoke of in [first, last) and that differ from the machine's, beside it: HOURS."""
    tables = [m.opinion_hours(place, first, last, known) for m in _asked()]
    return pl.concat([pl.DataFrame(schema=HOURS), *tables])


def sides(run_id: str, place: str, known: datetime) -> list[Side]:
    """The machine, its members and guidance as known at a moment, side by side; only the machine where nothing else is kept."""
    return [side for m in _asked() for side in m.sides(run_id, place, known)]


def why(run_id: str, place: str) -> list[str]:
    """Why a run says what it says of a place, in a few lines in the language of the reader; none when nobody knows."""
    return [line for m in _asked() for line in m.why(run_id, place)]
