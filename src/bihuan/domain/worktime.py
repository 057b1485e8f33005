"""Working time in China: which days are worked, moved workdays (调休) included, and time counted within office hours.

Days off and moved workdays are published year by year (国务院办公厅关于部分节假日安排的通知). Those until today come with
`chinesecalendar`; a year that it does not know is known once its list was imported. No year is ever guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays

from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError

DAY = timedelta(days=1)
Span = tuple[time, time]
OFFICE: tuple[Span, ...] = ((time(8), time(18)),)
"""Usual office hours."""
LIBRARY = range(min(holidays).year, max(holidays).year + 1)
"""Years whose lists come with the library."""
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
LEAST_OFF = 12
"""全国年节及纪念日放假办法 (2024): thirteen days off in a year, of which six have a fixed date and two may coincide."""


class UnknownYear(BihuanError):
    """Nobody has said which days of `year` are worked. gaps: days off that a list which was imported lacks."""

    def __init__(self, year: int, gaps: tuple[date, ...] = ()) -> None:
        super().__init__(
            f"which days of {year} are worked is not known: import the official list of that year"
        )
        self.year, self.gaps = year, gaps


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, and from when until when.

    listed: days that were imported, with whether they are worked; they go before the library. office: the spans of a
    working day in China time, in their order.
    """

    listed: Mapping[date, bool] = field(default_factory=dict)
    office: tuple[Span, ...] = OFFICE

    @property
    def day_length(self) -> timedelta:
        """The office hours of a working day."""
        first = date(2000, 1, 1)
        spans = ((datetime.combine(first, a, CST), datetime.combine(first, b, CST)) for a, b in self.office)
        return sum((closes - opens for opens, closes in spans), timedelta(0))

    def knows(self, year: int) -> bool:
        """Is it known which days of the year are worked? A list that lacks days off by law is none."""
        return year in LIBRARY or (self.days_off(year) >= LEAST_OFF and not self.gaps(year))

    def days_off(self, year: int) -> int:
        """How many days off of the year were imported."""
        return sum(not worked for day, worked in self.listed.items() if day.year == year)

    def gaps(self, year: int) -> tuple[date, ...]:
        """Days off by law, of a fixed date, that the imported list of a year does not have."""
        fixed = (date(year, month, day) for month, day in FIXED)
        return tuple(day for day in fixed if self.listed.get(day, True))

    def works(self, day: date) -> bool:
        """Is the day worked? Raises UnknownYear."""
        if not self.knows(day.year):
            raise UnknownYear(day.year, self.gaps(day.year) if self.days_off(day.year) else ())
        if day in self.listed:
            return self.listed[day]
        return is_workday(day) if day.year in LIBRARY else day.weekday() < 5

    def workdays_after(self, day: date) -> Iterator[date]:
        """The working days after a day. Raises UnknownYear where they come to an unknown year."""
        while True:
            day += DAY
            if self.works(day):
                yield day

    def add_days(self, day: date, n: int) -> date:
        """The n-th working day after a day, which is not counted itself (n >= 1). Raises UnknownYear."""
        following = self.workdays_after(day)
        for _ in range(n - 1):
            next(following)
        return next(following)

    def closes(self, day: date) -> datetime:
        """When the last office hour of a day ends."""
        return datetime.combine(day, self.office[-1][1], CST)

    def add_time(self, at: datetime, span: timedelta) -> datetime:
        """The instant until which `span` of working time has passed since `at`. Raises UnknownYear.

        What ends with the day ends at closing time, not at the next opening. No time at all leaves `at` as it is.
        """
        if not span:
            return at
        day = at.astimezone(CST).date()
        while True:
            for opens, closes in self._spans(day):
                begins = max(opens, at)
                if begins < closes:
                    if span <= closes - begins:
                        return begins + span
                    span -= closes - begins
            day += DAY

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time that passes from `start` to `end`; none where `end` is not later. Raises UnknownYear."""
        passed, day = timedelta(0), start.astimezone(CST).date()
        while start < end and day <= end.astimezone(CST).date():
            spans = ((max(opens, start), min(closes, end)) for opens, closes in self._spans(day))
            passed += sum((b - a for a, b in spans if a < b), timedelta(0))
            day += DAY
        return passed

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self.works(day):
            for opens, closes in self.office:
                yield datetime.combine(day, opens, CST), datetime.combine(day, closes, CST)
