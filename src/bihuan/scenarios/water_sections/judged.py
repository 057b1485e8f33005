"""Observations of sections as the standard judges them: wide tables of days and months, in its units, with classes.

A month of an automatic station is the mean of its days. Where the laboratory measured an item that the station does not (the X of 9+X, or
everything where there is no station), its result of the month counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.standards.surface_water import items, with_classes, with_main
from bihuan.domain.standards.surface_water.means import daily, monthly, rounded
from bihuan.domain.standards.surface_water.observed import CODES, by_item
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.values import values_of

STATION, LABORATORY = ("4h", "hour", "realtime", "minute"), ("day", "month")


@dataclass(frozen=True)
class Span:
    """Months, from the first day of `first` to before `end` (the first day of a month), as known at `as_of`."""

    first: date
    end: date
    as_of: datetime


def days_of(sections: Sequence[Section], span: Span) -> pl.DataFrame:
    """Daily means of automatic stations: site, day, items by name in the units of the standard."""
    rows = _rows(sections, span, STATION)
    return daily(by_item(rows, ["site", "start"])) if rows.height else _nothing("day")


def months_of(sections: Sequence[Section], span: Span, days: pl.DataFrame | None = None) -> pl.DataFrame:
    """Each section's months, rounded and judged: site, month, items, `kind`, class_<item>, class, main.

    days: of `days_of` for the same span, where they are known already.
    """
    days = days_of(sections, span) if days is None else days
    stations = monthly(days)
    rows = _rows(sections, span, LABORATORY)
    manual = monthly(daily(by_item(rows, ["site", "start"]))) if rows.height else _nothing("month")
    both = stations.join(manual, on=["site", "month"], how="full", coalesce=True, suffix=":manual")
    names = [n for n in items() if n in both.columns or f"{n}:manual" in both.columns]
    means = both.select(
        "site",
        "month",
        *(pl.coalesce(c for c in (n, f"{n}:manual") if c in both.columns).alias(n) for n in names),
    )
    kinds = {s.code: s.kind for s in sections}
    return judged(means.with_columns(kind=pl.col("site").replace(kinds))).sort("site", "month")


def judged(means: pl.DataFrame) -> pl.DataFrame:
    """Means, rounded, with their classes and main pollutants."""
    there = [n for n in items() if n in means.columns]
    if not there:
        return means.with_columns(
            pl.lit(None, pl.UInt8).alias("class"), pl.lit(None, pl.String).alias("main")
        )
    return with_main(with_classes(rounded(means)))


def _rows(sections: Sequence[Section], span: Span, periods: Sequence[str]) -> pl.DataFrame:
    begin, end = (datetime.combine(day, time(), CST) for day in (span.first, span.end))
    asked = Asked([s.code for s in sections], list(CODES), periods, begin, end, span.as_of)
    return values_of(asked).filter(measured(), pl.col("value").is_not_null())


def _nothing(when: str) -> pl.DataFrame:
    return pl.DataFrame(schema={"site": pl.String(), when: pl.Date()})
