"""Reports that wait to be taken up, for the office that may do so."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.registry.access import scope_of, visible
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.citizens.deciding import may_decide, title_of
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.contract import Waiting

MOST = 20


def waiting(person: Person, at: datetime) -> list[Waiting]:
    """The oldest of them first."""
    if not scope_of(person).has(*OFFICE):
        return []
    rows = Report.objects.filter(received_at__lte=at, acts=None).order_by("received_at")
    return [_line(r) for r in visible(rows.select_related("region"), person)[:MOST] if may_decide(person, r)]


def _line(report: Report) -> Waiting:
    return Waiting(
        what=_("群众举报，待受理"),
        subject=title_of(report),
        by=_("群众"),
        reason=report.place,
        at=report.received_at,
        url=reverse("citizens:report", args=[report.pk]),
        simulated=report.simulated,
    )
