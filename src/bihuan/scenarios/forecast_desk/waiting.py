"""Bulletins that wait for approval, for those who may give it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.registry.models import Person
from bihuan.scenarios.contract import Waiting
from bihuan.scenarios.forecast_desk.models import Act, Bulletin
from bihuan.scenarios.forecast_desk.settings import may_approve


def waiting(person: Person, at: datetime) -> list[Waiting]:
    """The newest version of each place, of others, that a person may approve or send back."""
    known = Bulletin.objects.filter(made_at__lte=at)
    answered = Act.objects.filter(at__lte=at).exclude(kind=Act.Kind.PROPOSED).values("bulletin")
    replaced = known.filter(replaces__isnull=False).values("replaces")
    newest = known.exclude(pk__in=answered).exclude(pk__in=replaced)
    return [
        _line(made)
        for made in newest.exclude(made_by=person).select_related("region", "made_by")
        if may_approve(person, made.region)
    ]


def _line(made: Bulletin) -> Waiting:
    return Waiting(
        what=_("会商预报，待审签"),
        subject=str(made),
        by=str(made.made_by),
        reason=made.reason,
        at=made.made_at,
        url=reverse("forecast_desk:bulletin", args=[made.pk]),
        simulated=made.simulated,
    )
