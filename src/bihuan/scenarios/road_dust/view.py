"""What is told of roads: the ranking of a month, one segment over a year, the coverage of the work log; as known at the clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.road_dust.coverage import PLAN, WASH, covered
from bihuan.domain.road_dust.emission import POLLUTANTS, Road, factors, grams, kg_a_day, tonnes_a_year
from bihuan.domain.road_dust.grades import DIRT, SILT, grade_of
from bihuan.domain.road_dust.rules import rules_on
from bihuan.domain.road_dust.scores import scores
from bihuan.domain.timeaxis import day_start, local_date, next_month
from bihuan.kit.spans import today
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.road_dust.models import Sample, Segment
from bihuan.scenarios.road_dust.reading import passes_of, weather_between, work_between

SHOWN = 20
"""So many of the dirtiest and of the cleanest are published."""
SAMPLE_OLD = timedelta(days=365)
"""A sample that is older says nothing of today."""
MONTHS = 13
Row = Mapping[str, Any]


def segments_seen(person: Person) -> QuerySet[Segment]:
    """The segments in use today that a person may see."""
    rows = Segment.objects.filter(there_on(today())).select_related("region", "organisation")
    return visible(rows.order_by("region_id", "code"), person)


def scored(month: date) -> dict[str, Row]:
    """SCORES of a month by segment, of the whole net."""
    found = scores(passes_of(month, clock.now()), rules_on(month))
    return {row["segment"]: row for row in found.iter_rows(named=True)}


def newest_samples(segments: Iterable[str], on: date) -> dict[str, Sample]:
    """The newest sample of each segment up to a day, none that is older than a year."""
    rows = Sample.objects.filter(segment__in=list(segments), day__lte=on, day__gt=on - SAMPLE_OLD).order_by(
        "day"
    )
    return {sample.segment_id: sample for sample in rows}


@dataclass(frozen=True)
class Line:
    """A segment in a month. found, before: its SCORES of this month and the one before, empty where nobody drove."""

    segment: Segment
    found: Row
    before: Row
    sample: Sample | None

    @property
    def rank(self) -> int | None:
        """1 is the dirtiest; None: too few passes."""
        return self.found.get("rank")

    @property
    def moved(self) -> float | None:
        """By how much its share of the rank rose: above 0 it became cleaner than others."""
        share, before = self.found.get("share"), self.before.get("share")
        return None if share is None or before is None else share - before

    @property
    def silt(self) -> float | None:
        """sL of the newest sample [g/m²]."""
        return self.sample.silt if self.sample else None

    @property
    def grade(self) -> str | None:
        """Of the silt load by class of road."""
        return (
            None
            if self.silt is None or self.sample is None
            else grade_of(SILT, self.segment.kind, self.silt, self.sample.day)
        )

    @property
    def dirt_grade(self) -> str | None:
        """Of the dirt that remained, by class of cleaning; None where no class is registered."""
        if self.sample is None or self.sample.dirt is None:
            return None
        return grade_of(DIRT, self.segment.cleaning, self.sample.dirt, self.sample.day)


def lines_of(segments: Sequence[Segment], month: date) -> list[Line]:
    """Segments in a month, the dirtiest first, those without a rank last."""
    now, before = scored(month), scored(next_month(month, -1))
    samples = newest_samples([s.pk for s in segments], next_month(month) - timedelta(days=1))
    lines = [Line(s, now.get(s.pk, {}), before.get(s.pk, {}), samples.get(s.pk)) for s in segments]
    return sorted(lines, key=lambda x: (x.rank is None, x.rank or 0, x.segment.pk))


@dataclass(frozen=True)
class Group:
    """Segments of a unit or county. share: mean of the shares of their ranks; worst: how many are among the dirtiest that are published."""

    name: str
    segments: int
    ranked: int
    share: float | None
    worst: int
    bad: int


def groups_of(lines: Sequence[Line], name: Any) -> list[Group]:
    """Lines by what `name` gives, the dirtiest first."""
    by: dict[str, list[Line]] = {}
    for line in lines:
        by.setdefault(name(line.segment), []).append(line)
    groups = [_group(key, some) for key, some in by.items()]
    return sorted(groups, key=lambda g: (g.share is None, g.share or 0, g.name))


def _group(name: str, lines: Sequence[Line]) -> Group:
    shares = [x.found["share"] for x in lines if x.rank is not None]
    share = sum(shares) / len(shares) if shares else None
    worst = sum(1 for x in lines if x.rank is not None and x.rank <= SHOWN)
    return Group(name, len(lines), len(shares), share, worst, sum(1 for x in lines if x.grade == "bad"))


@dataclass(frozen=True)
class Emitted:
    """Dust of a pollutant: g that a vehicle raises on a km, kg of a dry day, t of a year; `watered` with the watering that the log shows, None without it."""

    pollutant: str
    grams: float
    kg: float | None
    tonnes: float | None
    watered: float | None


def emission_of(line: Line, washes_a_day: float | None, wet_days: int) -> list[Emitted]:
    """What a segment lets rise; nothing without silt and weight. kg and t only where vehicles are known."""
    s, silt = line.segment, line.silt
    if silt is None or s.tonnes is None or line.sample is None:
        return []
    k, down = factors("k", line.sample.day), factors("watering", line.sample.day)
    made = []
    for p in POLLUTANTS:
        g = grams(k[p], silt, s.tonnes)
        road = None if s.vehicles is None else Road(silt, s.tonnes, s.vehicles, s.km)
        kg, t = (None, None) if road is None else (kg_a_day(g, road), tonnes_a_year(g, road, wet_days))
        watered = (
            grams(k[p], silt, s.tonnes, down[p])
            if washes_a_day is not None and washes_a_day >= TWICE
            else None
        )
        made.append(Emitted(p, g, kg, t, watered))
    return made


TWICE = 2.0
"""Waterings a day for which the guide gives an efficiency."""


def washes_a_day(work: pl.DataFrame, days: int) -> float | None:
    """Mean waterings a day of the log; None without any row of it."""
    return work.filter(pl.col("method") == WASH).height / days if work.height and days else None


def wet_days_of(segment: Segment, until: date, known: datetime) -> int:
    """Days of the last year on which it is known to have rained so that no dust rises."""
    begin = day_start(until - SAMPLE_OLD)
    hours = weather_between({segment.weather_site} - {""}, begin, day_start(until), known)
    days = hours.group_by(local_date().alias("date")).agg(pl.col("rain").sum())
    return int((days["rain"] >= rules_on(until).wet_day).sum())


def plan_of(segments: Iterable[Segment], days: int) -> pl.DataFrame:
    """PLAN of some days; nothing of a segment whose width or plan is not known."""
    rows = [
        (s.pk, kind, s.km * 1000 * s.width * times * days)
        for s in segments
        for kind, times in (("sweeping", s.sweeps), ("washing", s.washes))
        if s.width is not None and times
    ]
    return pl.DataFrame(rows, PLAN, orient="row")


def days_over(month: date) -> int:
    """Days of a month that are over."""
    return max(0, (min(next_month(month), today()) - month).days)


def coverage_of(segments: Sequence[Segment], month: date) -> pl.DataFrame:
    """COVERED of segments in a month, as far as it is over."""
    days = days_over(month)
    until = month + timedelta(days=days)
    work = work_between([s.pk for s in segments], day_start(month), day_start(until), clock.now())
    return covered(plan_of(segments, days), work, rules_on(month))
