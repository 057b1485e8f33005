"""How far a round is: each of its objects done, skipped, left or overdue, as of the clock.

An answer counts for a round when its form and object fit and it was filled in from the first day on, until the round is ended or
the next one with the same form and object begins. One that comes after the last day still counts, and is said to be late.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from django.db.models import Min, QuerySet
from django.utils.translation import gettext_noop

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.models import Answer, Round, RoundStep, RoundTask
from bihuan.registry.access import visible
from bihuan.registry.models import Person


class State(Enum):
    """Where an object of a round stands."""

    DONE = "done", gettext_noop("已检查")
    SKIPPED = "skipped", gettext_noop("已跳过")
    LEFT = "left", gettext_noop("待检查")
    OVERDUE = "overdue", gettext_noop("逾期未检查")

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label


@dataclass(frozen=True)
class Standing:
    """One object of a round. answers: those that count, newest first. skip: why it is left out, where it is."""

    task: RoundTask
    person: Person | None
    skip: RoundStep | None
    answers: tuple[Answer, ...]
    today: date

    @property
    def last(self) -> Answer | None:
        """The newest answer, whose score counts."""
        return self.answers[0] if self.answers else None

    @property
    def state(self) -> State:
        """An object that was inspected is done, also when it had been skipped before."""
        if self.answers:
            return State.DONE
        if self.skip:
            return State.SKIPPED
        return State.OVERDUE if self.today > self.task.round.until else State.LEFT

    @property
    def open(self) -> bool:
        """Is it still to be inspected?"""
        return self.state in (State.LEFT, State.OVERDUE)

    @property
    def late(self) -> bool:
        """Was it inspected after the last day only?"""
        return (
            bool(self.answers) and filled_in(self.answers[-1]).astimezone(CST).date() > self.task.round.until
        )


def filled_in(answer: Answer) -> datetime:
    """When an answer was filled in, by the sender's clock as far as it can be believed: never after it had come."""
    return min(answer.said_at or answer.at, answer.at)


def standings(found: Round, person: Person) -> list[Standing]:
    """The objects of a round that the person may see."""
    return _standings(found, list(visible(_tasks(), person).filter(round=found)))


def every_standing(found: Round) -> list[Standing]:
    """All objects of a round, whoever may see them: for checks, never for a page."""
    return _standings(found, list(_tasks().filter(round=found)))


def standing_of(task: RoundTask) -> Standing:
    """One object of a round."""
    return _standings(task.round, list(_tasks().filter(pk=task.pk)))[0]


def _tasks() -> QuerySet[RoundTask]:
    return RoundTask.objects.select_related("region", "round").prefetch_related("steps__person", "steps__by")


def _standings(found: Round, tasks: Sequence[RoundTask]) -> list[Standing]:
    now, ended = clock.now(), getattr(found, "ended", None)
    codes = [task.target for task in tasks]
    until = min(now, ended.at) if ended else now
    ends = _next_rounds(found, codes)
    rows: dict[str, list[Answer]] = {}
    begin = datetime.combine(found.since, time(), CST)
    answers = Answer.objects.filter(form__form=found.form, target__in=codes, at__gte=begin, at__lte=now)
    for answer in answers.select_related("by", "form").prefetch_related("problems"):
        if begin <= filled_in(answer) <= min(until, ends.get(answer.target, until)):
            rows.setdefault(answer.target, []).append(answer)
    today = now.astimezone(CST).date()
    return [_standing(task, rows.get(task.target, ()), today, until) for task in tasks]


def _next_rounds(found: Round, codes: Iterable[str]) -> Mapping[str, datetime]:
    """When the next round of an object begins, by its code."""
    later = RoundTask.objects.filter(
        target__in=list(codes),
        round__form=found.form,
        round__since__gt=found.since,
        round__at__lte=clock.now(),
    )
    rows = later.order_by().values_list("target").annotate(Min("round__since"))
    return {code: datetime.combine(day, time(), CST) for code, day in rows}


def _standing(task: RoundTask, answers: Iterable[Answer], today: date, now: datetime) -> Standing:
    steps = [s for s in task.steps.all() if s.at <= now]
    who = next((s.person for s in reversed(steps) if s.kind == RoundStep.Kind.ASSIGN), None)
    decided = next((s for s in reversed(steps) if s.kind != RoundStep.Kind.ASSIGN), None)
    skipped = decided if decided and decided.kind == RoundStep.Kind.SKIP else None
    return Standing(task, who, skipped, tuple(sorted(answers, key=filled_in, reverse=True)), today)


@dataclass(frozen=True)
class Counts:
    """How many objects stand where; `late` are among those that are done."""

    done: int
    skipped: int
    left: int
    overdue: int
    late: int

    @property
    def total(self) -> int:
        """All of them, once each."""
        return self.done + self.skipped + self.left + self.overdue

    @property
    def through(self) -> int:
        """Of 100, how many are inspected or skipped; 0 of none."""
        return round(100 * (self.done + self.skipped) / self.total) if self.total else 0


def counted(rows: Iterable[Standing]) -> Counts:
    """The counts of some objects."""
    every = list(rows)
    by = Counter(row.state for row in every)
    return Counts(
        by[State.DONE], by[State.SKIPPED], by[State.LEFT], by[State.OVERDUE], sum(row.late for row in every)
    )


def by_person(rows: Iterable[Standing]) -> list[tuple[Person | None, Counts]]:
    """The counts for everybody whom objects are given to; those of nobody by name come last."""
    shares: dict[int, list[Standing]] = {}
    for row in rows:
        shares.setdefault(row.person.pk if row.person else 0, []).append(row)
    made = [(share[0].person, counted(share)) for share in shares.values()]
    return sorted(made, key=lambda line: (line[0] is None, str(line[0])))


def mine(person: Person, rounds: QuerySet[Round]) -> list[Standing]:
    """What a person has still to inspect in the rounds that run: the own objects, and those of nobody by name; soonest due first."""
    today = clock.now().astimezone(CST).date()
    running = rounds.filter(ended=None, since__lte=today)
    every = [row for found in running for row in standings(found, person)]
    wanted = [row for row in every if row.open and row.person in (None, person)]
    return sorted(wanted, key=lambda row: (row.task.round.until, row.person is None, row.task.pk))
