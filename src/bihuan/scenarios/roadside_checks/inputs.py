"""What the checks look at, as of a moment."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicles.roadside.terminals import days
from bihuan.registry.hours import archive
from bihuan.registry.models import Vehicle
from bihuan.scenarios.roadside_checks.models import SmokeCapture
from bihuan.scenarios.roadside_checks.reading import minutes_of, records_of, vehicles_known
from bihuan.scenarios.roadside_checks.settings import in_force
from bihuan.scenarios.roadside_checks.tables import SEEN, SMOKE, Road

RECENT = timedelta(days=7)
"""How far back instruments, terminals and gates are looked at."""
HEARD = timedelta(days=30)
"""A terminal that was heard of before that long is none in service."""


def inputs(now: datetime, look_back: timedelta) -> tuple[Road]:
    """The one argument of the checks. look_back: of remote sensing and smoke."""
    sensed = records_of(now - look_back, now, now)
    return (
        Road(
            now, sensed, sensed.filter(pl.col("start") >= now - RECENT), _smoke(now - look_back, now),
            days(minutes_of(now - RECENT, now, now)), _last(now), _seen(now), vehicles_known(),
            in_force().again,
        ),
    )  # fmt: skip


def _smoke(since: datetime, now: datetime) -> pl.DataFrame:
    rows = SmokeCapture.objects.filter(
        state=SmokeCapture.State.CONFIRMED, at__gte=since, at__lte=now, reviewed_at__lte=now
    ).order_by("at")
    return pl.DataFrame(list(rows.values_list(*SMOKE)), SMOKE, orient="row")


def _last(now: datetime) -> pl.DataFrame:
    rows = archive().roadside.terminals.versions(now - HEARD, now, as_of=now)
    return rows.group_by("site").agg(pl.col("start").max()).collect()


def _seen(now: datetime) -> pl.DataFrame:
    """Only vehicles with a VIN that may have a terminal."""
    plates = list(Vehicle.objects.exclude(vin="").values_list("plate", flat=True))
    rows = archive().passages.current(now - RECENT, now, as_of=now).filter(pl.col("plate").is_in(plates))
    return rows.select(list(SEEN)).collect().cast({"start": INSTANT})
