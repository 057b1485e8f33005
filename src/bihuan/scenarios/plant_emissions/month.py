"""The month's ledger of outlets: amounts, valid hours, rates, as known at a moment."""

from collections.abc import Collection
from datetime import date, datetime

import polars as pl

from bihuan.domain.emissions.days import capture_rates
from bihuan.domain.emissions.hours import whole_hours
from bihuan.domain.emissions.ledger import LEDGER, ledger
from bihuan.domain.emissions.substitution import amounts
from bihuan.domain.emissions.tables import empty
from bihuan.domain.timeaxis import day_start
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.kept import hours_of
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.settings import in_force
from bihuan.scenarios.plant_emissions.validity import following


def quarter_of(month: date) -> date:
    """The first day of the month's quarter."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def month_ledger(outlets: Collection[Outlet], month: date, now: datetime) -> pl.DataFrame:
    """LEDGER rows of a month for the items that have a limit. Hours from the quarter's beginning are read for the rates."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    until = min(day_start(following(month)), hour)
    limits = register.limits_table([o.code for o in outlets])
    parts = []
    for since in sorted({o.since for o in outlets}):
        codes = [o.code for o in outlets if o.since == since]
        start = max(day_start(quarter_of(month)), since.replace(minute=0, second=0, microsecond=0))
        if start < until:
            parts.append(_of(codes, start, until, now, limits))
    if not parts:
        return empty(LEDGER)
    rows = pl.concat(parts).filter(pl.col("month") == month)
    return rows.join(limits, on=["site", "item"], how="semi").sort("site", "item")


def _of(
    codes: list[str], start: datetime, until: datetime, now: datetime, limits: pl.DataFrame
) -> pl.DataFrame:
    marks = register.marks_table(codes, start, until, now)
    hours = whole_hours(hours_of(codes, start, until, now), codes, marks, since=start, until=until)
    lost = register.uncontrolled_table(codes, now)
    filled = amounts(hours, capture_rates(hours, until=until), marks, lost)
    return ledger(filled, register.outlets_table(codes), limits, least_hours=in_force().least_hours)
