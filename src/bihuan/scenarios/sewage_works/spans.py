"""Months and years that pages ask for."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from bihuan.asked import BadQuestion
from bihuan.domain.timeaxis import next_month
from bihuan.kit.spans import span_asked, today
from bihuan.scenarios.sewage_works.inputs import months_between


@dataclass(frozen=True)
class Span:
    """A month or a year of the clock of China; `end` is the first day after it."""

    text: str
    start: date
    end: date

    @property
    def until(self) -> date:
        """The first day of which nothing is told: that of the clock, or the end."""
        return max(self.start, min(self.end, today()))

    @property
    def days(self) -> int:
        """Days of it that are over."""
        return (self.until - self.start).days

    @property
    def months(self) -> list[date]:
        """Its months that are over."""
        return months_between(self.start, self.until)

    @property
    def running(self) -> bool:
        """Is it not over yet?"""
        return self.until < self.end


def span_of(text: str) -> Span:
    """`2019` or `2019-02`; without a text the last month that is over. Raises BadQuestion."""
    text = text or f"{next_month(today(), -1):%Y-%m}"
    return Span(text, *span_asked(text))


def month_span(text: str) -> Span:
    """The same of a month alone. Raises BadQuestion."""
    found = span_of(text)
    if "-" not in found.text:
        raise BadQuestion(_("%(text)s 不是月份，写成 2019-01") % {"text": text[:20]})
    return found


def year_span(text: str) -> Span:
    """The same of a year; without a text that of the last month that is over. Raises BadQuestion."""
    return span_of(text or f"{next_month(today(), -1).year}")
