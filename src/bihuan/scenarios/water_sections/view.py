"""What is told of sections: a month of all of them beside its target, last month and last year; one section over two years."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl
from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.standards.surface_water import ROMAN, items
from bihuan.domain.standards.surface_water.means import over, rounded
from bihuan.domain.standards.surface_water.states import (
    CHANGES,
    Shares,
    State,
    change_of_class,
    change_of_shares,
    shares,
    state_of,
)
from bihuan.domain.standards.surface_water.targets import Room, class_so_far, room
from bihuan.domain.timeaxis import CST, next_month
from bihuan.domain.water_outlook import Day, class_chances, courses, days_ahead, month_means, past_of
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.water_sections.besides import NOTHING, Besides, besides_of
from bihuan.scenarios.water_sections.judged import Span, days_of, months_of
from bihuan.scenarios.water_sections.lakes import Nutrition, nutrition_of
from bihuan.scenarios.water_sections.models import Section, Target

MONTHS = 24
"""Of the ribbon of a section."""
AHEAD = 7
LAKE_MONTHS = 12
LIKELY = 0.5
"""The share of the chances up to the class that is shown: the middle one."""


def sections_of(person: Person) -> QuerySet[Section]:
    """The sections in use that a person may see."""
    day = clock.now().astimezone(CST).date()
    rows = Section.objects.filter(there_on(day)).select_related("region", "reach__river")
    return visible(rows.order_by("region_id", "code"), person)


def roman(found: int | None) -> str:
    """A class as it is written; a dash for none."""
    return "—" if found is None else ROMAN[found - 1]


@dataclass(frozen=True)
class Line:
    """A section in a month. before, last_year: its classes then. so_far: of the year's months until this one; tight: what is left least room for.

    besides: the X of 9+X. nutrition: of a lake, its trophic state; None of a river, and of a month without values.
    """

    section: Section
    target: int | None
    found: int | None
    main: str
    before: int | None
    last_year: int | None
    so_far: int | None
    tight: Room | None
    values: Mapping[str, float | None]
    besides: Besides = NOTHING
    nutrition: Nutrition | None = None

    @property
    def reached(self) -> bool | None:
        """Is the target kept this month? None where there is none, or no class."""
        return None if self.target is None or self.found is None else self.found <= self.target

    @property
    def year_reached(self) -> bool | None:
        """Is it kept by the means of the year so far?"""
        return None if self.target is None or self.so_far is None else self.so_far <= self.target

    @property
    def on_month(self) -> str:
        """环比."""
        return said_change(change_of_class(self.before, self.found))

    @property
    def on_year(self) -> str:
        """同比."""
        return said_change(change_of_class(self.last_year, self.found))


def said_change(found: int | None) -> str:
    """A change in words; a dash where one of the two is not known."""
    return "—" if found is None else CHANGES[found]


@dataclass(frozen=True)
class County:
    """The sections of a county in a month."""

    name: str
    shares: Shares
    reached: int
    with_target: int


@dataclass(frozen=True)
class Month:
    """All sections of a month."""

    first: date
    lines: tuple[Line, ...]
    shares: Shares
    state: State | None
    main: str
    counties: tuple[County, ...]

    @property
    def until(self) -> datetime:
        """The last moment of it that is known: its end, or now where it runs."""
        end = datetime.combine(next_month(self.first), time(), CST) - timedelta(microseconds=1)
        return min(end, clock.now())

    @property
    def on_month(self) -> str:
        """环比 of the whole city."""
        return _change((line.before, line.found) for line in self.lines)

    @property
    def on_year(self) -> str:
        """同比 of the whole city."""
        return _change((line.last_year, line.found) for line in self.lines)

    @property
    def unmeasured(self) -> list[Section]:
        """Sections without a class this month: they are not in the shares."""
        return [line.section for line in self.lines if line.found is None]


def _change(pairs: Iterable[tuple[int | None, int | None]]) -> str:
    """How the sections changed that have a class in both periods: others that came or fell silent are no change of the water."""
    known = [(before, after) for before, after in pairs if before is not None and after is not None]
    return said_change(change_of_shares(shares([b for b, _ in known]), shares([a for _, a in known])))


def month_of_all(sections: Sequence[Section], first: date) -> Month:
    """A month of some sections, as known at the clock."""
    january = first.replace(month=1)
    begin = min(january, next_month(first, -12))
    span = Span(begin, next_month(first), clock.now())
    months = months_of(sections, span) if sections else pl.DataFrame()
    lakes = nutrition_of(sections, Span(first, span.end, span.as_of), months) if sections else {}
    besides = besides_of(sections, first, span.end)
    known = {(r["site"], r["month"]): r for r in months.iter_rows(named=True)}
    targets = dict(
        Target.objects.filter(section__in=[s.code for s in sections], year=first.year).values_list(
            "section_id", "water_class"
        )
    )
    lines = tuple(
        replace(
            _line(s, first, known, months, targets.get(s.code)),
            besides=besides[s.code],
            nutrition=next((n for n in lakes.get(s.code, ()) if n.month == first), None),
        )
        for s in sections
    )
    this = months.filter(pl.col("month") == first) if months.height else months
    state, main = state_of(this) if this.height else (None, "")
    return Month(first, lines, shares([line.found for line in lines]), state, main, _counties(lines))


Known = Mapping[tuple[str, date], Mapping[str, Any]]
"""Rows of `months_of` by section and month."""


def _line(section: Section, first: date, known: Known, months: pl.DataFrame, target: int | None) -> Line:
    this, before, last_year = (known.get((section.code, next_month(first, -n)), {}) for n in (0, 1, 12))
    year = [date(first.year, m, 1) for m in range(1, first.month + 1)]
    mine = months.filter(pl.col("site") == section.code) if months.height else months
    so_far, rooms = cumulative(mine, year, section.kind, target)
    tight = min((r for r in rooms if r.bound is not None), key=_slack, default=None)
    return Line(
        section, target, this.get("class"), this.get("main") or "", before.get("class"), last_year.get("class"),
        so_far, tight, {n: this.get(n) for n in items()},
    )  # fmt: skip


def _slack(found: Room) -> float:
    """How much of an item's mean so far the rest of the year may have."""
    if found.bound is None or not found.mean:
        return float("inf")
    return found.mean / max(found.bound, 1e-9) if found.item.rule == "least" else found.bound / found.mean


