"""Terms (办结时限): how long a unit has, in which unit of time, and how a clock of that unit stops and is extended.

Calendar days last until 24:00 of the last one, working days until closing time of the last one; the day of the hand-over
is not counted (民法典 第二百零一条). Working hours are counted to the minute within office hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from bihuan.cases.deadlines import DAY, TERMS, end_of_day, later, local_day, term_days
from bihuan.domain.worktime import UnknownYear, WorkCalendar


class Unit(TextChoices):
    """In what a term is counted."""

    AT_ONCE = "at_once", "立即"
    DAYS = "days", "天"
    WORKDAYS = "workdays", "个工作日"
    HOURS = "hours", "个工作小时"


LONGEST = {Unit.AT_ONCE: 0, Unit.DAYS: TERMS.longest_days, Unit.WORKDAYS: 250, Unit.HOURS: 1000}
"""The longest term of each unit: about a year of days, half a year of hours."""
ORDER = list(Unit)


@dataclass(frozen=True)
class Term:
    """`length` of a unit: 7 days, 5 working days, 4 working hours; 立即 has none."""

    unit: Unit
    length: int = 0

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Term":
        """A term from what `written` made of it."""
        return cls(Unit(written["unit"]), int(written["length"]))

    @property
    def written(self) -> dict[str, Any]:
        """The term as it is kept."""
        return {"unit": str(self.unit), "length": self.length}

    @property
    def key(self) -> str:
        """What a form posts for it: `0` for 立即, `7` for days, `workdays-5`."""
        return str(self.length) if self.unit in (Unit.AT_ONCE, Unit.DAYS) else f"{self.unit}-{self.length}"

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among others."""
        return ORDER.index(self.unit), self.length

    @property
    def works(self) -> bool:
        """Does its clock run in working time only?"""
        return self.unit in (Unit.WORKDAYS, Unit.HOURS)

    @property
    def unit_label(self) -> str:
        """In what it is counted, as people say it."""
        return _(str(self.unit.label))

    @property
    def label(self) -> str:
        """As the form says it."""
        texts = {
            Unit.AT_ONCE: _("立即"),
            Unit.DAYS: _("%(n)d 天"),
            Unit.WORKDAYS: _("%(n)d 个工作日"),
            Unit.HOURS: _("%(n)d 个工作小时"),
        }
        return texts[self.unit] % {"n": self.length}

    def due(self, at: datetime, calendar: WorkCalendar) -> datetime:
        """The deadline of what is handed over at `at`. Raises UnknownYear.

        立即 is today until 24:00, but not within the next few hours.
        """
        match self.unit:
            case Unit.AT_ONCE:
                return max(end_of_day(local_day(at)), at + timedelta(hours=TERMS.immediate_hours))
            case Unit.DAYS:
                return end_of_day(local_day(at) + self.length * DAY)
            case Unit.WORKDAYS:
                return calendar.closes(calendar.add_days(local_day(at), self.length))
        return calendar.add_time(at, timedelta(hours=self.length))

    def moved(self, due: datetime, stopped: datetime, now: datetime, calendar: WorkCalendar) -> datetime:
        """The deadline after the clock stood still: later by what passed of its own time meanwhile. Raises UnknownYear."""
        if self.works:
            return calendar.add_time(due, calendar.between(stopped, now))
        return later(due, now - stopped)

    def extended(self, due: datetime, more: int, calendar: WorkCalendar) -> datetime:
        """The deadline after an extension by `more` of its unit. Raises UnknownYear."""
        match self.unit:
            case Unit.WORKDAYS:
                at = due.astimezone(calendar.closes(local_day(due)).tzinfo)
                return datetime.combine(calendar.add_days(at.date(), more), at.timetz())
            case Unit.HOURS:
                return calendar.add_time(due, timedelta(hours=more))
        return later(due, more * DAY)


def until(at: datetime, due: datetime) -> Term:
    """The term of a deadline that somebody chose by hand: calendar days, as far as it reaches."""
    return Term(Unit.DAYS, term_days(at, due))


def unknown_year(error: UnknownYear) -> str:
    """Why there is no deadline in a year that nobody knows, and what helps."""
    if error.gaps:
        said = {"year": error.year, "day": error.gaps[0].isoformat()}
        why = (
            _("已导入的 %(year)d 年放假安排不全(%(day)s 等法定假日未列放假), 算不出按工作时间计的期限; ")
            % said
        )
    else:
        why = _("%(year)d 年放假安排尚未公布或未导入, 算不出按工作时间计的期限; ") % {"year": error.year}
    return why + _("请在“登记-放假安排”导入该年通知, 或直接填写日期")
