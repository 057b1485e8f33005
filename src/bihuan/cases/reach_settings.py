"""Quiet hours and unread entries as they are set for the city: read, checked, changed, back to the version before."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.cases import set_versions
from bihuan.cases.attention import Attention
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level
from bihuan.cases.set_versions import REACH, Kind
from bihuan.cases.term_models import TermVersion
from bihuan.cases.term_settings import calendar_of
from bihuan.domain.worktime import WorkCalendar
from bihuan.registry.models import Person
from bihuan.registry.roles import Role

LONGEST = 72
"""Hours that an entry may stay unread at most."""


@dataclass(frozen=True)
class Reaching:
    """How people are reached, and the calendar by which working hours are counted."""

    attention: Attention
    calendar: WorkCalendar

    def unread_until(self, at: datetime, *, urgent: bool) -> datetime:
        """How long something of `at` may stay unread."""
        return self.attention.unread_until(at, urgent=urgent, calendar=self.calendar)


def reaching() -> Reaching:
    """What is in force now."""
    newest = set_versions.newest()
    kept = newest.get(REACH)
    return Reaching(Attention.read(kept) if kept else Attention(), calendar_of(newest))


@transaction.atomic
def change(by: Person, attention: Attention, reason: str) -> TermVersion:
    """Set it from now on. Raises NotAllowed, IllegalMove, which names the field."""
    for value, field in ((attention.hours, "hours"), (attention.urgent_hours, "urgent_hours")):
        if not 1 <= value <= LONGEST:
            raise IllegalMove(_("未读多久后再提醒应在 1 至 %(n)d 小时之间") % {"n": LONGEST}, field)
    if not {*attention.urgent} <= {*Level.values} or not {*attention.awake} <= {*Role.values}:
        raise IllegalMove(_("没有这样的级别或职务"))
    if attention == reaching().attention:
        raise IllegalMove(_("没有改动"))
    return set_versions.keep(by, REACH, Kind.CHANGED, attention.written, reason)


@transaction.atomic
def undo(by: Person, reason: str) -> TermVersion:
    """Back to what held before. Raises NotAllowed, IllegalMove."""
    return set_versions.keep(by, REACH, Kind.UNDONE, set_versions.earlier(REACH, Attention().written), reason)