def cumulative(
    months: pl.DataFrame, year: Sequence[date], kind: str, target: int | None
) -> tuple[int | None, tuple[Room, ...]]:
    """The class of the year's means until a month, and the room that is left; of one section's months."""
    there = [n for n in items() if n in months.columns]
    if not there:
        return None, ()
    chosen = months.filter(pl.col("month").is_in(list(year)))
    means = rounded(over(chosen, year, least=1))
    if means.is_empty():
        return None, ()
    counts = chosen.select(pl.col(there).count()).row(0, named=True)
    exact = chosen.select(pl.col(there).mean()).row(0, named=True)
    rooms = room(exact, counts, target, kind) if target else ()
    return class_so_far(means.select(there).row(0, named=True), kind), rooms


def _counties(lines: Sequence[Line]) -> tuple[County, ...]:
    """Ranked: more of the targets kept, more of Ⅰ to Ⅲ, less 劣Ⅴ; those without a class last."""
    names = dict.fromkeys(line.section.region.name for line in lines)
    found = []
    for name in names:
        mine = [line for line in lines if line.section.region.name == name]
        judged = [line.reached for line in mine if line.reached is not None]
        found.append(County(name, shares([line.found for line in mine]), sum(judged), len(judged)))
    return tuple(sorted(found, key=_rank))


def _rank(county: County) -> tuple[float, float, float]:
    if not county.shares.sections:
        return (2, 0, 0)
    kept = county.reached / county.with_target if county.with_target else 0
    return (-kept, -(county.shares.good_share or 0), county.shares.worse_share or 0)


