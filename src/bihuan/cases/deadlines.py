"""Deadlines (期限): the fixed rules about time.

Source: 13710 working rule of Shanxi (government notice, September 2016): 1 = assign within the day, 3 = report progress
within 3 days, 7 = general matters settled within 7 days, 1 = heavy or complex ones within 1 month, 0 = all cleared.
The notice does not say calendar or working days; we count calendar days, and a day lasts until 24:00. How long a unit has
is set by rules (`term_rules`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

CHINA = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
LAST = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Terms:
    """The bureau's rules about time, with their sources."""

    immediate_hours: int = 4  # 立即: today, and never less than this
    longest_days: int = 366  # no deadline lies further ahead: longer work is split into stages
    listed_days: int = 1830  # that of a list, whose stages are the cases below it: five years, our setting
    sign_days: int = 1  # 13710 "1"
    progress_days: int = 3  # 13710 "3"
    extensions: int = 1  # 延期申请: once
    extension_share: float = 0.5  # at most half of the original term
    returns: int = 2  # two wrong-unit returns, then the office decides
    urge_days: tuple[int, ...] = (
        7,
        3,
        1,
    )  # 督办 blue, orange, red, where nobody chooses another; our setting


TERMS = Terms()


def number_of(prefix: str, year: int, count: int) -> str:
    """The number of the n-th case of a year, e.g. 阳环交〔2019〕0047."""
    return f"{prefix}〔{year}〕{count:04d}"


def local_day(at: datetime) -> date:
    """The day in China on which an instant falls."""
    return at.astimezone(CHINA).date()


def end_of_day(day: date) -> datetime:
    """24:00 of a day in China; not beyond the last day that every time zone can write."""
    return datetime.combine(min(day, LAST.date()) + DAY, time(), CHINA)


def until_text(at: datetime, day: str = "%Y-%m-%d") -> str:
    """A deadline in China time; midnight is written as 24:00 of the day that ends. `day`: how days are written."""
    local = at.astimezone(CHINA)
    if local.time() == time():
        return f"{(local - DAY).strftime(day)} 24:00"
    return f"{local.strftime(day)} {local:%H:%M}"


def later(at: datetime, span: timedelta) -> datetime:
    """`at` moved by `span`; not beyond the last day that every time zone can write."""
    return at + min(span, max(LAST - at, timedelta(0)))


def term_days(start: datetime, due: datetime) -> int:
    """Whole calendar days between hand-over and deadline (24:00 belongs to the day that ends)."""
    return (local_day(due - timedelta(microseconds=1)) - local_day(start)).days


def span_text(span: timedelta) -> str:
    """`2 天 4 小时`; below a day hours, below an hour minutes."""
    minutes = int(span.total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days and hours:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    if days:
        return _("%(n)d 天") % {"n": days}
    return _("%(n)d 小时") % {"n": hours} if hours else _("%(n)d 分钟") % {"n": minutes}
