"""What the checks and pages look at, as of a moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.timeaxis import CST
from bihuan.heartbeat import SERVER
from bihuan.outages import explaining
from bihuan.registry.gate_rules import rules_between
from bihuan.registry.hours import archive
from bihuan.registry.models import Region
from bihuan.registry.subjects import there_on
from bihuan.registry.transport import Gate, Vehicle, VehicleUser
from bihuan.scenarios.resolved import orders
from bihuan.scenarios.vehicle_users.tables import GATES, LISTED, ORDERS, TOLD, UNITS, Gates

PLATES = 500
"""So many are asked for at once."""


def inputs(now: datetime, look_back: timedelta) -> tuple[Gates]:
    """The one argument of the checks: all units in use."""
    there = there_on(now.astimezone(CST).date())
    return (gates_of(list(VehicleUser.objects.filter(there)), now - look_back, now),)


def gates_of(
    units: Sequence[VehicleUser], since: datetime, now: datetime, until: datetime | None = None
) -> Gates:
    """Everything about some units since a moment, as known now; with `until`, only what passed before it."""
    codes = [u.pk for u in units]
    places = Gate.objects.filter(unit__in=codes).order_by("pk").values_list("pk", "unit_id", "kind", "weighbridge", "lon", "lat")  # fmt: skip
    told, end = passages_of(codes, since, now, until), min(until or now, now)
    known = list(_listed(told["plate"].unique().to_list()))
    return Gates(
        now,
        since,
        pl.DataFrame([(u.pk, u.region_id, u.grade, u.guaranteed) for u in units], UNITS, orient="row"),
        pl.DataFrame(list(places), GATES, orient="row"),
        told,
        pl.DataFrame(known, LISTED, orient="row"),
        pl.DataFrame(
            [row for r in sorted({u.region_id for u in units}) for row in orders_of(r, since, end)],
            ORDERS,
            orient="row",
        ),
        rules_between(since, end),
        explaining(since, now, SERVER),
    )


def _listed(plates: Sequence[str]) -> Iterator[tuple[str, str, str | None, str | None]]:
    """What the city's list says of some plates, of each colour."""
    for first in range(0, len(plates), PLATES):
        rows = Vehicle.objects.filter(plate__in=plates[first : first + PLATES])
        for plate, colour, fuel, stage in rows.values_list("plate", "colour", "fuel", "stage"):
            yield plate, colour, fuel or None, stage or None


def passages_of(
    units: Sequence[str], since: datetime, now: datetime, until: datetime | None = None
) -> pl.DataFrame:
    """TOLD of some units, by gate and time; without `until` with a day ahead, for clocks that are fast."""
    if not archive().has_passages:
        return pl.DataFrame(schema=TOLD)
    rows = archive().passages.current(since, until or now + timedelta(days=1), as_of=now)
    return rows.filter(pl.col("unit").is_in(list(units))).select(list(TOLD)).collect()


def orders_of(code: str, since: datetime, until: datetime) -> Iterator[tuple[str, str, datetime, datetime]]:
    """Under which orders a region was."""
    for span in orders(Region.objects.get(pk=code), since, until):
        yield code, span.order.level, span.begin, span.end
