"""Many suggestions decided in one go: in transactions of a few, so that others can write in between; each row on its own.

A row that cannot be decided (somebody was quicker, a county without a bureau) is named with its reason; the others go on.
One call works for `SECONDS` at most and says what is left: whoever calls goes on after `last`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic

from django.db import transaction
from django.db.models import QuerySet

from bihuan.cases.errors import IllegalMove
from bihuan.registry.models import Person
from bihuan.scenarios.heavy_pollution import actions
from bihuan.scenarios.heavy_pollution.models import Suggestion

SIZE = 20
SECONDS = 2.0
Rows = QuerySet[Suggestion]


@dataclass
class Outcome:
    """How many were done, why the others were not: (unit, reason); how many are left after the row `last`."""

    done: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    left: int = 0
    last: int = 0


def accept_all(rows: Rows, by: Person, *, hand: bool) -> Outcome:
    """Accept as listed; with `hand` hand over at once."""
    return _each(rows, lambda row: actions.accept(row, by, hand=hand))


def refuse_all(rows: Rows, by: Person, reason: str) -> Outcome:
    """Refuse with one reason. Raises IllegalMove without one."""
    actions.check_refusal(reason)
    return _each(rows, lambda row: actions.refuse(row, by, reason))


def hand_over_all(rows: Rows, by: Person) -> Outcome:
    """Hand over what was accepted and waits."""
    return _each(rows, lambda row: actions.hand_accepted(row, by))


def take_back_all(rows: Rows, by: Person) -> Outcome:
    """Undo decisions that went no further."""
    return _each(rows, lambda row: actions.take_back(row, by))


def _each(rows: Rows, act: Callable[[Suggestion], object]) -> Outcome:
    outcome, until = Outcome(), monotonic() + SECONDS
    waiting = list(rows.order_by("pk"))
    for few in _batches(waiting):
        if monotonic() > until:
            break
        with transaction.atomic():
            for row in few:
                _one(row, act, outcome)
    outcome.left = sum(row.pk > outcome.last for row in waiting)
    return outcome


def _one(row: Suggestion, act: Callable[[Suggestion], object], outcome: Outcome) -> None:
    outcome.last = row.pk
    try:
        with transaction.atomic():
            act(row)
        outcome.done += 1
    except IllegalMove as error:
        outcome.failed.append((row.emitter.name, str(error)))


def _batches(rows: Sequence[Suggestion]) -> Iterator[Sequence[Suggestion]]:
    rest = iter(rows)
    while few := list(islice(rest, SIZE)):
        yield few
