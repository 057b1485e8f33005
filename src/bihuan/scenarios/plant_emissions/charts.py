"""What the panels of all outlets share: numbers and times as the chart element takes them, limits as lines, marks as bands."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.timeaxis import HOUR, INSTANT, local_date
from bihuan.scenarios.plant_emissions.items import LABELS, UNITS
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.received import Seen, seen

if TYPE_CHECKING:
    from bihuan.scenarios.plant_emissions.medium import Medium

K = TypeVar("K", bound=Hashable)
BACK = timedelta(hours=72)
MINUTES_BACK = timedelta(hours=24)


def millis(column: pl.Series) -> list[int]:
    """Instants as the chart counts them."""
    return [int(t.timestamp() * 1000) for t in column]


def values(column: pl.Series) -> list[float | None]:
    """Numbers as the chart takes them."""
    return [None if v is None else round(float(v), 3) for v in column]


def each_time(
    frame: pl.DataFrame, in_force: Callable[[date], Mapping[K, float]]
) -> dict[K, list[float | None]]:
    """What is in force at each `start` of a frame; `in_force` says it of a day. Limits begin and end with days."""
    days = frame.select(local_date()).to_series().to_list()
    of_day = {day: in_force(day) for day in sorted(set(days))}
    keys = dict.fromkeys(key for found in of_day.values() for key in found)
    return {key: [of_day[day].get(key) for day in days] for key in keys}


def limit_lines(
    own: Sequence[tuple[str, list[float | None]]], times: list[int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Limits as step lines, and those that hold over all times as lines across the panel, which have a label.

    The last one, the strictest, is always a step line, too: so it is always inside the panel.
    """
    named = [(_label(name, data), data) for name, data in own]
    steady = [len(set(data)) == 1 for _name, data in own]
    steps = [
        {"name": name, "times": times, "data": data, "quiet": True, "dashed": True, "step": True}
        for number, (name, data) in enumerate(named, 1)
        if number == len(named) or not steady[number - 1]
    ]
    across = [
        {"value": data[0], "label": name} for (name, data), holds in zip(named, steady, strict=True) if holds
    ]
    return steps, across


def _label(name: str, data: list[float | None]) -> str:
    """`限值 100 → 40`: the values one after the other."""
    values = [v for n, v in enumerate(data) if v is not None and (n == 0 or v != data[n - 1])]
    return f"{name} {' → '.join(f'{v:g}' for v in values)}"


def minutes_of_span(data: Seen, start: datetime, now: datetime) -> pl.DataFrame:
    """Every record of the span as it came, with gaps where none came. `<p>_zs` is the logger's own conversion."""
    step = data.outlets["interval"].to_list()[0] if data.outlets.height else 1
    grid = pl.datetime_range(start, now, f"{step}m", eager=True, time_unit="us").cast(INSTANT)
    return grid.alias("start").to_frame().join(data.minutes, on="start", how="left").sort("start")


def span(now: datetime, *, minutes: bool) -> tuple[datetime, datetime]:
    """What curves of hours, or of minutes, show at a moment; hours stand at their start, as in HJ 212."""
    end = now.replace(minute=0, second=0, microsecond=0) + (HOUR if minutes else timedelta(0))
    return end - (MINUTES_BACK if minutes else BACK), end


def hours_of_span(
    data: Seen, code: str, start: datetime, end: datetime, counted: Mapping[str, str]
) -> pl.DataFrame:
    """Every hour of the span; a value only where the column that `counted` names says that it is valid."""
    hours = whole_hours(data.hours, [code], data.marks, since=start, until=end)
    return hours.with_columns(pl.when(valid).then(name).alias(name) for name, valid in counted.items())


@dataclass(frozen=True)
class Look:
    """What the curves of an outlet stand on: the rows of the span, their times, and which of them a mark covers."""

    frame: pl.DataFrame
    times: list[int]
    covered: list[bool]


def look(
    medium: "Medium", outlet: Outlet, now: datetime, counted: Mapping[str, str], *, minutes: bool
) -> Look:
    """The last 72 hours, or the minutes of the last 24 hours. counted: as `hours_of_span` takes it."""
    start, end = span(now, minutes=minutes)
    data = seen(medium, [outlet.code], start, end, now)
    frame = (
        minutes_of_span(data, start, now)
        if minutes
        else hours_of_span(data, outlet.code, start, end, counted)
    )
    return Look(frame, millis(frame["start"]), marked(data, frame))


def curves(panels: list[dict[str, Any]], times: list[int], now: datetime) -> dict[str, Any]:
    """Panels as the chart element takes them."""
    return {"panels": panels, "times": times, "now": int(now.timestamp() * 1000), "nowLabel": _("现在")}


def marked(data: Seen, frame: pl.DataFrame) -> list[bool]:
    """Which times of a frame a mark covers."""
    spans = list(data.marks.select("start", "until").iter_rows())
    return [any(a <= t < b for a, b in spans) for t in frame["start"]]


def bands_of(covered: list[bool], times: list[int], top: float) -> list[dict[str, Any]]:
    """Marked times as a band from zero to `top`, if there are any."""
    if not any(covered):
        return []
    low = [0.0 if m else None for m in covered]
    high = [top if m else None for m in covered]
    return [{"name": _("标记"), "times": times, "low": low, "high": high}]


def beside(name: str, frame: pl.DataFrame, times: list[int]) -> dict[str, Any]:
    """A panel of one quantity alone."""
    line = {"name": _(LABELS[name]), "times": times, "data": values(frame[name])}
    return {"title": _(LABELS[name]), "unit": UNITS[name], "series": [line]}
