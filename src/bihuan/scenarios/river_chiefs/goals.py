"""一河一策: where each goal stands by its newest entry, and writing one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import needed
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE, UNIT
from bihuan.scenarios.river_chiefs.models import Goal, GoalEntry


class State(StrEnum):
    """DONE: the newest value reaches the target, or it is said to be done; LATE: past the deadline and not done."""

    DONE = "done"
    LATE = "late"
    RUNNING = "running"


STATES = {
    State.DONE: (gettext_lazy("已完成"), "good"),
    State.LATE: (gettext_lazy("逾期"), "bad"),
    State.RUNNING: (gettext_lazy("进行中"), ""),
}


@dataclass(frozen=True)
class Standing:
    """A goal with its newest entry and state."""

    goal: Goal
    entry: GoalEntry | None
    state: State

    @property
    def word(self) -> str:
        """Its state in words."""
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        """Its colour."""
        return STATES[self.state][1]

    @property
    def aim(self) -> str:
        """What is to be reached: `≥ 12 个`; empty without a number."""
        goal = self.goal
        if goal.target is None:
            return ""
        sign = "≥" if goal.sense == Goal.Sense.LEAST else "≤"
        return f"{sign} {goal.target:.10g} {goal.unit}".strip()


def goals_of(person: Person) -> QuerySet[Goal]:
    """The goals that a person may see, each with its entries as of the clock, newest first."""
    entries = GoalEntry.objects.filter(at__lte=clock.now()).select_related("by")
    rows = Goal.objects.select_related("river", "region", "organisation")
    rows = rows.defer("river__geometry", "region__geometry")
    return visible(rows, person).prefetch_related(Prefetch("entries", entries))


def standing_of(goal: Goal, today: date) -> Standing:
    """Where a goal of `goals_of` stands on a day."""
    entry = next(iter(goal.entries.all()), None)
    if entry is not None and _reached(goal, entry):
        return Standing(goal, entry, State.DONE)
    return Standing(goal, entry, State.LATE if today > goal.deadline else State.RUNNING)


def standings_of(goals: Iterable[Goal]) -> list[Standing]:
    """Where goals of `goals_of` stand as of the clock."""
    today = clock.now().astimezone(CST).date()
    return [standing_of(goal, today) for goal in goals]


def _reached(goal: Goal, entry: GoalEntry) -> bool:
    if goal.target is None:
        return entry.done
    if entry.value is None:
        return False
    return entry.value >= goal.target if goal.sense == Goal.Sense.LEAST else entry.value <= goal.target


def may_enter(person: Person, goal: Goal) -> bool:
    """May the person write an entry: the unit of the goal, or the office of its region?"""
    return may(person, *UNIT, *OFFICE, region=goal.region_id, organisation=goal.organisation_id)


@transaction.atomic
def enter(by: Person, goal: Goal, note: str, value: float | None = None, done: bool = False) -> GoalEntry:
    """Write an entry; it is never changed, a later one counts instead. Raises NotAllowed, IllegalMove."""
    if not may_enter(by, goal):
        raise NotAllowed(_("进展由责任单位或当地的调度岗、负责人填写。"))
    if goal.target is not None and value is None:
        raise IllegalMove(_("请填写指标现在的数值"), "value")
    text = needed(note, "说明", 400, _("请写明做了什么"), "note")
    made = GoalEntry.objects.create(
        goal=goal, value=value, done=done and goal.target is None, note=text, by=by, at=clock.now()
    )
    record(by, "river_goal.entry", goal.pk)
    return made
