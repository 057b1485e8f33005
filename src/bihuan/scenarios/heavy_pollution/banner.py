"""A warning in force, for all who hold a post in its region; an enterprise reads its own measures."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.registry.access import scope_of
from bihuan.registry.models import Measure, Person
from bihuan.registry.roles import Role
from bihuan.scenarios.contract import Banner
from bihuan.scenarios.heavy_pollution.in_force import warnings_for
from bihuan.scenarios.heavy_pollution.models import Suggestion, WarningStep


def banners(person: Person, at: datetime) -> list[Banner]:
    """The warnings in force that concern a person."""
    return [_banner(person, step) for step in warnings_for(person, at)]


def _banner(person: Person, step: WarningStep) -> Banner:
    level = _(step.get_level_display())
    return Banner(
        tone=step.level,
        title=_("%(region)s重污染天气%(level)s预警") % {"region": step.region.name, "level": level},
        since=step.since or step.at,
        until=step.until,
        lines=tuple(own_measures(person, step)),
        url=reverse("heavy_pollution:notice", args=[step.pk]),
    )


def own_measures(person: Person, step: WarningStep) -> list[str]:
    """What the units of an enterprise's contact have to do at the level: as accepted, else as the reduction list says."""
    units = [p.organisation_id for p in scope_of(person).posts if p.role == Role.ENTERPRISE]
    if not units:
        return []
    listed = Measure.objects.filter(emitter__organisation__in=units, level=step.level)
    said = dict(listed.values_list("emitter__name", "text"))
    accepted = Suggestion.objects.filter(
        emitter__organisation__in=units, level=step.level, case__isnull=False
    ).exclude(status__in=Suggestion.GONE)
    for row in accepted.select_related("emitter").order_by("issued", "pk"):
        said[row.emitter.name] = row.final_text
    return [f"{name}{_('：')}{text}" for name, text in sorted(said.items())]
