"""The month's ledger of outlets: amounts, valid hours, rates, as known at a moment."""

from collections.abc import Collection
from datetime import date, datetime

import polars as pl

from bihuan.domain.emissions.days import capture_rates
from bihuan.domain.emissions.ledger import ledger
from bihuan.domain.emissions.rules import rules_on
from bihuan.domain.emissions.substitution import AMOUNTS, amounts
from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.outlets.ledger import LEDGER
from bihuan.domain.outlets.tables import empty
from bihuan.domain.sewage import ledger as sewage
from bihuan.domain.sewage.rules import rules_on as sewage_rules_on
from bihuan.domain.sewage.substitution import AMOUNTS as SEWAGE_AMOUNTS
from bihuan.domain.sewage.substitution import amounts as replaced
from bihuan.domain.timeaxis import day_start, local_date
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.kept import hours_of
from bihuan.scenarios.plant_emissions.media import SEWAGE
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.validity import following


def quarter_of(month: date) -> date:
    """The first day of the month's quarter."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def month_ledger(outlets: Collection[Outlet], month: date, now: datetime) -> pl.DataFrame:
    """LEDGER rows of a month for the items that have a limit. Hours from the quarter's beginning are read for the rates."""
    limits = register.limits_table([o.code for o in outlets])
    parts = []
    for since in sorted({o.since for o in outlets}):
        codes = [o.code for o in outlets if o.since == since]
        filled = _filled(codes, since, month, now)
        if filled is not None:
            known = register.outlets_table(codes, silent=True)
            parts.append(ledger(filled, known, limits, rules_on(month)))
    if not parts:
        return empty(LEDGER)
    rows = pl.concat(parts).filter(pl.col("month") == month)
    return rows.join(limits, on=["site", "item"], how="semi").sort("site", "item")


def month_amounts(outlet: Outlet, month: date, now: datetime) -> pl.DataFrame:
    """AMOUNTS of the hours of a month of an outlet: what its lines of the ledger are the sums of."""
    of = _sewage_filled if outlet.kind == SEWAGE else _filled
    filled = of([outlet.code], outlet.since, month, now)
    if filled is None:
        return empty(SEWAGE_AMOUNTS if outlet.kind == SEWAGE else AMOUNTS)
    return filled.filter(local_date().dt.truncate("1mo") == month)


def sewage_ledger(outlets: Collection[Outlet], month: date, now: datetime) -> pl.DataFrame:
    """SEWAGE_LEDGER rows of a month for the items that have a limit."""
    limits = register.sewage_limits_table([o.code for o in outlets])
    parts = []
    for since in sorted({o.since for o in outlets}):
        codes = [o.code for o in outlets if o.since == since]
        filled = _sewage_filled(codes, since, month, now)
        if filled is not None:
            known = register.outlets_table(codes, silent=True)
            parts.append(sewage.ledger(filled, known, limits, sewage_rules_on(month)))
    if not parts:
        return empty(sewage.SEWAGE_LEDGER)
    rows = pl.concat(parts).filter(pl.col("month") == month)
    return rows.join(limits, on=["site", "item"], how="semi").sort("site", "item")


def _sewage_filled(codes: list[str], since: datetime, month: date, now: datetime) -> pl.DataFrame | None:
    """AMOUNTS of sewage outlets as `_filled`; a gap of the month looks back into the quarter."""
    start, until = _span(since, month, now)
    if start >= until:
        return None
    marks = register.marks_table(codes, start, until, now)
    hours = hours_of(codes, start, until, now, kind=SEWAGE)
    return replaced(whole_hours(hours, codes, marks, since=start, until=until), marks)


def _span(since: datetime, month: date, now: datetime) -> tuple[datetime, datetime]:
    """From the beginning of the quarter, or `since`, to the end of a month, or `now`: whole hours."""
    until = min(day_start(following(month)), now.replace(minute=0, second=0, microsecond=0))
    return max(day_start(quarter_of(month)), since.replace(minute=0, second=0, microsecond=0)), until


def _filled(codes: list[str], since: datetime, month: date, now: datetime) -> pl.DataFrame | None:
    """AMOUNTS of outlets from the beginning of the quarter, or `since`, to the end of a month; None before they began."""
    start, until = _span(since, month, now)
    if start >= until:
        return None
    marks = register.marks_table(codes, start, until, now)
    hours = whole_hours(hours_of(codes, start, until, now), codes, marks, since=start, until=until)
    lost = register.uncontrolled_table(codes, now)
    rules = rules_on(month)
    return amounts(hours, capture_rates(hours, rules, until=until), marks, lost, rules)
