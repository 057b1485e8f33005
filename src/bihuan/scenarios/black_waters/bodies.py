"""What is told of bodies: their rounds with grades and what is lacking, where they stand, and what is odd about their points."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.black_waters.judging import Judged
from bihuan.scenarios.black_waters.models import ACCEPTED, Body, Point, State
from bihuan.scenarios.black_waters.reading import BACK, day_of, judged
from bihuan.scenarios.black_waters.settings import in_force
from bihuan.scenarios.black_waters.words import GRADES, TONES, lacking_at

MONTHS = 3
"""Of a quarter."""


@dataclass(frozen=True)
class Round:
    """One round of a body, from `first` to `until`. black, heavy: points of such a grade, of those `judged`, of all `points`.

    lacking: sentences on what was not measured, or too seldom; reaches: heavy ones by their first and last point.
    """

    first: date
    until: date
    days: int
    points: int
    judged: int
    black: int
    heavy: int
    grade: Grade | None
    whole: bool
    lacking: tuple[str, ...]
    reaches: tuple[tuple[str, str], ...]

    @property
    def word(self) -> str:
        """The grade in Chinese."""
        return GRADES[self.grade]

    @property
    def tone(self) -> str:
        """The colour of the grade."""
        return TONES[self.grade]


@dataclass(frozen=True)
class Standing:
    """A body as it stands. rounds: the newest first. late: no whole round in the quarter that was due, nor since."""

    body: Body
    rounds: tuple[Round, ...]
    points: tuple[Point, ...]
    late: bool

    @property
    def last(self) -> Round | None:
        """The newest whole round."""
        return next((r for r in self.rounds if r.whole), None)

    @property
    def running(self) -> Round | None:
        """A newer round that is not whole."""
        return self.rounds[0] if self.rounds and not self.rounds[0].whole else None

    @property
    def relapsed(self) -> bool:
        """Is the water black in the newest whole round, which began after it was accepted?"""
        last, accepted = self.last, self.body.accepted
        return bool(
            self.body.state in ACCEPTED and last and last.grade and accepted and last.first > accepted
        )

    @property
    def state(self) -> State:
        """As the register says it, but for a relapse."""
        return State.RELAPSED if self.relapsed else State(self.body.state)

    @property
    def overdue(self) -> bool:
        """Is its target date over, and the work not done?"""
        return _overdue(self.body, day_of(clock.now()))

    @property
    def unsatisfied(self) -> bool:
        """Is it called lastingly clean with too few of the public satisfied, or with nobody asked?"""
        share = self.body.satisfaction
        return self.body.state == State.LASTING and (share is None or share < in_force().satisfied)

    @property
    def odd(self) -> list[str]:
        """What is odd about its points and its register entry; it hinders nothing."""
        said = list(odd_points(self.points))
        if self.unsatisfied:
            said.append(f"长制久清要求公众满意度不低于 {in_force().satisfied:g}%，{_share(self.body)}")
        return said


def _share(body: Body) -> str:
    return "没有登记" if body.satisfaction is None else f"登记为 {body.satisfaction:g}%"


def _overdue(body: Body, today: date) -> bool:
    return body.due is not None and body.due < today and body.state not in ACCEPTED


def seen(person: Person) -> QuerySet[Body]:
    """The bodies of today that a person may see."""
    rows = visible(Body.objects.filter(there_on(day_of(clock.now()))), person)
    return rows.select_related("region", "organisation", "reach__river").defer(
        "region__geometry", "reach__geometry"
    )


def standings_of(
    bodies: Collection[Body], as_of: datetime, back: timedelta | None = BACK, found: Judged | None = None
) -> list[Standing]:
    """How bodies stand as of a moment, in their order. found: what was judged of them, where that is known already."""
    points: dict[str, list[Point]] = defaultdict(list)
    for point in Point.objects.filter(there_on(day_of(as_of)), body__in=[b.pk for b in bodies]):
        points[point.body_id].append(point)
    rounds = rounds_of(judged(bodies, as_of, back) if found is None else found)
    begin = due_quarter(day_of(as_of))[0]
    return [
        Standing(b, rounds.get(b.pk, ()), tuple(points[b.pk]), _late(b, rounds.get(b.pk, ()), begin))
        for b in bodies
    ]


def _late(body: Body, rounds: Sequence[Round], begin: date) -> bool:
    there = body.state != State.FOUND and (body.since is None or body.since <= begin)
    return there and not any(r.whole and r.until >= begin for r in rounds)


def due_quarter(today: date) -> tuple[date, date]:
    """First day of the newest quarter that is over and in which a round was due, and the first day after it."""
    first = date(today.year, (today.month - 1) // MONTHS * MONTHS + 1, 1)
    while True:
        after, first = first, date(first.year - (first.month == 1), (first.month - MONTHS - 1) % 12 + 1, 1)
        if (first.month - 1) // MONTHS + 1 in in_force().quarters:
            return first, after


def rounds_of(found: Judged) -> dict[str, tuple[Round, ...]]:
    """The rounds of each body, the newest first."""
    names = dict(
        Point.objects.filter(pk__in=found.points["point"].unique().to_list()).values_list("pk", "name")
    )
    lacking, reaches = _lacking(found, names), defaultdict(list)
    for body, first, upper, lower, _n in found.reaches.iter_rows():
        reaches[body, first].append((names[upper], names[lower]))
    made: dict[str, list[Round]] = defaultdict(list)
    for row in found.rounds.sort("body", "round", descending=[False, True]).to_dicts():
        key = (row.pop("body"), row["round"])
        grade = row.pop("grade")
        made[key[0]].append(
            Round(first=row.pop("round"), grade=None if grade is None else Grade(grade), lacking=lacking.get(key, ()), reaches=tuple(reaches[key]), **row)
        )  # fmt: skip
    return {body: tuple(rounds) for body, rounds in made.items()}


def _lacking(found: Judged, names: Mapping[str, str]) -> dict[tuple[str, date], tuple[str, ...]]:
    """By body and round, what is lacking in sentences."""
    times: dict[tuple[str, date], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for body, first, point, _at, item, n in found.lacking.iter_rows():
        times[body, first][point][item] = n
    few = {(b, r): f"测点 {n} 个，少于 {in_force().least_points} 个" for b, r, n in found.rounds.select("body", "round", "points").iter_rows() if n < in_force().least_points}  # fmt: skip
    keys = {*times, *few}
    return {
        key: (
            *([few[key]] if key in few else []),
            *(sentence for point, n in times[key].items() for sentence in lacking_at(names[point], n)),
        )
        for key in keys
    }


def odd_points(points: Sequence[Point]) -> Iterator[str]:
    """What the guide would have otherwise: how many points, and how far apart, in order along the water."""
    wanted = in_force()
    if len(points) < wanted.least_points:
        yield f"测点 {len(points)} 个，少于 {wanted.least_points} 个"
    for upper, lower in pairwise(points):
        metres = lower.position_m - upper.position_m
        if not wanted.least_metres <= metres <= wanted.most_metres:
            yield f"{upper.name}与{lower.name}相距 {metres:g} m，应为 {wanted.least_metres:g}～{wanted.most_metres:g} m"
