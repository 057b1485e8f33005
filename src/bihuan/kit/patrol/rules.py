"""The numbers by which patrols are judged: those of domain.patrol.rules, and what the bureau set in their place."""

import math
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import needed
from bihuan.domain.parameters import Parameter
from bihuan.domain.patrol.rules import Rules, rows_on, rules_on
from bihuan.english import told
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.models import RulesVersion
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE


def may_set(person: Person) -> bool:
    """May the person set the rules: dispatcher or chief of the whole city?"""
    return may(person, *OFFICE, region=CITY)


def own_on(day: date) -> dict[str, float]:
    """What the bureau set for a day: of the versions that hold by then, the one that was written last."""
    row = RulesVersion.objects.filter(since__lte=day, at__lte=clock.now()).first()
    return {name: float(value) for name, value in row.values.items()} if row else {}


def in_force(day: date) -> Rules:
    """The rules by which patrols of a day are judged."""
    return rules_on(day, own_on(day))


@transaction.atomic
def set_rules(by: Person, given: Mapping[str, str], since: date, reason: str) -> RulesVersion:
    """Set numbers for patrols from a day on; what is not given stays. Raises NotAllowed, IllegalMove naming the field."""
    if not may_set(by):
        raise NotAllowed(_("巡查规则由全市的调度岗或负责人设定。"))
    known, values = rows_on(since), own_on(since)
    before = in_force(since)
    for name, row in known.items():
        text = given.get(name, "").strip()
        if text:
            values[name] = _number(name, text, row.parameter)
    if rules_on(since, values) == before:
        raise IllegalMove(_("没有改动"))
    why = needed(reason, "理由", 400, _("请写明理由"), "reason")
    made = RulesVersion.objects.create(since=since, values=values, reason=why, by=by, at=clock.now())
    record(by, "patrol.rules", since.isoformat(), reason=why)
    return made


def _number(name: str, text: str, parameter: Parameter) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not parameter.allows(value):
        said = {"title": told(parameter.title), "span": parameter.span}
        raise IllegalMove(_("“%(title)s”应在 %(span)s 之间") % said, name)
    return value
