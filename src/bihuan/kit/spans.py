"""Which months and years a page is asked about."""

from datetime import date

from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, month_of
from bihuan.domain.timeaxis import CST, next_month


def today() -> date:
    """The day of China by the clock."""
    return clock.now().astimezone(CST).date()


def month_asked(text: str) -> date:
    """The first day of `2019-02`; without a text that of the month of the clock. Raises BadQuestion."""
    if not text:
        return today().replace(day=1)
    try:
        return month_of(text)
    except ValueError as error:
        raise BadQuestion(_("%(text)s 不是月份，写成 2019-01") % {"text": text[:20]}) from error


def span_asked(text: str) -> tuple[date, date]:
    """`2019` or `2019-02`: its first day, and the first one after it. Raises BadQuestion."""
    whole_year = "-" not in text
    try:
        start = month_of(f"{text}-01" if whole_year else text)
    except ValueError as error:
        raise BadQuestion(_("%(text)s 不是年或月，写成 2019 或 2019-02") % {"text": text[:20]}) from error
    return start, next_month(start, 12 if whole_year else 1)
