"""The month's ledger of outlets: amounts, valid hours, rates, as known at a moment."""

from collections.abc import Collection
from datetime import date, datetime

import polars as pl

from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.outlets.tables import empty
from bihuan.domain.timeaxis import day_start, local_date
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.hour_cache import hours_of
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.validity import following


def quarter_of(month: date) -> date:
    """The first day of the month's quarter."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def month_ledger(medium: Medium, outlets: Collection[Outlet], month: date, now: datetime) -> pl.DataFrame:
    """Lines of the ledger of a month for the items that have a limit. Hours from the quarter's beginning are read for the rates."""
    limits = medium.limits([o.code for o in outlets])
    parts = []
    for since in sorted({o.since for o in outlets}):
        codes = [o.code for o in outlets if o.since == since]
        filled = _filled(medium, codes, since, month, now)
        if filled is not None:
            known = register.outlets_table(codes, silent=True)
            parts.append(medium.ledger(filled, known, limits, month))
    if not parts:
        return empty(medium.tables.ledger)
    rows = pl.concat(parts).filter(pl.col("month") == month)
    return rows.join(limits, on=["site", "item"], how="semi").sort("site", "item")


def month_amounts(medium: Medium, outlet: Outlet, month: date, now: datetime) -> pl.DataFrame:
    """AMOUNTS of the hours of a month of an outlet: what its lines of the ledger are the sums of."""
    filled = _filled(medium, [outlet.code], outlet.since, month, now)
    if filled is None:
        return empty(medium.tables.amounts)
    return filled.filter(local_date().dt.truncate("1mo") == month)


def _span(since: datetime, month: date, now: datetime) -> tuple[datetime, datetime]:
    """From the beginning of the quarter, or `since`, to the end of a month, or `now`: whole hours."""
    until = min(day_start(following(month)), now.replace(minute=0, second=0, microsecond=0))
    return max(day_start(quarter_of(month)), since.replace(minute=0, second=0, microsecond=0)), until


def _filled(
    medium: Medium, codes: list[str], since: datetime, month: date, now: datetime
) -> pl.DataFrame | None:
    """AMOUNTS of outlets over `_span`, as a gap of the month looks back into the quarter; None before they began."""
    start, until = _span(since, month, now)
    if start >= until:
        return None
    marks = register.marks_table(codes, start, until, now)
    hours = whole_hours(hours_of(medium, codes, start, until, now), codes, marks, since=start, until=until)
    return medium.amounts(hours, marks, register.uncontrolled_table(codes, now), month, until)
