"""A warning in force, for all who hold a post in its region; an enterprise reads its own measures."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.registry.access import scope_of
from bihuan.registry.models import Emitter, Measure, Person
from bihuan.registry.roles import Role
from bihuan.scenarios.contract import Banner
from bihuan.scenarios.heavy_pollution.in_force import warnings_for
from bihuan.scenarios.heavy_pollution.listing import standing
from bihuan.scenarios.heavy_pollution.models import WarningStep


def banners(person: Person, at: datetime) -> list[Banner]:
    """The warnings in force that concern a person."""
    return [_banner(person, step, at) for step in warnings_for(person, at)]


def _banner(person: Person, step: WarningStep, at: datetime) -> Banner:
    level = _(step.get_level_display())
    return Banner(
        tone=step.level,
        title=_("%(region)s重污染天气%(level)s预警") % {"region": step.region.name, "level": level},
        since=step.since or step.at,
        until=step.until,
        lines=tuple(own_measures(person, step, at)),
        url=reverse("heavy_pollution:notice", args=[step.pk]),
    )


def own_measures(person: Person, step: WarningStep, at: datetime) -> list[str]:
    """What the units of an enterprise's contact have to do at the level: as accepted, else as the reduction list says."""
    firms = [p.organisation_id for p in scope_of(person).posts if p.role == Role.ENTERPRISE]
    units = dict(Emitter.objects.filter(organisation__in=firms).order_by("name").values_list("code", "name"))
    if not units:
        return []
    said: dict[str, list[str]] = {}
    listed = Measure.objects.filter(emitter__in=units, level=step.level).order_by("pk")
    for code, text in listed.values_list("emitter", "text"):
        said.setdefault(code, []).append(text)
    for row in standing(step.region, at).filter(emitter__in=units, level=step.level):
        said[row.emitter_id] = [row.final_text]
    texts = {code: _("；").join(dict.fromkeys(said[code])) for code in units if code in said}
    return [f"{units[code]}{_('：')}{text}" for code, text in texts.items()]
