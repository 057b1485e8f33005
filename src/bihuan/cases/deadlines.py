"""Deadlines (期限): how long a unit has, when it is warned, and the lamp that shows it.

Source: 13710 working rule of Shanxi (government notice, September 2016): 1 = assign within the day, 3 = report progress
within 3 days, 7 = general matters settled within 7 days, 1 = heavy or complex ones within 1 month, 0 = all cleared.
The notice does not say calendar or working days; we count calendar days, and a day lasts until 24:00.
"""

from collections.abc import Iterable
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

    immediate_days: int = 3  # 立行立改: 1 to 3 days, the usual upper end
    immediate_hours: int = 4  # 立即: today, and never less than this
    longest_days: int = 366  # no deadline lies further ahead: longer work is split into stages
    sign_days: int = 1  # 13710 "1"
    progress_days: int = 3  # 13710 "3"
    extensions: int = 1  # 延期申请: once
    extension_share: float = 0.5  # at most half of the original term
    returns: int = 2  # two wrong-unit returns, then the office decides
    warn_days: tuple[int, ...] = (3, 1)


TERMS = Terms()


@dataclass(frozen=True)
class DefaultTerm:
    """One row: what a case of these levels gets that came from a check whose key begins with `check`.

    `check` empty: every check, and a case without a finding. `days` 0 = 立即. In force from `since` on.
    """

    check: str
    levels: tuple[str, ...]
    days: int
    since: date
    source: str


_ALL = ("minor", "moderate", "serious", "major")
_13710 = date(2016, 9, 1)
_USUAL = "usual practice of a city's dispatch; the bureau's own notice goes before it"
# The longest `check` that fits decides, of those the newest row.
DEFAULT_TERMS: tuple[DefaultTerm, ...] = (
    DefaultTerm("", ("minor", "moderate"), 7, _13710, "13710: general matters within 7 days"),
    DefaultTerm("", ("serious", "major"), 30, _13710, "13710: heavy or complex ones within one month"),
    # Goes on while it is read: the emission stops first, the paper follows.
    DefaultTerm("cems.limits.", ("serious", "major"), 0, _13710, _USUAL),
    DefaultTerm("cems.limits.", ("minor", "moderate"), 1, _13710, _USUAL),
    DefaultTerm("sewage.limits.", ("serious", "major"), 0, _13710, _USUAL),
    DefaultTerm("sewage.limits.", ("minor", "moderate"), 1, _13710, _USUAL),
    DefaultTerm("cems.arrival.", _ALL, 1, _13710, _USUAL),
    DefaultTerm("sewage.arrival.", _ALL, 1, _13710, _USUAL),
    # Suspicions: someone must go and look before the traces are gone.
    DefaultTerm("cems.", ("serious", "major"), 3, _13710, _USUAL),
    DefaultTerm("sewage.", ("serious", "major"), 3, _13710, _USUAL),
    DefaultTerm("air.", _ALL, 3, _13710, _USUAL),
    DefaultTerm("heavy_pollution.", _ALL, 1, _13710, _USUAL),
)


@dataclass(frozen=True)
class Choice:
    """A term that a form offers; `days` 0 = 立即. The form posts `days` as `term`."""

    days: int

    @property
    def label(self) -> str:
        """As the form says it."""
        return _("%(n)d 天") % {"n": self.days} if self.days else _("立即")

    def due(self, at: datetime) -> datetime:
        """24:00 of the last day when handed over at `at`; 立即 is today, but not within the next few hours."""
        if self.days:
            return end_of_day(local_day(at) + self.days * DAY)
        return max(end_of_day(local_day(at)), at + timedelta(hours=TERMS.immediate_hours))


CHOICES = tuple(Choice(days) for days in (0, 1, 3, 7, 30))


def choices() -> tuple[Choice, ...]:
    """What a form offers: 立即, 1, 3, 7, 30 days. `web/_deadline.html` shows them, `web.fields.deadline` reads them."""
    return CHOICES


def default_for(level: str, checks: Iterable[str] = (), *, on: date, immediate: bool = False) -> Choice:
    """The term that a case of this level gets when nobody chooses one.

    `checks`: keys of the checks of its findings (the shortest term of them counts); none for a case from a patrol or a
    complaint. `on`: the day of the hand-over in China. `immediate`: 立行立改. Raises KeyError for an unknown level.
    """
    days = min(_row(level, check, on).days for check in [*checks] or [""])
    return Choice(min(days, TERMS.immediate_days) if immediate else days)


def _row(level: str, check: str, on: date) -> DefaultTerm:
    fitting = [r for r in DEFAULT_TERMS if check.startswith(r.check) and level in r.levels]
    if not fitting:
        raise KeyError(f"no term for level {level}")
    # A replay may show days before the first notice: its terms count then too.
    in_force = [r for r in fitting if r.since <= on] or fitting
    return max(in_force, key=lambda r: (len(r.check), r.since))


def number_of(prefix: str, year: int, count: int) -> str:
    """The number of the n-th case of a year, e.g. 阳环交〔2019〕0047."""
    return f"{prefix}〔{year}〕{count:04d}"


def local_day(at: datetime) -> date:
    """The day in China on which an instant falls."""
    return at.astimezone(CHINA).date()


def end_of_day(day: date) -> datetime:
    """24:00 of a day in China."""
    return datetime.combine(day + DAY, time(), CHINA)


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


@dataclass(frozen=True)
class Lamp:
    """`colour` is green, yellow, red or grey; `text` says the same in words."""

    colour: str
    text: str


def lamp_of(due: datetime | None, stopped_at: datetime | None, state_label: str, now: datetime) -> Lamp:
    """The lamp of a case whose clock runs (`stopped_at` is None) or stands."""
    if due is None:
        return Lamp("grey", _(state_label))
    if stopped_at is not None:
        late = stopped_at > due
        how = _("逾期 %(span)s") % {"span": span_text(stopped_at - due)} if late else _("未逾期")
        return Lamp("grey", f"{_(state_label)}, {how}")
    if now > due:
        return Lamp("red", _("超期 %(span)s") % {"span": span_text(now - due)})
    left = due - now
    soon = left <= max(TERMS.warn_days) * DAY
    return Lamp("yellow" if soon else "green", _("还剩 %(span)s") % {"span": span_text(left)})
