"""What is told of rivers: the lamps of each in the list, and everything on the page of one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan import clock
from bihuan.cases.lamps import Lamp
from bihuan.cases.models import Case
from bihuan.cases.reminder_settings import timing
from bihuan.cases.transitions import FINISHED
from bihuan.domain.timeaxis import CST
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.rivers import Reach, River
from bihuan.registry.subjects import there_on
from bihuan.scenarios.river_chiefs import goals
from bihuan.scenarios.river_chiefs.duties import Standing, State, duties_of, standings_of
from bihuan.scenarios.river_chiefs.happy import Score, scores_of
from bihuan.scenarios.river_chiefs.models import Duty, Telephone, Walk
from bihuan.scenarios.river_chiefs.troubles import Troubles, awaiting_reply, cases_of, troubles_seen

LEVELS = list(Duty.Level)
PATROLS, YEAR = 10, timedelta(days=366)


@dataclass(frozen=True)
class Line:
    """A river in the list. late, due: duties that are late, or not done in the running period; goals_late of goals."""

    river: River
    reaches: int
    duties: int
    late: int
    due: int
    troubles: Troubles
    replies: int
    goals: int
    goals_late: int
    score: Score | None

    @property
    def duty_tone(self) -> str:
        """The colour of its duties."""
        return "bad" if self.late else "warn" if self.due else "good" if self.duties else "dim"


def lines_of(person: Person) -> list[Line]:
    """All rivers of today with what a person may see of each."""
    now = clock.now()
    today = now.astimezone(CST).date()
    rivers = visible(River.objects.filter(there_on(today)).select_related("region"), person).defer(
        "geometry", "region__geometry"
    )
    reaches: dict[str, int] = defaultdict(int)
    for river in Reach.objects.filter(there_on(today)).values_list("river", flat=True):
        reaches[river] += 1
    standings: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings_of(list(duties_of(person, today))).values():
        standings[standing.duty.reach.river_id].append(standing)
    aims: dict[str, list[goals.State]] = defaultdict(list)
    for goal in goals.standings_of(goals.goals_of(person).filter(year=today.year)):
        aims[goal.goal.river_id].append(goal.state)
    troubles, scores = troubles_seen(person, now), scores_of(person)
    replies = _replies(person)
    return [
        Line(
            river, reaches[river.pk], len(standings[river.pk]), _many(standings[river.pk], State.LATE),
            _many(standings[river.pk], State.DUE), troubles.rivers[river.pk], replies.get(river.pk, 0), len(aims[river.pk]),
            aims[river.pk].count(goals.State.LATE), scores.get(river.pk),
        )
        for river in rivers
    ]  # fmt: skip


def _many(standings: Sequence[Standing], state: State) -> int:
    return sum(s.state is state for s in standings)


def _replies(person: Person) -> dict[str, int]:
    """How many suggestions of the procuratorate wait at each river that they were registered for."""
    rows = visible(Case.objects.filter(source=Case.Source.PROCURATORATE).exclude(state__in=FINISHED), person)
    found: dict[str, int] = defaultdict(int)
    for river in rows.filter(river_link__isnull=False).values_list("river_link__river", flat=True):
        found[river] += 1
    return found


@dataclass(frozen=True)
class Held:
    """A duty with where it stands; the telephone is there for those who may see it."""

    standing: Standing
    telephone: str


@dataclass(frozen=True)
class OfReach:
    """A reach with those who answer for it, from the highest level to the lowest, and what is wrong there."""

    reach: Reach
    held: tuple[Held, ...]
    troubles: Troubles


@dataclass(frozen=True)
class Told:
    """Everything of one river that a person may see. cases: open ones with their lamps; replies: suggestions that wait, which are none of these."""

    river: River
    reaches: tuple[OfReach, ...]
    cases: tuple[tuple[Case, Lamp], ...]
    replies: tuple[tuple[Case, Lamp], ...]
    patrols: tuple[tuple[Walk, float], ...]
    goals: tuple[goals.Standing, ...]
    score: Score | None


def told_of(river: River, person: Person) -> Told:
    """One river as of the clock."""
    now = clock.now()
    today = now.astimezone(CST).date()
    reaches = list(
        river.reaches.filter(there_on(today)).select_related("region").defer("geometry", "region__geometry")
    )
    standings = standings_of(list(duties_of(person, today).filter(reach__in=reaches)))
    known = visible(Telephone.objects.filter(duty__in=list(standings)), person)
    telephones = dict(known.values_list("duty", "number"))
    held: dict[str, list[Held]] = defaultdict(list)
    for standing in sorted(standings.values(), key=_rank):
        held[standing.duty.reach_id].append(Held(standing, telephones.get(standing.duty.pk, "")))
    troubles = troubles_seen(person, now).reaches
    every = cases_of(river, [r.pk for r in reaches], person)
    aims = goals.goals_of(person).filter(river=river, year=today.year)
    return Told(
        river, tuple(OfReach(r, tuple(held[r.pk]), troubles[r.pk]) for r in reaches), _lamps(list(every.exclude(state__in=FINISHED).exclude(source=Case.Source.PROCURATORATE)), now),
        _lamps(list(awaiting_reply(every)), now), _patrols(reaches, person), tuple(goals.standings_of(aims)),
        scores_of(person).get(river.pk),
    )  # fmt: skip


def _rank(standing: Standing) -> tuple[int, str, str]:
    duty = standing.duty
    return LEVELS.index(Duty.Level(duty.level)), duty.role, duty.pk


def _lamps(cases: Sequence[Case], now: datetime) -> tuple[tuple[Case, Lamp], ...]:
    set_now = timing()
    return tuple((case, case.lamp(now, set_now)) for case in cases)


def _patrols(reaches: Sequence[Reach], person: Person) -> tuple[tuple[Walk, float], ...]:
    """The newest patrols of a year that saw something of these reaches, with how much [m]."""
    codes = {reach.pk for reach in reaches}
    rows = visible(Walk.objects.filter(patrol__at__lte=clock.now()).exclude(metres={}), person)
    rows = rows.select_related("patrol__person", "patrol__result").defer("patrol__result__steps")
    rows = rows.filter(patrol__said_start__gte=clock.now() - YEAR).order_by("-patrol__said_start")
    seen = ((walk, sum(m for code, m in walk.metres.items() if code in codes)) for walk in rows.iterator())
    return tuple(pair for pair, _n in zip((p for p in seen if p[1]), range(PATROLS), strict=False))
