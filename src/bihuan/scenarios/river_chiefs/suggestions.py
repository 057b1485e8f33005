"""检察建议 that concern a river: registered as a case of the house, whose rules for terms set the day of the reply."""

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.reporting import report
from bihuan.registry.access import may
from bihuan.registry.models import Organisation, Person
from bihuan.registry.rivers import River
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.river_chiefs.models import RiverCase


def may_register(person: Person, river: River) -> bool:
    """May the person register a suggestion? What comes from outside comes to the office."""
    return may(person, *OFFICE, region=river.region_id)


def register(
    by: Person, river: River, title: str, text: str, unit: Organisation | None, *, urgent: bool = False
) -> Case:
    """A suggestion about a river; with a unit its clock runs at once. urgent: the shorter term of urgent cases.

    Raises IllegalMove, also for somebody who may not register it.
    """
    if not may_register(by, river):
        raise IllegalMove(_("检察建议由当地的调度岗或负责人登记"))
    with transaction.atomic():
        case = report(
            by, region=river.region, title=title, organisation=unit, description=text, immediate=urgent,
            source=Case.Source.PROCURATORATE, lat=river.lat, lon=river.lon, simulated=river.simulated,
        )  # fmt: skip
        RiverCase.objects.create(case=case, river=river, by=by, at=clock.now())
    return case
