"""What the loggers of sewage outlets sent and what follows from it, as it was known at a moment."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from bihuan.archive.devices import last_of_each
from bihuan.domain.outlets import reading
from bihuan.domain.outlets.quality_control import controlled
from bihuan.domain.outlets.tables import empty
from bihuan.domain.sewage import hours as platform
from bihuan.domain.sewage.rules import rules_on
from bihuan.domain.sewage.tables import HOURS, LOGGED, MINUTES, POLLUTANTS, UNITS, Sewers
from bihuan.domain.timeaxis import CST
from bihuan.heartbeat import RECEIVER
from bihuan.outages import explaining
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.observed import Seen, as_of, last, versions, with_subjects


def seen(codes: Collection[str], start: datetime, until: datetime, known: datetime) -> Seen:
    """Minutes and hours of sewage outlets in [start, until), both whole hours, as known at `known`; minutes up to 1 min older."""
    outlets = register.outlets_table(codes)
    marks = register.marks_table(codes, start, until, known)
    whole = max(known.replace(second=0, microsecond=0), start)
    minutes = minutes_of(archive().root, tuple(sorted(codes)), start, until, whole)
    lost = register.uncontrolled_table(codes, known)
    return Seen(outlets, minutes, hours_of_minutes(minutes, outlets, marks, lost, start), marks, lost)


def hours_of_minutes(
    minutes: pl.DataFrame, outlets: pl.DataFrame, marks: pl.DataFrame, lost: pl.DataFrame, start: datetime
) -> pl.DataFrame:
    """HOURS by the rules in force on the local date of `start`; those out of control (失控) are invalid."""
    if minutes.is_empty():
        return empty(HOURS)
    rules = rules_on(start.astimezone(CST).date())
    return controlled(platform.hours(minutes, outlets, marks, rules), lost, POLLUTANTS)


@lru_cache(maxsize=8)
def minutes_of(
    _archive: Path, codes: tuple[str, ...], start: datetime, until: datetime, known: datetime
) -> pl.DataFrame:
    """MINUTES of sewage outlets; kept a while, as several people look at the same minute."""
    factors = register.factors_table(codes)
    return reading.wide_minutes(last(factors, start, until, known, "2051"), factors, MINUTES)


def sewers(codes: Collection[str], start: datetime, known: datetime) -> Sewers:
    """Everything that the checks of sewage look at, from `start` on, as known at `known`; as `stacks` of gas."""
    factors = register.factors_table(codes)
    rows = versions(factors, start, known + timedelta(days=1), known).collect()
    outlets = register.outlets_table(codes)
    marks = register.marks_table(codes, start, known, known)
    lost = register.uncontrolled_table(codes, known)
    current = last_of_each(rows.lazy()).collect()
    minutes = reading.wide_minutes(current, factors, MINUTES)
    return Sewers(
        as_of=as_of(rows, known),
        outlets=outlets,
        minutes=minutes,
        hours=hours_of_minutes(minutes, outlets, marks, lost, start),
        uncontrolled=lost,
        limits=register.sewage_limits_table(codes),
        spans=register.spans_table(codes),
        logged_hours=reading.logged_hours(current, factors, LOGGED),
        logged_days=reading.logged_days(current, factors, LOGGED),
        marks=marks,
        parameters=reading.parameters(with_subjects(current), factors),
        logs=reading.logs(current, factors),
        corrections=reading.corrections(rows, factors, UNITS),
        arrivals=reading.arrivals(rows, factors),
        outages=explaining(start, known, RECEIVER),
    )
