"""How people are reached: quiet hours, what breaks through them, and how long an entry may stay unread before it goes on.

Quiet hours concern what leaves the inbox: the inbox itself is at once. 22:00 to 07:00 and the hours are our setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bihuan.cases.deadlines import CHINA, DAY
from bihuan.domain.worktime import UnknownYear, WorkCalendar

NONE = "none"
"""What a person says who has no quiet hours."""


@dataclass(frozen=True)
class Quiet:
    """From when until when, in China time; over midnight where it ends before it begins."""

    since: time
    until: time

    @classmethod
    def read(cls, text: str) -> "Quiet":
        """`22:00-07:00`. Raises ValueError."""
        since, until = (time.fromisoformat(part) for part in text.strip().replace("—", "-").split("-"))
        if since == until:
            raise ValueError("no time lies between them")
        return cls(since, until)

    @property
    def written(self) -> str:
        """As `read` takes it."""
        return f"{self.since:%H:%M}-{self.until:%H:%M}"

    def ends(self, at: datetime) -> datetime:
        """When it is over, of an instant within it; any other as it is."""
        local = at.astimezone(CHINA)
        over_midnight = self.until <= self.since
        clock = local.time()
        after, before = clock >= self.since, clock < self.until
        if not (after or before if over_midnight else after and before):
            return at
        day = local.date() + DAY if over_midnight and after else local.date()
        return datetime.combine(day, self.until, CHINA)


@dataclass(frozen=True)
class Attention:
    """quiet: the city's; None: no quiet hours. awake: roles that have none. urgent: levels that break through them.

    hours: of work that an entry may stay unread before the next channel, then the next rung; urgent_hours: the same of what
    is urgent, as they come.
    """

    quiet: Quiet | None = Quiet(time(22), time(7))
    awake: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ("major",)
    hours: int = 2
    urgent_hours: int = 1

    def wakes(self, at: datetime, *, role: str = "", own: str = "") -> datetime:
        """When a message of `at` may go out. own: what the person set, `none`, or empty for the city's."""
        if own == NONE or (not own and role in self.awake):
            return at
        quiet = Quiet.read(own) if own else self.quiet
        return quiet.ends(at) if quiet else at

    def unread_until(self, at: datetime, *, urgent: bool, calendar: WorkCalendar) -> datetime:
        """How long something of `at` may stay unread; as the hours come where nobody knows which days are worked."""
        if urgent:
            return at + timedelta(hours=self.urgent_hours)
        try:
            return calendar.add_time(at, timedelta(hours=self.hours))
        except UnknownYear:
            return at + timedelta(hours=self.hours)

    @property
    def written(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "quiet": self.quiet.written if self.quiet else "",
            "awake": list(self.awake),
            "urgent": list(self.urgent),
            "hours": self.hours,
            "urgent_hours": self.urgent_hours,
        }

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Attention":
        """From what `written` made of it."""
        return cls(
            Quiet.read(content["quiet"]) if content["quiet"] else None,
            tuple(content["awake"]),
            tuple(content["urgent"]),
            content["hours"],
            content["urgent_hours"],
        )
