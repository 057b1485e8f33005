"""恢复正常: has the check that found a problem seen nothing of it for long enough? Pure: nothing is read here.

Only hours that the sensor measured, and that a sound run of the check has looked at since, count. An hour without valid
measurements (nothing came, ours or theirs the fault, calibration, maintenance, silenced by a rule) is no normal hour: it
is left out and said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.deadlines import CHINA
from bihuan.cases.grouping import GAP
from bihuan.domain.timeaxis import HOUR

FRESH = GAP
"""What was measured longer ago says nothing of now: our setting, as long as the pause that ends a finding."""


@dataclass(frozen=True)
class Recovery:
    """How a problem of one check at one target and item stands.

    name: target and title of the finding. shown: until when the check has shown the problem. needed: normal hours that close a case.
    seen_from, seen_until: the whole hours that the newest sound run looked at; None where there was none. normal: the
    starts of those measured and seen since `shown`, in order.
    """

    key: tuple[str, str, str, str]
    name: str
    shown: datetime
    needed: int
    seen_from: datetime | None
    seen_until: datetime | None
    normal: tuple[datetime, ...]
    now: datetime

    @property
    def hours(self) -> int:
        """Normal hours, as many as are needed at most."""
        return min(len(self.normal), self.needed)

    @property
    def newest(self) -> datetime | None:
        """The end of the newest normal hour."""
        return self.normal[-1] + HOUR if self.normal else None

    @property
    def proven(self) -> bool:
        """Is it over, by measurements that reach to now?"""
        return self.newest is not None and self.hours >= self.needed and self.now - self.newest <= FRESH

    @property
    def persists(self) -> bool:
        """Does the check still show it?"""
        return self.seen_until is not None and not self.normal and self.seen_until - self.shown < FRESH

    @property
    def unmeasured(self) -> int:
        """Hours between the end of the problem and the newest normal hour that do not count."""
        if self.newest is None or self.seen_from is None:
            return 0
        first = max(whole_hour_from(self.shown), self.seen_from)
        return (self.newest - first) // HOUR - len(self.normal)

    @property
    def earliest(self) -> datetime | None:
        """When it will be proven if every hour from now on is normal."""
        if self.seen_until is None:
            return None
        return max(self.seen_until, whole_hour_from(self.shown)) + (self.needed - self.hours) * HOUR

    @property
    def said(self) -> str:
        """In a sentence, also what is lacking and from when on it is not."""
        if self.proven:
            return _("已恢复正常 %(hours)d 小时") % {"hours": self.hours}
        if self.newest is None or self.now - self.newest > FRESH:
            return self._silent()
        words = {"hours": self.hours, "needed": self.needed, "at": moment(self.earliest)}
        text = _("已恢复 %(hours)d 小时，需 %(needed)d 小时，最早 %(at)s 可销号") % words
        if self.unmeasured:
            text += _("；其间 %(n)d 小时没有有效数据，不计") % {"n": self.unmeasured}
        return text

    def _silent(self) -> str:
        """Why nothing new counts: no sound run, the problem itself, no measurements."""
        if self.seen_until is None:
            return _("规则没有成功运行的记录，不能证明已恢复正常")
        if self.now - self.seen_until > FRESH:
            return _("规则自 %(at)s 起没有成功运行，不能证明已恢复正常") % {"at": moment(self.seen_until)}
        words = {
            "at": moment(self.newest or min(self.shown, self.now)),
            "needed": self.needed,
            "earliest": moment(self.earliest),
        }
        if self.persists:
            text = _("规则报到 %(at)s，尚未恢复；恢复后需正常 %(needed)d 小时，最早 %(earliest)s 可销号")
        else:
            text = _("%(at)s 以后没有有效数据，没有数据不等于恢复正常；需正常 %(needed)d 小时")
        return text % words

    def record(self) -> dict[str, Any]:
        """What a step keeps of it."""
        check, kind, target, item = self.key
        return {
            "check": check, "target_kind": kind, "target": target, "item": item, "name": self.name,
            "shown_until": self.shown.isoformat(), "needed_hours": self.needed, "normal_hours": self.hours,
            "unmeasured_hours": self.unmeasured, "normal_until": _iso(self.newest), "seen_until": _iso(self.seen_until),
            "proven": self.proven,
        }  # fmt: skip


def recovered(
    key: tuple[str, str, str, str],
    name: str,
    *,
    shown: datetime,
    run: datetime | None,
    look_back: timedelta,
    needed: int,
    measured: Iterable[datetime],
    now: datetime,
) -> Recovery:
    """How a problem stands: `run` is as of when the newest sound run looked back, `measured` the starts of valid hours."""
    if run is None:
        return Recovery(key, name, shown, needed, None, None, (), now)
    until = run.replace(minute=0, second=0, microsecond=0)
    since = whole_hour_from(run - look_back)
    first = max(since, whole_hour_from(shown))
    normal = sorted({h for h in measured if first <= h and h + HOUR <= until})
    return Recovery(key, name, shown, needed, since, until, tuple(normal), now)


def whole_hour_from(at: datetime) -> datetime:
    """The first whole hour that does not begin before an instant."""
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + HOUR


def moment(at: datetime | None) -> str:
    """An instant as sentences name it, in China time."""
    if at is None:
        return "—"
    local = at.astimezone(CHINA)
    words = {"month": local.month, "day": local.day, "time": f"{local:%H:%M}"}
    return _("%(month)d月%(day)d日 %(time)s") % words


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
