"""What the checks take, as of a moment: sightings of late, machines whose stage cannot be."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.nonroad.stages import impossible, least_of
from bihuan.domain.timeaxis import CST
from bihuan.registry.subjects import there_on
from bihuan.scenarios.nonroad_machines.checks import SEEN, STAGES
from bihuan.scenarios.nonroad_machines.models import NonroadMachine
from bihuan.scenarios.nonroad_machines.sightings import Sighting, sightings


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, ...]:
    """SEEN and STAGES."""
    today = now.astimezone(CST).date()
    machines = (
        NonroadMachine.objects.filter(there_on(today), fuel=NonroadMachine.Fuel.DIESEL)
        .exclude(stage="")
        .exclude(made=None)
        .order_by("pk")
    )
    at = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    odd = [
        (m.pk, m.stage, m.made, least_of(m.made), at)
        for m in machines
        if m.made and impossible(m.stage, m.made)
    ]
    return pl.DataFrame([_row(s) for s in sightings(now - look_back, now)], SEEN, orient="row"), pl.DataFrame(
        odd, STAGES, orient="row"
    )


def _row(s: Sighting) -> tuple[object, ...]:
    m = s.machine
    return (
        s.answer.pk, m.pk if m else None, s.answer.region_id, s.answer.at, s.label, s.engine, m.engine_number if m else "", s.swapped, s.smoke, s.limit,
        m.stage if m else "", "、".join(z.name for z in s.barred), max((z.least for z in s.barred), default=""),
        s.site,
    )  # fmt: skip
