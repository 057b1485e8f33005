"""What changed since the last round of the same form: object by object, question by question.

Questions are told apart by their name and the number of the repeat, so that a newer version of the form can be compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop

from bihuan.kit.inspection.models import Answer, AnswerProblem, Round, RoundTask
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.inspection.rounds.progress import Standing, standings
from bihuan.registry.models import Person

Key = tuple[str, int]


class Change(Enum):
    """What became of a problem from one round to the next."""

    NEW = "new", gettext_noop("新问题"), "bad"
    STILL = "still", gettext_noop("仍存在"), "bad"
    FIRST = "first", gettext_noop("上轮未检查"), "warn"
    UNSEEN = "unseen", gettext_noop("本轮未检查"), "warn"
    UNASKED = "unasked", gettext_noop("本轮未答此题"), "warn"
    MENDED = "mended", gettext_noop("已整改"), "good"

    def __init__(self, key: str, label: str, tone: str) -> None:
        self.key = key
        self.label = label
        self.tone = tone


@dataclass(frozen=True)
class Compared:
    """One problem of one object: as it was told then and now, None where it was not."""

    task: RoundTask
    change: Change
    before: AnswerProblem | None
    now: AnswerProblem | None

    @property
    def label(self) -> str:
        """The question."""
        found = self.now or self.before
        return found.label if found else ""


def last_round(found: Round, person: Person) -> Round | None:
    """The round before it with the same form that has one of its objects; of rounds of one day, the one set later."""
    targets = found.tasks.values("target")
    rows = rounds_of(person).filter(form=found.form, since__lte=found.since, tasks__target__in=targets)
    return rows.exclude(pk__gte=found.pk, since=found.since).exclude(pk=found.pk).distinct().first()


def compared(now: Sequence[Standing], then: Sequence[Standing]) -> list[Compared]:
    """Every problem of either round, by the newest answer of each; objects that are not in this round are left out."""
    before = {row.task.target: row.last for row in then}
    return [line for row in now for line in _of(row.task, row.last, before.get(row.task.target))]


def compared_with_last(
    found: Round, rows: Sequence[Standing], person: Person
) -> tuple[Round | None, list[Compared]]:
    """The round before, as far as there is one, and what changed since."""
    then = last_round(found, person)
    return then, compared(rows, standings(then, person)) if then else []


def _of(task: RoundTask, now: Answer | None, then: Answer | None) -> Iterator[Compared]:
    there, was = _problems(now), _problems(then)
    for key in dict.fromkeys((*there, *was)):
        yield Compared(task, _change(key, now, then, there, was), was.get(key), there.get(key))


def _change(
    key: Key, now: Answer | None, then: Answer | None, there: dict[Key, AnswerProblem], was: dict[Key, AnswerProblem]
) -> Change:  # fmt: skip
    if key in there:
        if then is None:
            return Change.FIRST
        return Change.STILL if key in was else Change.NEW
    if now is None:
        return Change.UNSEEN
    return Change.MENDED if key in _answered(now) else Change.UNASKED


def _problems(answer: Answer | None) -> dict[Key, AnswerProblem]:
    return {(_name(p.path), p.number): p for p in answer.problems.all()} if answer else {}


def _answered(answer: Answer) -> set[Key]:
    return {(_name(value["path"]), value["number"]) for value in answer.values}


def _name(path: str) -> str:
    return path.rpartition("/")[2]
