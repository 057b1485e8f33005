"""Reading what a form posts: each value in its type, or one sentence that names the field and how to write it."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.asked import LARGEST_ID, whole_of
from bihuan.cases.deadlines import CHINA, end_of_day
from bihuan.cases.errors import IllegalMove
from bihuan.cases.term_settings import rulebook
from bihuan.cases.terms import Term
from bihuan.cases.transitions import Need
from bihuan.registry.models import Organisation

M = TypeVar("M", bound=Model)
TYPED = ("line", "text", "number", "rung", "day", "node", "listed_by")
"""Kinds of needs that a form sends as text."""


def chosen(given: QueryDict, name: str, label: str, rows: "QuerySet[M]") -> M | None:
    """The row that a list of the form chose by its key; None when the field is empty or absent.

    Raises IllegalMove for what is no key, and for a row that is not among those the person may choose.
    """
    key = given.get(name, "").strip()
    if not key:
        return None
    numbered = rows.model._meta.pk.get_internal_type() != "CharField"
    possible = not numbered or (whole_of(key) or 0) in range(1, LARGEST_ID + 1)
    found = rows.filter(pk=key).first() if possible else None
    if found is None:
        said = {"field": _(label), "value": key[:40]}
        raise IllegalMove(_("%(field)s“%(value)s”不在可选范围内") % said, name)
    return found


def deadline(given: QueryDict) -> datetime | Term | None:
    """What a form that shows `web/_deadline.html` says of the deadline; None when it leaves it to the rules.

    A date or moment that was typed (`due`, China time; a date lasts until 24:00) goes before the term that was chosen
    (`term`, Term.key). Raises IllegalMove for what is neither.
    """
    typed, chosen = given.get("due", "").strip(), given.get("term", "").strip()
    if typed:
        return _moment(typed)
    if not chosen:
        return None
    offered = rulebook().offered()
    term = next((t for t in offered if t.key == chosen), None)
    if term is None:
        terms = _("、").join(t.label for t in offered)
        raise IllegalMove(_("办结期限请在 %(terms)s 中选择, 或填写日期") % {"terms": terms}, "due")
    return term


def step_data(given: QueryDict, units: "QuerySet[Organisation]") -> dict[str, Any]:
    """What a step's form filled in besides its files: only the fields of the table, each in its type."""
    data: dict[str, Any] = {"note": given.get(Need.NOTE.key, "")}
    texts = (n for n in Need if n.kind in TYPED and n is not Need.NOTE)
    data |= {n.key: given[n.key] for n in texts if given.get(n.key, "").strip()}
    due = deadline(given)
    unit = chosen(given, Need.ORGANISATION.key, Need.ORGANISATION.label, units)
    if several := _several(given, units):
        data[Need.UNITS.key] = several
    return data | {k: v for k, v in ((Need.DUE.key, due), (Need.ORGANISATION.key, unit)) if v is not None}


def _several(given: QueryDict, units: "QuerySet[Organisation]") -> list[Organisation]:
    """The co-units that were chosen, as often as they were. Raises IllegalMove for one that the person may not choose."""
    keys = [key.strip() for key in given.getlist(Need.UNITS.key) if key.strip()]
    wanted = [whole_of(key) or 0 for key in keys]
    known = {u.pk: u for u in units.filter(pk__in=[n for n in wanted if n <= LARGEST_ID])} if wanted else {}
    for key, n in zip(keys, wanted, strict=True):
        if n not in known:
            said = {"field": _(Need.UNITS.label), "value": key[:40]}
            raise IllegalMove(_("%(field)s“%(value)s”不在可选范围内") % said, Need.UNITS.key)
    return [known[n] for n in wanted]


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2019-01-18"):
            return end_of_day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(CHINA)
    except (ValueError, OverflowError) as error:
        raise IllegalMove(
            _("办结期限“%(text)s”不是日期; 写成 2019-01-18 或 2019-01-18 18:00 的样子") % {"text": text[:40]},
            "due",
        ) from error
