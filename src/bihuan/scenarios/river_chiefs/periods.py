"""Calendar periods within which a duty is done so many times. Days are those of China; `until` is the first day after one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

TITLES = {
    "year": _("年"),
    "half": _("半年"),
    "quarter": _("季度"),
    "month": _("月"),
    "ten_days": _("旬"),
    "week": _("周"),
}
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Period:
    """One of a kind. label: short and unique among those of its kind."""

    kind: str
    label: str
    start: date
    until: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)


def period_of(kind: str, day: date) -> Period:
    """The period of a kind (keys of TITLES) in which a day lies. Weeks begin on Monday, as in ISO 8601; 旬 on the 1st, 11th and 21st."""
    if kind == "week":
        start = day - timedelta(days=day.weekday())
        year, number, _weekday = day.isocalendar()
        return Period(kind, f"{year}-W{number:02}", start, start + timedelta(days=7))
    if kind == "ten_days":
        part = min((day.day - 1) // 10, 2)
        until = _months_on(day.replace(day=1), 1) if part == 2 else day.replace(day=part * 10 + 11)
        return Period(kind, f"{day:%Y-%m}-{'上中下'[part]}旬", day.replace(day=part * 10 + 1), until)
    months = MONTHS[kind]
    part = (day.month - 1) // months
    start = date(day.year, part * months + 1, 1)
    return Period(kind, _label(kind, start, part + 1), start, _months_on(start, months))


def before(period: Period) -> Period:
    """The period before one."""
    return period_of(period.kind, period.start - timedelta(days=1))


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _label(kind: str, start: date, part: int) -> str:
    return {"year": f"{start.year}", "half": f"{start.year}-H{part}", "quarter": f"{start.year}-Q{part}"}.get(
        kind, f"{start:%Y-%m}"
    )
