"""The ladder of reminders (提醒阶梯) of each kind of term, and how near a deadline is in the time that the term is counted in.

Terms in days count calendar days, in working days office hours by the day, in hours office hours; 立即 counts hours as they
come. Where nobody knows which days of a year are worked, days and hours count as they come: a reminder comes early, not never.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from bihuan.cases.deadlines import DAY, local_day, span_text
from bihuan.cases.terms import Unit
from bihuan.domain.worktime import WorkCalendar

HOUR = timedelta(hours=1)
AS_THEY_COME = {Unit.WORKDAYS: Unit.DAYS, Unit.HOURS: Unit.AT_ONCE}


class Reach(StrEnum):
    """Up to whom a reminder goes; whoever stands below is told too."""

    UNIT = "unit"
    OFFICE = "office"
    LEADER = "leader"


@dataclass(frozen=True)
class Rung:
    """So long after the deadline, counted as the term is, it is said up to there, with what has to be done."""

    after: int
    reach: Reach
    what: str


@dataclass(frozen=True)
class Ladder:
    """before: how long before the deadline the unit is reminded, counted as the term is; half: also when half of the term
    has passed. after: the rungs once it is over, the lowest first."""

    before: tuple[int, ...]
    half: bool
    after: tuple[Rung, ...]


AT_ONCE, SEE_TO_IT, LEAD, LETTER, SUMMON = (
    "请立即办理", "请承办单位负责人过问", "请负责人过问", "应发督办函", "应约谈或移交追责",
)  # fmt: skip
DAYS = Ladder(
    (3, 1),
    False,
    (
        Rung(1, Reach.UNIT, AT_ONCE),
        Rung(3, Reach.OFFICE, SEE_TO_IT),
        Rung(7, Reach.LEADER, LEAD),
        Rung(15, Reach.LEADER, LETTER),
        Rung(30, Reach.LEADER, SUMMON),
    ),
)
"""Supervision ledger, section 3: overdue 1 day: unit; 3: unit and office; 7: the dispatcher's leader; 15: 督办函; 30: 约谈."""
HOURS = Ladder(
    (1,),
    True,
    (Rung(1, Reach.UNIT, AT_ONCE), Rung(4, Reach.OFFICE, SEE_TO_IT), Rung(10, Reach.LEADER, LEAD)),
)
"""Our setting: a term of hours is over before a day is."""
LADDERS: Mapping[Unit, Ladder] = {
    Unit.AT_ONCE: HOURS,
    Unit.DAYS: DAYS,
    Unit.WORKDAYS: DAYS,
    Unit.HOURS: HOURS,
}
"""What an installation starts with."""


@dataclass(frozen=True)
class Timing:
    """The ladders and the calendar of a moment."""

    ladders: Mapping[Unit, Ladder] = field(default_factory=lambda: LADDERS)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    def counted(self, unit: Unit, start: datetime, end: datetime) -> Unit:
        """In what the time between two instants can be counted for a term of this unit."""
        years = range(local_day(start).year, local_day(end).year + 1)
        known = unit not in AS_THEY_COME or all(self.calendar.knows(year) for year in years)
        return unit if known else AS_THEY_COME[unit]

    def span(self, unit: Unit, n: int) -> timedelta:
        """How long `n` of a unit are in what `between` counts."""
        return n * {Unit.DAYS: DAY, Unit.WORKDAYS: self.calendar.day_length}.get(unit, HOUR)

    def between(self, unit: Unit, start: datetime, end: datetime) -> timedelta:
        """What of a unit's own time passes between two instants; working time where the unit is one of work."""
        return self.calendar.between(start, end) if unit in AS_THEY_COME else end - start

    def text(self, unit: Unit, start: datetime, end: datetime) -> str:
        """How long it is between two instants, as a term of this unit is counted."""
        unit = self.counted(unit, start, end)
        passed = self.between(unit, start, end)
        if unit not in AS_THEY_COME:
            return span_text(passed)
        days = passed // self.calendar.day_length
        if unit == Unit.WORKDAYS and days:
            return _("%(n)d 个工作日") % {"n": days}
        if passed < HOUR:
            return span_text(passed)
        return _("%(n)d 个工作小时") % {"n": passed // HOUR}

    def warned(self, unit: Unit, start: datetime | None, due: datetime, now: datetime) -> str:
        """Which reminder before the deadline is reached: `3` (of the unit) or `half`; empty: none yet. start: the hand-over."""
        ladder, unit = self.ladders[unit], self.counted(unit, start or now, due)
        left = self.between(unit, now, due)
        reached = [n for n in ladder.before if left <= self.span(unit, n)]
        if reached:
            return str(min(reached))
        half = ladder.half and start is not None and 2 * left <= self.between(unit, start, due)
        return "half" if half else ""

    def rung(self, unit: Unit, due: datetime, now: datetime) -> Rung | None:
        """The highest rung that is reached after the deadline."""
        ladder, unit = self.ladders[unit], self.counted(unit, due, now)
        late = self.between(unit, due, now)
        reached = [rung for rung in ladder.after if late >= self.span(unit, rung.after)]
        return reached[-1] if reached else None

    def reaches(self, unit: Unit, now: datetime) -> datetime | None:
        """The latest deadline of which a reminder may be due now; None: of any."""
        ladder = self.ladders[unit]
        if ladder.half:
            return None
        longest = max(ladder.before, default=0)
        far = now + 366 * DAY
        if self.counted(unit, now, far) != unit or unit not in AS_THEY_COME:
            return now + longest * DAY
        return self.calendar.add_time(now, self.span(unit, longest))
