"""How the stations stand in a month: tests, suspicions by kind, first-pass rate, and a score of 100 from which each kind takes its points (own method).

A kind takes its whole weight from `full` of the station's tests on, and less in proportion. A station without tests has no score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from bihuan import clock
from bihuan.domain.timeaxis import CST, next_month
from bihuan.domain.vehicle_tests.forensics import KINDS, Found
from bihuan.domain.vehicle_tests.rates import far_above
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.registry.subjects import there_on
from bihuan.scenarios.inspection_stations import reading
from bihuan.scenarios.inspection_stations.models import Station
from bihuan.scenarios.inspection_stations.settings import in_force, level_on

RATE = "first_pass"
TITLES = KINDS | {RATE: "首检合格率远高于全市"}


@dataclass(frozen=True)
class Part:
    """What one kind takes off. count: tests that are suspected; share of the station's tests."""

    kind: str
    count: int
    share: float
    points: float

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.kind]


@dataclass(frozen=True)
class Line:
    """A station in a month. rate, expected: first-pass rate, and that of the others; score: None without tests; no_trace: tests whose curves did not come."""

    station: Station
    tests: int
    passed: int
    no_trace: int
    rate: float | None
    expected: float | None
    parts: tuple[Part, ...]
    score: float | None
    rank: int | None = None

    @property
    def tone(self) -> str:
        """How the score is coloured: ours."""
        if self.score is None:
            return ""
        return "good" if self.score >= 80 else "warn" if self.score >= 60 else "bad"


def moments(month: date) -> tuple[datetime, datetime]:
    """Begin and end of a month of China."""
    begin, end = (datetime.combine(day, time(), CST) for day in (month, next_month(month)))
    return begin, end


def found_in_month(month: date) -> Found:
    """What is suspected in a month, as known now."""
    begin, end = moments(month)
    return reading.found(begin, end, clock.now(), level_on(month))


def stations_seen(person: Person, region: Region | None = None) -> Sequence[Station]:
    """The stations that a person may see."""
    rows = visible(Station.objects.filter(there_on(clock.now().astimezone(CST).date())), person)
    rows = rows.select_related("region", "organisation").order_by("code")
    return list(rows.filter(region__code__startswith=prefix_of(region.code)) if region else rows)


def lines_of(stations: Sequence[Station], month: date) -> list[Line]:
    """The stations by score, the best first; without tests last."""
    found = found_in_month(month)
    whole = found.seen.group_by("site").agg(
        tests=pl.len(), passed=(pl.col("result") == "pass").sum(), no_trace=pl.col("seconds").is_null().sum()
    )
    counts = {site: tuple(rest) for site, *rest in whole.iter_rows()}
    suspected = (
        found.suspects.filter(pl.col("kind") != "no_trace")
        .group_by("site", "kind")
        .agg(count=pl.col("test").n_unique())
    )
    by: dict[str, dict[str, int]] = {}
    for site, kind, count in suspected.iter_rows():
        by.setdefault(site, {})[kind] = count
    rates = {row["site"]: row for row in found.rates.iter_rows(named=True)}
    far = set(far_above(found.rates)["site"])
    lines = [
        _line(s, counts.get(s.pk, (0, 0, 0)), by.get(s.pk, {}), rates.get(s.pk), s.pk in far)
        for s in stations
    ]
    lines.sort(key=lambda x: (x.score is None, -(x.score or 0), x.station.pk))
    return [
        Line(**{**x.__dict__, "rank": n if x.score is not None else None})
        for n, x in enumerate(lines, start=1)
    ]


def _line(
    station: Station,
    counts: tuple[int, ...],
    suspected: dict[str, int],
    rate: dict[str, float] | None,
    far: bool,
) -> Line:
    tests, passed, no_trace = counts
    settings = in_force()
    parts = [
        Part(kind, count, count / tests, settings.weights[kind] * min(1.0, count / tests / settings.full))
        for kind, count in suspected.items()
        if tests and kind in settings.weights
    ]
    if far:
        parts.append(Part(RATE, 0, 0.0, settings.rate))
    parts.sort(key=lambda p: -p.points)
    score = max(0.0, 100 - sum(p.points for p in parts)) if tests else None
    return Line(
        station, tests, passed, no_trace, rate["rate"] if rate else None, rate["expected"] if rate else None, tuple(parts), score
    )  # fmt: skip
