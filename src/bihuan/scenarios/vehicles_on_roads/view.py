"""What pages, map and files tell: roads on a mean day, their hours, units and stages, and what an order could save on them. One source of every number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.decisions import LEVELS, Rules
from bihuan.domain.vehicles.decisions import in_force as barring
from bihuan.domain.vehicles.traffic import roads
from bihuan.registry.gate_rules import city_rules
from bihuan.registry.models import Person
from bihuan.scenarios import resolved_roads
from bihuan.scenarios.roads import Road
from bihuan.scenarios.vehicles_on_roads.reading import last_days, routes_of
from bihuan.scenarios.vehicles_on_roads.settings import in_force

DAY = timedelta(days=1)
WEEK = 7
NOTHING: Mapping[str, Any] = {"vehicles": 0.0, "unknown": 0.0, "km": 0.0} | dict.fromkeys(roads.KILOGRAMS)


@dataclass(frozen=True)
class Line:
    """A road on a mean day. sums: AMOUNTS; hours: AMOUNTS of each of 24 hours."""

    road: Road
    sums: Mapping[str, Any]
    hours: Sequence[Mapping[str, Any]]

    @property
    def dense(self) -> float | None:
        """kg of NOx per km and day; None where nothing is known."""
        return self._per_km(self.sums)

    def dense_at(self, hour: int) -> float | None:
        """kg of NOx per km in an hour of the day; None where nothing is known."""
        return self._per_km(self.hours[hour])

    def _per_km(self, sums: Mapping[str, Any]) -> float | None:
        return None if sums["nox_kg"] is None or not self.road.km else sums["nox_kg"] / self.road.km

    @property
    def tone(self) -> str:
        """How the map colours it."""
        if self.dense is None:
            return "dim"
        return next((tone for tone, least in in_force().tones if self.dense >= least), "good")


@dataclass(frozen=True)
class Suggestion:
    """What an order of a level could forbid on a road in the hours [since, until) of a day. sums: AMOUNTS a day of those that it bars."""

    road: Road
    level: str
    since: int
    until: int
    sums: Mapping[str, Any]
    text: str


@dataclass(frozen=True)
class Whole:
    """Some roads on the mean of some days. days: those with passages, in order; mean: TRAFFIC of a mean day."""

    known: Mapping[str, Road]
    days: Sequence[date]
    mean: pl.DataFrame

    @property
    def span(self) -> str:
        """The days in words."""
        return f"{self.days[0]}—{self.days[-1]}" if self.days else ""

    @cached_property
    def total(self) -> Mapping[str, Any]:
        """AMOUNTS of all roads together."""
        return roads.summed(self.mean).row(0, named=True)

    @cached_property
    def lines(self) -> list[Line]:
        """Roads that a route leads over, those with most NOx first."""
        hours = self._by("road", "hour")
        lines = [
            Line(self.known[code], row, [hours.get((code, h), NOTHING) for h in roads.HOURS])
            for (code,), row in self._by("road").items()
        ]
        return sorted(lines, key=lambda x: (-(x.sums["nox_kg"] or 0), x.road.code))

    def _by(self, *names: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        rows = roads.summed(self.mean, *names).iter_rows(named=True)
        return {tuple(row[n] for n in names): row for row in rows}

    def hottest(self, most: int) -> list[tuple[Road, dict[str, Any]]]:
        """The road-hours with most NOx."""
        return [
            (self.known[row["road"]], row) for row in roads.hottest(self.mean, most).iter_rows(named=True)
        ]

    def of(self, code: str) -> "Whole":
        """One road alone."""
        return Whole(self.known, self.days, self.mean.filter(pl.col("road") == code))

    def parts(self, *names: str) -> list[dict[str, Any]]:
        """AMOUNTS by some columns, those with most NOx first."""
        rows = roads.summed(self.mean, *names)
        return rows.sort("nox_kg", "vehicles", *names, descending=[True, True, *([False] * len(names))], nulls_last=True).to_dicts()  # fmt: skip

    @cached_property
    def rules(self) -> Rules:
        """What an order bars, as at the city's gates."""
        said = city_rules()
        return Rules(said.barred, said.settings)

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        """For each road and level at most one, none below the setting; those that save most first, of one road the mildest level first."""
        if not self.days:
            return []
        order = list(LEVELS)
        found = [s for level in order for s in self._of_level(level)]
        best = {code: max(s.sums["nox_kg"] for s in found if s.road.code == code) for code in {s.road.code for s in found}}  # fmt: skip
        return sorted(found, key=lambda s: (-best[s.road.code], s.road.code, order.index(s.level)))

    def _of_level(self, level: str) -> list[Suggestion]:
        rules, at = self.rules, day_start(self.days[-1])
        rows = barring(level, rules.barred, self.days[-1])
        if not rows:
            return []
        fate = roads.fates(self.mean, level, at, rules)
        spans = roads.windows(self.mean, fate, in_force().window_hours)
        worth = spans.filter(pl.col("nox_kg") >= in_force().least_kg).iter_rows(named=True)
        return [self._made(level, row, roads.barred_words(rows)) for row in worth]

    def _made(self, level: str, row: Mapping[str, Any], what: str) -> Suggestion:
        road, since, until = self.known[row["road"]], row["since"], row["until"]
        text = f"{road.name} {since}:00—{until}:00 禁止{what}通行"
        return Suggestion(road, level, since, until, row, text)


def whole_of(known: Mapping[str, Road], until: date, days: int, now: datetime) -> Whole:
    """Some roads on the mean of the last days with passages up to a day."""
    found = last_days(until, days, now)
    counts = pl.concat([c for _day, c in found]) if found else pl.DataFrame(schema=roads.COUNTS)
    mean = roads.mean_day(roads.let_out(counts), max(len(found), 1))
    return Whole(known, [day for day, _c in found], roads.laid(mean, routes_of(known.values())))


def roads_seen(person: Person, until: date) -> dict[str, Road]:
    """The roads there on a day that a person may see."""
    return resolved_roads.seen(person, until)
