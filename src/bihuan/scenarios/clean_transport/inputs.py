"""What the checks look at, as of a moment: whole months that are over within the look-back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import polars as pl

from bihuan.domain.timeaxis import CST, next_month
from bihuan.domain.vehicles.clean.reported import differing
from bihuan.domain.vehicles.clean.share import Share, shares_by
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport.reading import batches_in, loads_in, reported_in
from bihuan.scenarios.clean_transport.view import goals_for

UNITS = pl.Schema(
    {
        "unit": pl.String(),
        "month": pl.Date(),
        "goal": pl.Decimal(6, 3),  # the strictest [%]; null without one
        "six": pl.Boolean(),  # counts 国六
        "source": pl.String(),
    }
)
"""A row for each unit and month."""


@dataclass(frozen=True)
class Clean:
    """today: of China. units: UNITS; loads: LOADS; batches: BATCHES; reported: REPORTED, all of months that are over."""

    today: date
    units: pl.DataFrame
    loads: pl.DataFrame
    batches: pl.DataFrame
    reported: pl.DataFrame

    @cached_property
    def shares(self) -> dict[tuple[str, date], Share]:
        """The share of each unit and month."""
        return shares_by(self.loads, "unit", "month")

    @cached_property
    def differences(self) -> pl.DataFrame:
        """Of what was reported from what was told (`reported.differing`)."""
        return differing(self.reported, self.loads)


def months_over(today: date, look_back: timedelta) -> list[date]:
    """The months that lie within the look-back as a whole, or ended in it."""
    month, found = next_month(today, -1), list[date]()
    while next_month(month) > today - look_back:
        found.append(month)
        month = next_month(month, -1)
    return found[::-1]


def inputs(now: datetime, look_back: timedelta) -> tuple[Clean]:
    """The one argument of the checks."""
    today = now.astimezone(CST).date()
    months = months_over(today, look_back)
    rows, codes = [], set()
    for month in months:
        last = next_month(month) - timedelta(days=1)
        for unit in VehicleUser.objects.order_by("pk"):
            if not (unit.in_force(month) and unit.in_force(last)):
                continue
            goals = goals_for(unit, last)
            codes.add(unit.pk)
            goal = goals[0] if goals else None
            told = (goal.percent, goal.six, goal.source) if goal else (None, None, None)
            rows.append((unit.pk, month, *told))
    return (
        Clean(
            today,
            pl.DataFrame(rows, UNITS, orient="row"),
            loads_in(months, codes, now),
            batches_in(months, codes),
            reported_in(months, codes),
        ),
    )
