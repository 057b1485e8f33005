"""What the networks of a city bring: the collection rate of its counties and of all, and where they fall short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Q

from bihuan.domain.sewage.works.collection import Collected, collected, masses
from bihuan.domain.sewage.works.months import bod_share
from bihuan.domain.sewage.works.rules import Goal, goals_on
from bihuan.domain.sewage.works.shortfalls import ranked
from bihuan.domain.timeaxis import next_month
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region
from bihuan.scenarios.sewage_works.models import Population, Works
from bihuan.scenarios.sewage_works.spans import Span
from bihuan.scenarios.sewage_works.view import Gathered, gathered, works_seen

COUNTY = 6
"""Digits of the code of a county."""


@dataclass(frozen=True)
class County:
    """A county with its collection over the span; `people` says from where its people are, None where they are not registered."""

    region: Region
    found: Collected
    people: Population | None


@dataclass(frozen=True)
class Short:
    """A place in the ranking: the works and its row of SHORT."""

    works: Works
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Network:
    """All networks that a person may see, over a span.

    whole: of the counties whose people are registered; months: (month, its Collected). towns: works that the rate leaves out.
    uncounted: counties with works but without registered people. bod: rows of `bod_share`, one for each month.
    """

    span: Span
    counties: tuple[County, ...]
    whole: Collected
    months: tuple[tuple[date, Collected], ...]
    towns: tuple[Works, ...]
    uncounted: tuple[Region, ...]
    ranking: tuple[Short, ...]
    bod: tuple[Mapping[str, Any], ...]
    goals: Mapping[str, Goal]
    names: Mapping[str, str]
    simulated: bool

    def named(self, codes: Sequence[str]) -> list[str]:
        """The names of works."""
        return [self.names[code] for code in codes]


def network_of(person: Person, span: Span) -> Network:
    """What a person may see of a span."""
    works = list(works_seen(person))
    counted = [w for w in works if w.kind != Works.Kind.TOWN]
    all_of = gathered(works, span.start, span.until)
    people = _people(person, span.until - timedelta(days=1))
    counties = tuple(_counties(counted, all_of, people, span.days))
    known = [w for w in counted if w.region_id[:COUNTY] in people]
    months = tuple((m, _of_month(all_of, known, people, m, span)) for m in _firsts(all_of))
    total = _sum(people[c] for c in sorted({w.region_id[:COUNTY] for w in known}))
    mass = masses(all_of.months)
    rows = ranked(mass, all_of.months, all_of.weather, all_of.rules).to_dicts()
    by_code = {w.code: w for w in works}
    return Network(
        span, counties, collected(mass, [w.code for w in known], total, span.days, all_of.rules), months,
        tuple(w for w in works if w.kind == Works.Kind.TOWN), tuple(c.region for c in counties if c.people is None),
        tuple(Short(by_code[row["works"]], row) for row in rows),
        tuple(bod_share(all_of.months.filter(pl.col("works").is_in([w.code for w in counted])), all_of.rules).to_dicts()),
        goals_on(span.start), {w.code: w.name for w in works}, any(w.simulated for w in works),
    )  # fmt: skip


def _firsts(all_of: Gathered) -> list[date]:
    return all_of.months["month"].unique().sort().to_list()


def _people(person: Person, day: date) -> dict[str, Population]:
    """By county, the people in force on a day."""
    there = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    rows = visible(Population.objects.filter(there).select_related("region"), person)
    return {row.region_id[:COUNTY]: row for row in rows if len(row.region_id) == COUNTY}


def _sum(people: Any) -> float | None:
    found = [float(row.people) for row in people]
    return sum(found) if found else None


def _counties(
    works: Sequence[Works], all_of: Gathered, people: Mapping[str, Population], days: int
) -> list[County]:
    """Every county with works or people, the lowest rate first, those without one last."""
    codes = sorted({w.region_id[:COUNTY] for w in works} | set(people))
    regions = {r.code: r for r in Region.objects.filter(pk__in=codes)}
    mass = masses(all_of.months)
    made = []
    for code in codes:
        mine = [w.code for w in works if w.region_id[:COUNTY] == code]
        there = people.get(code)
        found = collected(mass, mine, float(there.people) if there else None, days, all_of.rules)
        made.append(County(regions[code], found, there))
    return sorted(made, key=lambda c: (c.found.rate is None, c.found.rate or 0.0, c.region.code))


def _of_month(
    all_of: Gathered, works: Sequence[Works], people: Mapping[str, Population], month: date, span: Span
) -> Collected:
    mass = masses(all_of.months.filter(pl.col("month") == month))
    total = _sum(people[c] for c in sorted({w.region_id[:COUNTY] for w in works}))
    days = (min(span.until, next_month(month)) - month).days
    return collected(mass, [w.code for w in works], total, days, all_of.rules)
