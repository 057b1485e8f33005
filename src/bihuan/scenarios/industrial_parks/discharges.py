"""Outlets of parks on a reach as places from which polluted water may come, with what their loggers and laboratories said by the hour."""

from collections.abc import Collection
from datetime import datetime

import polars as pl
from django.urls import reverse

from bihuan.domain.flags import measured
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST
from bihuan.domain.water_suspects import LOGGED, Discharge
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.industrial_parks.figures import LIMITED
from bihuan.scenarios.industrial_parks.models import ParkOutlet
from bihuan.scenarios.industrial_parks.reading import values_of

SECONDS_A_DAY = 86_400


def given(at: datetime) -> list[Discharge]:
    """The outlets that are there and lie on a reach; their limits stand for what they usually let out."""
    rows = ParkOutlet.objects.filter(there_on(at.astimezone(CST).date()), reach__isnull=False)
    return [_discharge(outlet) for outlet in rows.select_related("park").order_by("code")]


def _discharge(outlet: ParkOutlet) -> Discharge:
    limits = {code: getattr(outlet, field) for code, field in LIMITED.items()}
    water = outlet.park.actual if outlet.kind == ParkOutlet.Kind.MAIN else None
    return Discharge(
        outlet.code,
        outlet.name,
        outlet.get_kind_display(),
        str(outlet.reach_id),
        outlet.km,
        {code: limit for code, limit in limits.items() if limit is not None},
        water / SECONDS_A_DAY if water else None,
        reverse("industrial_parks:site", args=[outlet.code]),
        outlet.simulated,
    )


def seen(person: Person) -> Collection[str]:
    """The codes of the outlets that a person may see."""
    return set(visible(ParkOutlet.objects.all(), person).values_list("code", flat=True))


def hours(codes: Collection[str], start: datetime, until: datetime, known: datetime) -> pl.DataFrame:
    """LOGGED: the hours of outlets, the file's where both a file and the logger have one."""
    loggers = dict(ParkOutlet.objects.filter(pk__in=codes).values_list("pk", "mn"))
    rows = values_of(loggers, start, until, known).filter(
        pl.col("period") == "hour",
        pl.col("quantity").is_in(list(LONG)),
        measured(),
        pl.col("value").is_not_null(),
    )
    once = rows.sort("logged").unique(["site", "quantity", "start"], keep="first", maintain_order=True)
    return once.select(code="site", item="quantity", start="start", value="value").cast(LOGGED)


DISCHARGES = Discharges(given, seen, hours, form="park_water")
