"""Which days an evaluation is about, from what the page was asked."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from bihuan.domain.standards import minimum
from bihuan.errors import BihuanError

LONGEST = 366


class BadSpan(BihuanError):
    """The span asked for cannot be evaluated; says how to write it."""


@dataclass(frozen=True)
class Span:
    """Days `first`..`last`, both counted; `last` is at most yesterday."""

    first: date
    last: date
    asked_last: date

    @property
    def month(self) -> str:
        """`2019-02` when the span is a month or its part so far, else empty."""
        whole = self.first.day == 1 and self.asked_last == month_end(self.first)
        return f"{self.first:%Y-%m}" if whole else ""

    @property
    def year(self) -> int | None:
        """The year when the span is a year or its part so far."""
        ends = (self.first.month, self.first.day, self.asked_last.month, self.asked_last.day)
        return self.first.year if ends == (1, 1, 12, 31) else None

    @property
    def open(self) -> bool:
        """Is the span still running?"""
        return self.last < self.asked_last

    @property
    def needed(self) -> int | None:
        """Least valid days for a valid month (27, February 25) or year (324); None where the law sets none."""
        if self.month:
            return minimum("days_of_february" if self.first.month == 2 else "days_of_month")
        return minimum("days_of_year") if self.year else None


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadSpan(
            _("%(name)s“%(text)s”不是日期；写成 2019-02-24 的样子") % {"name": name, "text": text}
        ) from error


def _asked(given: Mapping[str, str], yesterday: date) -> tuple[date, date]:
    if given.get("from") or given.get("to"):
        return _date(given.get("from", ""), "from "), _date(given.get("to", ""), "to ")
    if given.get("year"):
        first = _date(f"{given['year']}-01-01", "year ")
        return first, first.replace(month=12, day=31)
    first = _date(f"{given['month']}-01", "month ") if given.get("month") else yesterday.replace(day=1)
    return first, month_end(first)


def span_of(given: Mapping[str, str], today: date) -> Span:
    """The span of ?month=, ?year= or ?from=&to=; the month of yesterday by default. Raises BadSpan.

    A running span ends with yesterday, the last whole day.
    """
    first, asked = _asked(given, today - timedelta(days=1))
    if first > asked:
        raise BadSpan(_("起日 %(first)s 晚于止日 %(last)s；请对调") % {"first": first, "last": asked})
    if (asked - first).days >= LONGEST:
        raise BadSpan(_("一次最多评价 366 天；请缩短时段"))
    if not 1900 < first.year < 2200:
        raise BadSpan(_("年份 %(year)s 超出范围；请用 1901 至 2199 年") % {"year": first.year})
    return Span(first, max(first, min(asked, today - timedelta(days=1))), asked)
