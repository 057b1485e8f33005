"""How far the counties are: bodies by state, the share that is no longer black, and lastingly clean ones with a satisfied public."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bihuan import clock
from bihuan.registry.models import Person, Region
from bihuan.scenarios.black_waters.bodies import Standing, seen, standings_of
from bihuan.scenarios.black_waters.models import ACCEPTED, State

COUNTY = 6
"""Digits of the code of a county."""


@dataclass(frozen=True)
class County:
    """One county, or all together (`region` None). states: how many bodies are in each, a relapse as such."""

    region: Region | None
    states: Counter[State]
    late: int
    overdue: int
    unsatisfied: int

    @property
    def total(self) -> int:
        """All bodies."""
        return self.states.total()

    @property
    def gone(self) -> int:
        """Those that are no longer black."""
        return sum(self.states[state] for state in ACCEPTED)

    @property
    def share(self) -> float | None:
        """消除比例, 0 to 1; None of nothing."""
        return self.gone / self.total if self.total else None

    @property
    def counts(self) -> list[tuple[State, int]]:
        """Every state with how many are in it."""
        return [(state, self.states[state]) for state in State]


@dataclass(frozen=True)
class Progress:
    """The bodies that a person may see as they stand, by county and together."""

    standings: tuple[Standing, ...]
    rows: tuple[County, ...]
    whole: County


def progress_of(person: Person) -> Progress:
    """As of the clock."""
    standings = standings_of(list(seen(person)), clock.now())
    counties: dict[str, list[Standing]] = {}
    for standing in standings:
        counties.setdefault(standing.body.region_id[:COUNTY], []).append(standing)
    regions = Region.objects.filter(pk__in=counties).order_by("code").defer("geometry")
    rows = tuple(_county(region, counties[region.pk]) for region in regions)
    return Progress(tuple(standings), rows, _county(None, standings))


def _county(region: Region | None, standings: Sequence[Standing]) -> County:
    def many(flags: Iterable[bool]) -> int:
        return sum(flags)

    return County(
        region,
        Counter(s.state for s in standings),
        many(s.late for s in standings),
        many(s.overdue for s in standings),
        many(s.unsatisfied for s in standings),
    )
