"""What of a register holds on a day: the tabs of its list, and what an object is called that does not hold."""

from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from bihuan.kit.listing.declared import Tab, whole
from bihuan.kit.registers.declared import Register


def tabs_of(register: Register, rows: "QuerySet[Any]", today: date, empty: str) -> tuple[Tab, ...]:
    """What is in use, what has ended, all; of versions also what is to come; one part where nothing ends."""
    if not register.end:
        return whole(rows.filter, empty)
    last = last_end(register, today)
    ended = Tab(
        "ended",
        _("已失效") if register.succession else _("已停用"),
        rows.filter(**{f"{register.end}__lte": last}).filter,
    )
    holding = rows.filter(Q(**{register.end: None}) | Q(**{f"{register.end}__gt": last}))
    every = Tab("all", _("全部"), rows.filter, empty)
    terms = register.succession
    if terms is None:
        return Tab("", _("在用"), holding.filter, empty), ended, every
    now = Tab("", _("现行"), holding.filter(**{f"{terms.begin}__lte": today}).filter, empty)
    coming = Tab("coming", _("未生效"), rows.filter(**{f"{terms.begin}__gt": today}).filter)
    return now, coming, ended, every


def last_end(register: Register, today: date) -> date:
    """The latest end of what does not hold any more on a day."""
    return register.succession.before(today) if register.succession else today


def lapsed(register: Register, target: Model, today: date) -> str:
    """Why an object does not hold on a day, as the list tags it; empty: it holds."""
    terms, end = register.succession, getattr(target, register.end) if register.end else None
    if end is not None and end <= last_end(register, today):
        return _("已失效") if terms else _("已停用")
    return _("未生效") if terms and getattr(target, terms.begin) > today else ""


def days(register: Register) -> list[str]:
    """The columns by which that is told."""
    begin = [register.succession.begin] if register.succession else []
    return [*begin, register.end] if register.end else []
