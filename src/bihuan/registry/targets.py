"""Yearly targets (年度目标): what is in force, and the one action that sets a target or takes it back."""

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.errors import NotAllowed
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.log import enter, enter_gone
from bihuan.registry.models import Person, Region, Target
from bihuan.registry.roles import OFFICE


def targets_of(region: Region, year: int) -> QuerySet[Target]:
    """The targets of a region in a year."""
    return Target.objects.filter(region=region, year=year)


@transaction.atomic
def set_target(
    by: Person, region: Region, year: int, item: str, value: float | None, request: HttpRequest | None = None
) -> None:
    """Set a target, or with None take it back. Raises NotAllowed."""
    if not may(by, *OFFICE, region=region):
        raise NotAllowed(_("年度目标由全市的调度岗或负责人设定。"))
    if value is not None:
        made, _new = Target.objects.update_or_create(
            region=region, year=year, item=item, defaults={"value": value}
        )
        enter(made)
    else:
        for gone in targets_of(region, year).filter(item=item):
            enter_gone(gone)
            gone.delete()
    record(by, "target.set", f"{year} {item}", request, value=value)
