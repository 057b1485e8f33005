"""Outfalls on a reach as places from which polluted water may come."""

from collections.abc import Collection
from datetime import datetime

from django.urls import reverse

from bihuan.domain.timeaxis import CST
from bihuan.domain.water_suspects import Discharge
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.outfalls.classes import classes
from bihuan.scenarios.outfalls.conditions import INSPECTION
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.reading import LIMITED
from bihuan.scenarios.outfalls.transitions import LEFT_OUT


def given(at: datetime) -> list[Discharge]:
    """The outfalls that are there and lie on a reach; their limits stand for what they usually let out."""
    rows = Outfall.objects.filter(there_on(at.astimezone(CST).date()), reach__isnull=False)
    return [_discharge(outfall) for outfall in rows.exclude(stage__in=LEFT_OUT).order_by("code")]


def _discharge(outfall: Outfall) -> Discharge:
    limits = {code: getattr(outfall, field) for code, field in LIMITED.items()}
    return Discharge(
        outfall.code,
        outfall.name,
        classes()[outfall.kind].name if outfall.kind in classes() else "",
        str(outfall.reach_id),
        outfall.km,
        {code: limit for code, limit in limits.items() if limit is not None},
        url=reverse("outfalls:outfall", args=[outfall.code]),
        simulated=outfall.simulated,
    )


def seen(person: Person) -> Collection[str]:
    """The codes of the outfalls that a person may see."""
    return set(visible(Outfall.objects.all(), person).values_list("code", flat=True))


DISCHARGES = Discharges(given, seen, form=INSPECTION)
