"""Names and telephones of those who reported: for whoever handles the report, each look recorded; deleted in time."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.errors import NotAllowed
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE, UNIT
from bihuan.scenarios.citizens.models import Act, Contact, Report
from bihuan.scenarios.citizens.settings import in_force


def may_see(person: Person, report: Report) -> bool:
    """The office until a unit has it, then that unit alone; nobody of what was not taken up."""
    act = next(iter(report.acts.all()), None)
    if act is None:
        return may(person, *OFFICE, region=report.region_id)
    if act.case is None:
        return False
    if act.case.organisation_id is None:
        return may(person, *OFFICE, region=report.region_id)
    return may(person, *UNIT, region=act.case.region_id, organisation=act.case.organisation_id)


def of(report: Report, person: Person) -> Contact | None:
    """The contact, if one was given and is still kept; the look is recorded. Raises NotAllowed."""
    if not may_see(person, report):
        raise NotAllowed(_("联系方式只给正在办理这条举报的人看"))
    found = Contact.objects.filter(report=report).first()
    if found is not None:
        record(person, "report.contact", str(report))
    return found


def forget(now: datetime, _say: Callable[[str], None]) -> str:
    """Delete the contacts of reports that were answered long ago; one line about it."""
    before = now - in_force().contacts
    refused = Q(report__acts__kind=Act.Kind.REFUSED, report__acts__at__lt=before)
    closed = Q(report__acts__case__closed_at__lt=before)
    gone, _kinds = Contact.objects.filter(
        pk__in=Contact.objects.filter(refused | closed).values("pk")
    ).delete()
    return f"清除 {gone} 条举报人联系方式"
