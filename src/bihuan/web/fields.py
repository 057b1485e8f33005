"""Reading what a form posts: each value in its type, or one sentence that names the field and how to write it."""

from datetime import date, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.terms import CHINA, choices, end_of_day


def deadline(given: QueryDict, now: datetime) -> datetime | None:
    """The deadline of a form that shows `web/_deadline.html`; None when the form leaves it to the usual term.

    A date or moment that was typed (`due`, China time; a date lasts until 24:00) goes before the term that was chosen
    (`term`, days). Raises IllegalMove for what is neither.
    """
    typed, chosen = given.get("due", "").strip(), given.get("term", "").strip()
    if typed:
        return _moment(typed)
    if not chosen:
        return None
    term = next((c for c in choices() if str(c.days) == chosen), None)
    if term is None:
        offered = _("、").join(c.label for c in choices())
        raise IllegalMove(_("办结期限请在 %(terms)s 中选择, 或填写日期") % {"terms": offered})
    return term.due(now)


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2019-01-18"):
            return end_of_day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(CHINA)
    except (ValueError, OverflowError) as error:
        raise IllegalMove(
            _("办结期限“%(text)s”不是日期; 写成 2019-01-18 或 2019-01-18 18:00 的样子") % {"text": text[:40]}
        ) from error
