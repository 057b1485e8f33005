"""Warnings that wait for a second signature, for those who may give it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.registry.models import Person
from bihuan.scenarios.contract import Waiting
from bihuan.scenarios.heavy_pollution.in_force import Action
from bihuan.scenarios.heavy_pollution.models import WarningStep
from bihuan.scenarios.heavy_pollution.signatures import may_approve


def waiting(person: Person, at: datetime) -> list[Waiting]:
    """The proposals of others that a person may approve or return."""
    open_steps = WarningStep.objects.filter(action=Action.PROPOSED, answer__isnull=True, at__lte=at)
    return [
        _line(step)
        for step in open_steps.exclude(person=person).select_related("region", "person")
        if may_approve(person, step.region, step.level, step.before)
    ]


def _line(step: WarningStep) -> Waiting:
    of = {"region": step.region.name, "level": _(step.get_level_display())}
    return Waiting(
        what=_("预警提请，待批准"),
        subject=f"{_(step.get_kind_display())} {_('%(region)s重污染天气%(level)s预警') % of}",
        by=str(step.person),
        reason=step.reason,
        at=step.at,
        url=reverse("heavy_pollution:index"),
    )
