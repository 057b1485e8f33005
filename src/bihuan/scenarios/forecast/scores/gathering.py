"""What frozen runs said of a place beside what was measured: the pairs that every score of a span is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import polars as pl
from django.conf import settings
from django.db.models import Max

from bihuan import clock
from bihuan.archive.forecasts import STAMP
from bihuan.asked import month_of
from bihuan.domain.forecast.areas import is_area
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.statistics import city_days, daily_values, published_days
from bihuan.domain.timeaxis import CST, day_start
from bihuan.domain.verification import references
from bihuan.domain.verification.days import day_damped, day_persistence, measured_long, paired_days
from bihuan.domain.verification.kinds import humidity_kinds, weather_kinds
from bihuan.domain.verification.pairs import observed_long, paired
from bihuan.kit import air
from bihuan.kit.runs import forecasts
from bihuan.registry.forecasting import stations_of
from bihuan.registry.hours import archive, hours_of
from bihuan.registry.models import ValueDecision

RECENT = timedelta(days=14)
REACH = timedelta(days=8)
BEFORE = timedelta(days=35)
MODELS = {"ours": "本系统", "persistence": "持续性", "damped": "阻尼持续性"}


class Span(NamedTuple):
    """Runs issued in [first, last); `key` is `recent` or a month such as `2019-02`."""

    key: str
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Gathered:
    """Everything known of a place's runs of a span, as of the clock.

    said: hours of the runs, model `ours`. measured: site, item, start, observed. hours: pairs of all models of
    MODELS, with `block`. days: pairs of days of all models, with `ahead`. index: rows of the runs'
    days for AQI. members: paths of days. published: site, date, aqi, level, primary as measured.
    """

    place: str
    span: Span
    runs: tuple[str, ...]
    said: pl.DataFrame
    measured: pl.DataFrame
    hours: pl.DataFrame
    days: pl.DataFrame
    index: pl.DataFrame
    members: pl.DataFrame
    published: pl.DataFrame


def recent(now: datetime) -> Span:
    """The last 14 days."""
    return Span("recent", now - RECENT, now + timedelta(seconds=1))


def month_span(month: str) -> Span:
    """A calendar month in China, such as `2019-02`. Raises ValueError for anything else."""
    first = month_of(month)
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Span(month, day_start(first), day_start(after))


def months() -> list[str]:
    """All months with frozen runs up to now, latest first: runs are never deleted, so any day can be scored for ever."""
    issued = {
        (datetime.strptime(r[:16], STAMP) + timedelta(hours=8)).strftime("%Y-%m")  # noqa: DTZ007
        for r in forecasts().runs(clock.now())
    }
    return sorted(issued, reverse=True)


def runs_of(span: Span) -> tuple[str, ...]:
    """Ids of the runs of a span that had been issued by now, in order of their issue."""
    first, last = (f"{t.astimezone(UTC):{STAMP}}" for t in (span.first, span.last))
    return tuple(sorted(r for r in forecasts().runs(clock.now()) if first <= r[:16] < last))


def gathered(place: str, span: Span) -> Gathered | None:
    """The pairs of a place and span; None without any run of the place.

    Kept in memory until an hour has passed or another run was issued; months that are over are kept longer.
    """
    runs = runs_of(span)
    return _gathered(str(settings.DATA_DIR), place, span.key, runs, settled(span)) if runs else None


class State(NamedTuple):
    """What the scores of a span stand on: the newest hour that they can hold, and the last decision of a reviewer."""

    until: datetime
    decision: int


def settled(span: Span) -> State:
    """Scores stand for this hour, or for ever once all hours of their span have been measured, until a reviewer decides."""
    hour = air.whole_hour(clock.now())
    until = hour if span.key == "recent" else min(hour, span.last + REACH)
    return State(until, ValueDecision.objects.aggregate(last=Max("pk"))["last"] or 0)


@lru_cache(maxsize=24)
def _gathered(root: str, place: str, key: str, runs: tuple[str, ...], state: State) -> Gathered | None:
    now = clock.now()
    span = recent(now) if key == "recent" else month_span(key)
    store = forecasts()
    said = store.part("hours", runs, [place])
    if said.is_empty():
        return None
    said = said.filter(pl.col("item").is_in(ITEM_NAMES)).with_columns(model=pl.lit("ours"))
    codes = stations_of(place)
    rows = hours_of(codes, span.first - BEFORE, min(now, span.last + REACH), decided=True)
    measured = observed_long(rows, ITEM_NAMES, {place: codes} if is_area(place) else {})
    measured = measured.filter(pl.col("site") == place)
    days = store.part("days", runs, [place]).with_columns(model=pl.lit("ours"))
    members = store.part("members", runs, [place]).with_columns(model=pl.lit("ours"))
    published = _published(place, codes, rows, now)
    return Gathered(
        place,
        span,
        runs,
        said,
        measured,
        _hours(said, measured),
        _days(days, measured_long(published)),
        days.filter(pl.col("item") == "aqi"),
        members,
        published,
    )


def kinds_of(g: Gathered) -> pl.DataFrame:
    """start, `weather` and `humidity` kind of the place by what its stations measured; null or no row where they did not."""
    now, columns = clock.now(), ("site", "start", "wspm", "rain", "temp", "dewp")
    rows = archive().ambient.as_of(
        now, stations_of(g.place), g.span.first - timedelta(days=1), min(now, g.span.last + REACH), columns
    )
    means = rows.group_by("start").agg(pl.col(c).mean() for c in columns[2:]).collect()
    means = means.with_columns(site=pl.lit(g.place))
    weather = weather_kinds(means).select("start", weather="kind")
    damp = humidity_kinds(means).select("start", humidity="kind")
    return weather.join(damp, on="start", how="full", coalesce=True)


def stations(span: Span, codes: Sequence[str]) -> pl.DataFrame:
    """Pairs of PM2.5 in the first 24 hours at many stations: ours and persistence. Empty without runs."""
    runs = runs_of(span)
    return (
        _stations(str(settings.DATA_DIR), tuple(codes), span.key, runs, settled(span))
        if runs
        else pl.DataFrame()
    )


@lru_cache(maxsize=4)
def _stations(
    root: str, codes: tuple[str, ...], key: str, runs: tuple[str, ...], state: State
) -> pl.DataFrame:
    now = clock.now()
    span = recent(now) if key == "recent" else month_span(key)
    said = forecasts().part("hours", runs, codes)
    if said.is_empty():
        return said
    said = said.filter((pl.col("item") == "pm25") & (pl.col("lead") <= 24)).with_columns(model=pl.lit("ours"))
    rows = hours_of(codes, span.first - BEFORE, min(now, span.last + REACH), decided=True)
    measured = observed_long(rows, ["pm25"])
    return paired(pl.concat([said, references.persistence(said, measured)], how="diagonal"), measured)


def _hours(said: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    keep = ["site", "item", "issued", "start", "lead", "mean", "model"]
    beside = [
        made(said, measured).with_columns(model=pl.lit(name)).select(keep)
        for name, made in (("persistence", references.persistence), ("damped", references.damped))
    ]
    return paired(pl.concat([said, *beside], how="diagonal"), measured)


def _days(days: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    damped = day_damped(days, measured).with_columns(model=pl.lit("damped"))
    all_three = pl.concat([days, day_persistence(days, measured), damped], how="diagonal")
    return paired_days(all_three, measured).filter(pl.col("ahead") >= 1)


def _published(place: str, codes: list[str], rows: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Whole days that were measured, of a station or an area, as published; the running day is not one."""
    days = daily_values(rows).filter(pl.col("date") < now.astimezone(CST).date())
    if is_area(place):
        days = city_days(days, pl.DataFrame({"site": codes, "city": [place] * len(codes)}))
    return published_days(days)
