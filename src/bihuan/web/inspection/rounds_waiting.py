"""What has not been inspected when a round comes near its end, as lines of the inbox: to who inspects, and to who set the round."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.planning import may_plan, rounds_of
from bihuan.kit.inspection.rounds.progress import Standing, standings
from bihuan.registry.access import may
from bihuan.registry.models import Person
from bihuan.registry.roles import FINDERS
from bihuan.scenarios.contract import Waiting

NEAR = timedelta(days=3)
"""How long before the end a round reminds; ours: time for a day of inspecting and one of rain."""


def rounds_waiting(person: Person) -> Iterator[Waiting]:
    """A line for each running round that ends soon or is over with objects left; it goes when they are inspected or skipped."""
    today = clock.now().astimezone(CST).date()
    for found in rounds_of(person).filter(ended=None, since__lte=today, until__lte=today + NEAR):
        left = [row for row in standings(found, person) if row.open and _concerns(row, found, person)]
        if left:
            yield _line(found, left)


def _concerns(row: Standing, found: Round, person: Person) -> bool:
    """Is it the person's to inspect, or to see to that it is?"""
    if row.person == person or (found.by_id == person.pk and may_plan(person, found.region_id)):
        return True
    return row.person is None and may(person, *FINDERS, region=row.task.region_id)


def _line(found: Round, left: list[Standing]) -> Waiting:
    days = (found.until - clock.now().astimezone(CST).date()).days
    said = (
        _("还有 %(days)s 天截止") % {"days": days} if days >= 0 else _("已逾期 %(days)s 天") % {"days": -days}
    )
    return Waiting(
        what=_("未检查 %(n)s 个对象") % {"n": len(left)},
        subject=found.title,
        by=str(found.by),
        reason=said,
        at=found.at,
        url=reverse("round", args=[found.pk]),
        simulated=all(row.task.simulated for row in left),
    )
