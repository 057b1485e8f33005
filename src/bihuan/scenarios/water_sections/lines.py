"""河流线图: each river from its source to where it leaves, as a line of reaches with what lies on it and what flows into it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bihuan.domain.river_network import KM_PER_HOUR
from bihuan.domain.water_suspects import Discharge
from bihuan.registry.models import Person, Reach, River
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.view import Line, Month

TOGETHER = 0.04
"""Discharges of one kind within this share of the line stand together: 13 px of the narrowest line."""
SIGNS = ("●", "▲", "■", "◆", "★", "✚")


@dataclass(frozen=True)
class Stretch:
    """A reach of the line: where it begins and ends [km from the source], how long water takes, and its sections in order."""

    reach: Reach
    begin: float
    end: float
    hours: float | None
    lines: tuple[tuple[float, Line], ...]


@dataclass(frozen=True)
class Group:
    """Discharges that stand together on the line, with the km of each; `at`: their middle [km from the source]."""

    at: float
    places: tuple[tuple[float, Discharge], ...]


@dataclass(frozen=True)
class Lane:
    """What one line of business tells of discharges into a river: its title, the sign of its discharges, and these in groups."""

    title: str
    sign: str
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many discharges."""
        return sum(len(g.places) for g in self.groups)


@dataclass(frozen=True)
class Course:
    """A river as a line; `joins`: the river that its last reach flows into. share: of the longest one [%].

    met: where other rivers flow in [km from the source].
    """

    river: River
    stretches: tuple[Stretch, ...]
    joins: River | None
    share: float
    lanes: tuple[Lane, ...] = ()
    met: tuple[tuple[float, tuple[River, ...]], ...] = ()

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


Told = Mapping[str, Sequence[Discharge]]
"""Discharges by the title of the line of business that tells of them."""


def discharges_seen(month: Month, person: Person) -> Told:
    """Those that are there at the end of the month (now, in the one that runs), and that a person may see."""
    seen = resolved_discharges.seen(person)
    found: dict[str, list[Discharge]] = {}
    for one in resolved_discharges.given(month.until):
        if one.code in seen:
            found.setdefault(resolved_discharges.teller(one.code), []).append(one)
    return found


def rivers_of(month: Month, told: Told) -> list[Course]:
    """All rivers with a reach, the longest first; the sections and discharges that the person sees stand on them."""
    reaches: dict[str, list[Reach]] = {}
    for reach in Reach.objects.select_related("river", "below__river").order_by("code"):
        reaches.setdefault(reach.river_id, []).append(reach)
    met = _tributaries(r for mine in reaches.values() for r in mine)
    courses = [_course(in_order(mine), month.lines, told, met) for mine in reaches.values()]
    longest = max((c.length for c in courses), default=0) or 1
    return [
        Course(c.river, c.stretches, c.joins, 100 * c.length / longest, c.lanes, c.met)
        for c in sorted(courses, key=lambda c: -c.length)
    ]


def _tributaries(reaches: Iterable[Reach]) -> dict[str, list[River]]:
    """By reach, the other rivers that flow into it: at its upper end, as a reach names the one below it (decision 0038)."""
    found: dict[str, list[River]] = {}
    for reach in reaches:
        if reach.below is not None and reach.below.river_id != reach.river_id:
            rivers = found.setdefault(reach.below.code, [])
            if reach.river not in rivers:
                rivers.append(reach.river)
    return found


def _course(
    ordered: Sequence[Reach], lines: Sequence[Line], told: Told, met: Mapping[str, Sequence[River]]
) -> Course:
    stretches, at = [], 0.0
    for reach in ordered:
        mine = [(line.section.km or 0.0, line) for line in lines if line.section.reach_id == reach.code]
        there = sorted(mine, key=lambda p: p[0])
        placed = tuple((at + km, line) for km, line in there)
        stretches.append(Stretch(reach, at, at + reach.length_km, travel_hours(reach), placed))
        at += reach.length_km
    below = ordered[-1].below
    joins = below.river if below is not None and below.river_id != ordered[-1].river_id else None
    signs = zip(told.items(), SIGNS * len(told), strict=False)
    lanes = (Lane(title, sign, _groups(stretches, mine, at)) for (title, mine), sign in signs)
    flow_in = tuple((s.begin, tuple(met[s.reach.code])) for s in stretches if s.reach.code in met)
    return Course(
        ordered[0].river, tuple(stretches), joins, 0.0, tuple(x for x in lanes if x.groups), flow_in
    )


def _groups(stretches: Sequence[Stretch], mine: Sequence[Discharge], length: float) -> tuple[Group, ...]:
    """The discharges on these reaches, those near each other together; one whose km is not known stands in the middle of its reach."""
    on = {s.reach.code: s for s in stretches}
    places = sorted(
        ((_km(d, on[d.reach]), d) for d in mine if d.reach in on), key=lambda p: (p[0], p[1].code)
    )
    groups: list[list[tuple[float, Discharge]]] = []
    for place in places:
        if groups and place[0] - groups[-1][0][0] < TOGETHER * length:
            groups[-1].append(place)
        else:
            groups.append([place])
    return tuple(Group((g[0][0] + g[-1][0]) / 2, tuple(g)) for g in groups)


def _km(discharge: Discharge, on: Stretch) -> float:
    if discharge.km is None:
        return (on.begin + on.end) / 2
    return min(on.begin + discharge.km, on.end)