@dataclass(frozen=True)
class Projection:
    """This month when it is over. days: with values so far, of how many; chances: by class; likely: the middle class, as likely passed as not; reaches: the chance to reach the target."""

    days: int
    of: int
    chances: Mapping[int, float]
    likely: int | None
    reaches: float | None


@dataclass(frozen=True)
class Story:
    """One section over two years: `ribbon` (month, class or None), this month's line, its items, projection, and the days ahead.

    nutrition: of a lake, its trophic states, the newest first.
    """

    line: Line
    ribbon: tuple[tuple[date, int | None], ...]
    rooms: tuple[Room, ...]
    projection: Projection | None
    ahead: tuple[Day, ...]
    days: pl.DataFrame
    nutrition: tuple[Nutrition, ...] = ()


def story_of(section: Section, others: Sequence[Section] = ()) -> Story:
    """Everything about a section as known at the clock. others: whose past is drawn from where its own is short."""
    now = clock.now()
    today = now.astimezone(CST).date()
    first = today.replace(day=1)
    span = Span(next_month(first, 1 - MONTHS), next_month(first), now)
    days = days_of([section, *others], span)
    mine = days.filter(pl.col("site") == section.code)
    months = months_of([section], span, mine)
    known = {(r["site"], r["month"]): r for r in months.iter_rows(named=True)}
    target = (
        Target.objects.filter(section=section, year=first.year).values_list("water_class", flat=True).first()
    )
    ribbon = tuple(
        (m, known.get((section.code, m), {}).get("class"))
        for m in (next_month(first, n) for n in range(1 - MONTHS, 1))
    )
    besides = besides_of([section], first, span.end)[section.code]
    line = replace(_line(section, first, known, months, target), besides=besides)
    lake = nutrition_of([section], span, months).get(section.code, ())
    year = [date(first.year, m, 1) for m in range(1, first.month + 1)]
    rooms = cumulative(months, year, section.kind, target)[1]
    projection, ahead = outlook_of(section, days, today, target)
    return Story(line, ribbon, rooms, projection, ahead, mine, lake[::-1][:LAKE_MONTHS])


def outlook_of(
    section: Section, days: pl.DataFrame, today: date, target: int | None
) -> tuple[Projection | None, tuple[Day, ...]]:
    """The month that runs, and the days ahead, from all days until yesterday and what is known of today."""
    names = [n for n, i in items().items() if i.judged and n in days.columns]
    mine = days.filter(pl.col("site") == section.code, pl.col("day") <= today)
    if not names or mine.is_empty() or mine["day"].max() < today - timedelta(days=AHEAD):  # type: ignore[operator]
        return None, ()
    past = past_of(mine, names)
    rest = [past_of(rows, names) for (code,), rows in days.group_by("site") if code != section.code]
    first, end = today.replace(day=1), next_month(today)
    seed = int(f"{today:%Y%m%d}")
    last = mine["day"].max()
    assert isinstance(last, date)
    left = (end - last).days - 1
    coming = courses(past, rest, max(left, AHEAD), seed=seed)
    this = past_of(mine.filter(pl.col("day") >= first), names)
    means = month_means(this.values, coming[:, :left] if coming is not None and left else None)
    chances = class_chances(means, names, section.kind)
    projection = Projection(
        this.known, (end - first).days, chances, _likely(chances),
        sum(p for n, p in chances.items() if n <= target) if target and chances else None,
    )  # fmt: skip
    return projection, days_ahead(coming[:, :AHEAD], names, section.kind) if coming is not None else ()


def _likely(chances: Mapping[int, float]) -> int | None:
    """The median class."""
    total = 0.0
    for n in sorted(chances):
        total += chances[n]
        if total >= LIKELY:
            return n
    return None


def chart_days(days: pl.DataFrame, name: str) -> tuple[list[int], list[float | None]]:
    """The days of an item for a chart: milliseconds of the noon in China, values."""
    rows = days.sort("day").select("day", name)
    noon = np.timedelta64(4, "h")
    times = (rows["day"].cast(pl.Datetime("ms")).to_numpy() + noon).astype("datetime64[ms]").astype(np.int64)
    return times.tolist(), rows[name].to_list()
