"""Hours and minutes that a device has not sent in the last day, and how they are asked for after it came back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import gcd
from typing import NamedTuple

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.servers.hj212.ask.dialogue import Dialogues
from bihuan.servers.hj212.devices import HOUR_FORM, Seen

HOUR = timedelta(hours=1)
LATEST = timedelta(minutes=15)  # how late a record of the newest hour may come without being missed
DAY_HOURS = 24
AT_ONCE = 20  # devices asked in one tick: many may come back together
STAMP = "%Y%m%d%H%M%S"


class Span(NamedTuple):
    """Missing records: command to ask with, and the first and last DataTime (labels of the START of a period)."""

    name: str
    first: datetime
    last: datetime

    @property
    def cp(self) -> dict[str, str]:
        """As the request names it."""
        return {"BeginTime": f"{self.first:{STAMP}}", "EndTime": f"{self.last:{STAMP}}"}


def last_hours(since: datetime, now: datetime) -> list[datetime]:
    """Starts (China Standard Time) of the whole hours of the last 24 that lie after `since` and should have come."""
    newest = (now - LATEST).astimezone(CST).replace(minute=0, second=0, microsecond=0) - HOUR
    hours = [newest - n * HOUR for n in range(DAY_HOURS)]
    return sorted(hour for hour in hours if hour >= since)


def _spans(name: str, missing: list[datetime], step: timedelta) -> list[Span]:
    spans: list[Span] = []
    for moment in missing:
        if spans and spans[-1].last + step == moment:
            spans[-1] = spans[-1]._replace(last=moment)
        else:
            spans.append(Span(name, moment, moment))
    return spans


def minute_step(bits: int) -> int:
    """The interval of minute records, from the minutes of the hour that were ever seen: {0, 10, 40} -> 10."""
    return gcd(60, *(minute for minute in range(60) if bits >> minute & 1))


def gaps(seen: Seen, now: datetime) -> list[Span]:
    """What is missing of the kinds of record that the device is known to send, in spans, hours first."""
    seen.forget(now)
    hours = last_hours(seen.first, now)
    found: list[Span] = []
    if "2061" in seen.ever:
        came = seen.came.get("2061", {})
        found += _spans("fetch_hours", [hour for hour in hours if f"{hour:{HOUR_FORM}}" not in came], HOUR)
    if "2051" in seen.ever:
        step, came = minute_step(seen.ever["2051"]), seen.came.get("2051", {})
        missing = [
            hour + timedelta(minutes=minute)
            for hour in hours
            for minute in range(0, 60, step)
            if not came.get(f"{hour:{HOUR_FORM}}", 0) >> minute & 1
        ]
        found += _spans("fetch_minutes", missing, timedelta(minutes=step))
    return found


@dataclass
class GapAsker:
    """after: seconds between a device's coming back and the first look (it may backfill by itself); 0 = never ask.

    One request at a time, so many an hour and device; a span whose beginning was asked for once is not asked for again.
    """

    dialogues: Dialogues
    after: float
    an_hour: int
    _due: dict[str, float] = field(default_factory=dict)
    _asked: dict[str, dict[tuple[str, datetime], float]] = field(default_factory=dict)

    def came_back(self, mn: str, now: float) -> None:
        """The device is on a new connection."""
        if self.after:
            self._due[mn] = min(self._due.get(mn, now + self.after), now + self.after)

    def tick(self, now: float) -> None:
        """Ask the devices whose time it is and that nothing else is asked of."""
        for mn in [mn for mn, due in self._due.items() if due <= now][:AT_ONCE]:
            if self.dialogues.busy(mn) or self.dialogues.link(mn) is None:
                continue
            span = self._next(mn, now)
            if span is None:
                self._due[mn] = now + HOUR.total_seconds()
            else:
                self._asked[mn][span.name, span.first] = now
                self.dialogues.ask(mn, span.name, span.cp)
                self._due[mn] = now + 1.0

    def _next(self, mn: str, now: float) -> Span | None:
        day_ago, hour_ago = now - 25 * HOUR.total_seconds(), now - HOUR.total_seconds()
        kept = {span: at for span, at in self._asked.get(mn, {}).items() if at > day_ago}
        self._asked[mn] = kept
        seen = self.dialogues.devices.known.get(mn)
        if seen is None or sum(at > hour_ago for at in kept.values()) >= self.an_hour:
            return None
        return next((span for span in gaps(seen, clock.now()) if (span.name, span.first) not in kept), None)
