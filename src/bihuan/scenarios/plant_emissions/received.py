"""What loggers sent and what follows from it, as it was known at a moment: the archive's rows -> tables of a medium."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from bihuan.archive.devices import last_of_each
from bihuan.domain.outlets import reading
from bihuan.domain.outlets.quality_control import controlled
from bihuan.domain.outlets.tables import Watched, empty
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.feeds.hj212 import decode_stream
from bihuan.heartbeat import RECEIVER
from bihuan.outages import explaining
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.medium import Medium

FIELDS = (*reading.VALUES, *reading.CONVERTED_VALUES, reading.AMOUNT, "Flag")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Seen:
    """Outlets with their minutes and hours in a span; hours out of control (失控) are invalid."""

    outlets: pl.DataFrame
    minutes: pl.DataFrame
    hours: pl.DataFrame
    marks: pl.DataFrame
    uncontrolled: pl.DataFrame


def versions(factors: pl.DataFrame, start: datetime, until: datetime, known: datetime) -> pl.LazyFrame:
    """Every version of the loggers' rows with start in [start, until) that had been received by `known`."""
    loggers = factors["mn"].unique().to_list()
    return archive().devices.versions(start, until - MICROSECOND, loggers, as_of=known)


def last(factors: pl.DataFrame, start: datetime, until: datetime, known: datetime, *cn: str) -> pl.DataFrame:
    """The last version of the loggers' records of some commands in [start, until), as received by `known`."""
    wanted = pl.col("cn").is_in(cn) & pl.col("field").is_in(FIELDS)
    codes = factors["code"].unique().to_list()
    rows = versions(factors, start, until, known).filter(wanted, pl.col("code").is_in(codes))
    return last_of_each(rows).collect()


def seen(medium: Medium, codes: Collection[str], start: datetime, until: datetime, known: datetime) -> Seen:
    """Minutes and hours of outlets in [start, until), both whole hours, as known at `known`; minutes up to 1 min older."""
    outlets = register.outlets_table(codes)
    marks = register.marks_table(codes, start, until, known)
    whole = max(known.replace(second=0, microsecond=0), start)
    minutes = minutes_of(medium, archive().root, tuple(sorted(codes)), start, until, whole)
    lost = register.uncontrolled_table(codes, known)
    hours = _kept_hours(_given(medium, minutes, outlets, marks, lost, start))
    return Seen(outlets, minutes, hours, marks, lost)


@dataclass(frozen=True, eq=False)
class _Given:
    """What hours are made of, by the rules of the local date `on`. Two are equal when they are of the same minutes, and say the same beside them."""

    medium: Medium
    minutes: pl.DataFrame
    outlets: pl.DataFrame
    marks: pl.DataFrame
    lost: pl.DataFrame
    on: date
    rules: object

    def __hash__(self) -> int:
        return hash((id(self.minutes), self.on))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Given) or self.minutes is not other.minutes:
            return False
        tables = ((self.outlets, other.outlets), (self.marks, other.marks), (self.lost, other.lost))
        return (self.on, self.rules) == (other.on, other.rules) and all(a.equals(b) for a, b in tables)

    def hours(self) -> pl.DataFrame:
        """HOURS; those out of control (失控) are invalid."""
        if self.minutes.is_empty():
            return empty(self.medium.tables.hours)
        made = self.medium.hours(self.minutes, self.outlets, self.marks, self.on)
        return controlled(made, self.lost, self.medium.pollutants)


def _given(
    medium: Medium,
    minutes: pl.DataFrame,
    outlets: pl.DataFrame,
    marks: pl.DataFrame,
    lost: pl.DataFrame,
    start: datetime,
) -> _Given:
    on = start.astimezone(CST).date()
    rules = None if minutes.is_empty() else medium.rules(on)  # long ago there were no rules, and no minutes
    return _Given(medium, minutes, outlets, marks, lost, on, rules)


@lru_cache(maxsize=16)
def _kept_hours(given: _Given) -> pl.DataFrame:
    """Several people, and several parts of one page, look at the hours of the same minutes."""
    return given.hours()


@lru_cache(maxsize=16)
def minutes_of(
    medium: Medium, _archive: Path, codes: tuple[str, ...], start: datetime, until: datetime, known: datetime
) -> pl.DataFrame:
    """MINUTES of outlets. Reading them is most of a page's time, and several people look at the same minute."""
    factors = register.factors_table(codes)
    return reading.wide_minutes(last(factors, start, until, known, "2051"), factors, medium.tables.minutes)


def watched(medium: Medium, codes: Collection[str], start: datetime, known: datetime) -> Watched:
    """Everything that the checks look at, from `start` on, as known at `known`.

    When no logger at all has sent anything for an hour the fault is ours, not the plants': it is judged as of then.
    """
    factors = register.factors_table(codes)
    rows = versions(factors, start, known + timedelta(days=1), known).collect()
    outlets = register.outlets_table(codes)
    marks = register.marks_table(codes, start, known, known)
    lost = register.uncontrolled_table(codes, known)
    current = last_of_each(rows.lazy()).collect()
    minutes = reading.wide_minutes(current, factors, medium.tables.minutes)
    return medium.watched(
        as_of=as_of(rows, known),
        outlets=outlets,
        minutes=minutes,
        hours=_given(medium, minutes, outlets, marks, lost, start).hours(),
        uncontrolled=lost,
        limits=medium.limits(codes),
        spans=register.spans_table(codes),
        logged_hours=reading.logged_hours(current, factors, medium.tables.logged),
        logged_days=reading.logged_days(current, factors, medium.tables.logged),
        marks=marks,
        parameters=reading.parameters(with_subjects(current), factors),
        logs=reading.logs(current, factors),
        corrections=reading.corrections(rows, factors, medium.units),
        arrivals=reading.arrivals(rows, factors),
        outages=explaining(start, known, RECEIVER),
    )


def as_of(rows: pl.DataFrame, known: datetime) -> datetime:
    """When outlets are judged: silence of all loggers is no fault of theirs, then it is an hour after the last receipt."""
    came = rows["received"].max()
    return min(known, came + HOUR) if isinstance(came, datetime) else known


def with_subjects(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the factor (PolId) that each report of a parameter speaks of.

    Rows of before 2026-12 do not say it: there it stands in the packet only.
    """
    silent = pl.col("code").is_in(list(reading.REPORTED)) & (pl.col("subject") == "")
    positions = rows.filter(silent)["journal"].unique().to_list()
    if not positions:
        return rows
    found = {position: polluter(position) for position in positions}
    in_packet = pl.col("journal").replace_strict(found, default="", return_dtype=pl.String)
    return rows.with_columns(subject=pl.when(silent).then(in_packet).otherwise("subject"))


def polluter(position: int) -> str:
    """PolId of the packet at a journal position; empty where it says none."""
    pieces = list(decode_stream(archive().devices.journal.read(position).data))
    found = next((p.cp["top"].get("PolId") for p in pieces if p.accepted), None)
    return str(found or "")
