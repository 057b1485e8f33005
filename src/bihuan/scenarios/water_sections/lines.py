"""河流线图: each river from its source to where it leaves, as a line of reaches with what lies on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bihuan.domain.river_network import KM_PER_HOUR
from bihuan.registry.models import Reach, River
from bihuan.scenarios.water_sections.view import Line, Month


@dataclass(frozen=True)
class Stretch:
    """A reach of the line: where it begins and ends [km from the source], how long water takes, and its sections in order."""

    reach: Reach
    begin: float
    end: float
    hours: float | None
    lines: tuple[tuple[float, Line], ...]


@dataclass(frozen=True)
class Course:
    """A river as a line; `joins`: the river that its last reach flows into. share: of the longest one [%]."""

    river: River
    stretches: tuple[Stretch, ...]
    joins: River | None
    share: float

    @property
    def length(self) -> float:
        """Of its reaches [km]."""
        return self.stretches[-1].end if self.stretches else 0.0

    @property
    def hours(self) -> float | None:
        """How long water takes from the source to the end [h]; None where any reach has no speed."""
        known = [s.hours for s in self.stretches]
        return None if None in known else sum(h for h in known if h is not None)


def travel_hours(reach: Reach) -> float | None:
    """How long water takes through a reach at the registered speed; None without one."""
    return reach.length_km / reach.speed / KM_PER_HOUR if reach.speed else None


def in_order(reaches: Sequence[Reach]) -> list[Reach]:
    """The reaches of one river from the source down; those that hang together by no `below` come last, by code."""
    mine = {r.code: r for r in reaches}
    fed = {r.below_id for r in reaches}
    ordered: list[Reach] = []
    for head in sorted((r for r in reaches if r.code not in fed), key=lambda r: r.code):
        at: Reach | None = head
        while at is not None and at not in ordered:
            ordered.append(at)
            at = mine.get(at.below_id or "")
    return ordered + [r for r in reaches if r not in ordered]


def rivers_of(month: Month) -> list[Course]:
    """All rivers with a reach, the longest first; the sections that the person sees stand on them."""
    reaches: dict[str, list[Reach]] = {}
    for reach in Reach.objects.select_related("river", "below__river").order_by("code"):
        reaches.setdefault(reach.river_id, []).append(reach)
    courses = [_course(in_order(mine), month.lines) for mine in reaches.values()]
    longest = max((c.length for c in courses), default=0) or 1
    return [
        Course(c.river, c.stretches, c.joins, 100 * c.length / longest)
        for c in sorted(courses, key=lambda c: -c.length)
    ]


def _course(ordered: Sequence[Reach], lines: Sequence[Line]) -> Course:
    stretches, at = [], 0.0
    for reach in ordered:
        there = sorted(
            ((line.section.km or 0.0, line) for line in lines if line.section.reach_id == reach.code),
            key=lambda p: p[0],
        )
        stretches.append(
            Stretch(
                reach,
                at,
                at + reach.length_km,
                travel_hours(reach),
                tuple((at + km, line) for km, line in there),
            )
        )
        at += reach.length_km
    below = ordered[-1].below
    joins = below.river if below is not None and below.river_id != ordered[-1].river_id else None
    return Course(ordered[0].river, tuple(stretches), joins, 0.0)
