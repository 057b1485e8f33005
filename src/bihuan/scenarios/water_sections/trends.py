"""历年均值与趋势: the means of the years of each item, and whether they rise or fall (Daniel's test)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from bihuan import clock
from bihuan.domain.standards.surface_water import Item, items
from bihuan.domain.standards.surface_water.means import least_months, rounded
from bihuan.domain.standards.surface_water.trend import LEAST, critical, spearman, trend
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.water_sections.judged import Span, months_of
from bihuan.scenarios.water_sections.models import Section

YEARS = 10
"""So many years back, without the one that runs."""
SAID: Mapping[int | None, str] = {1: "显著上升", -1: "显著下降", 0: "无显著趋势"}


@dataclass(frozen=True)
class Trend:
    """An item's means by year, oldest first; what Daniel's test says of them: rs beside its critical value, 1 rising, -1 falling, 0 neither, None too few years."""

    item: Item
    means: tuple[tuple[int, float], ...]
    rs: float | None
    critical: float | None
    found: int | None

    @property
    def said(self) -> str:
        """The result, in Chinese."""
        return SAID.get(self.found) or f"不足 {LEAST} 年，不作检验"

    @property
    def tone(self) -> str:
        """Is it good or bad for the water? Empty where it is neither."""
        if not self.found or self.item.rule == "range":
            return ""
        return "good" if (self.found > 0) == (self.item.rule == "least") else "bad"

    def of_year(self, year: int) -> float | None:
        """The mean of a year; None where too few of its months are known."""
        return dict(self.means).get(year)


@dataclass(frozen=True)
class Trends:
    """The trends of a section, and the years with a mean of any item, oldest first."""

    section: Section
    years: tuple[int, ...]
    items: tuple[Trend, ...]

    @property
    def rows(self) -> list[tuple[Trend, list[tuple[int, float | None]]]]:
        """Each item with (year, mean) of every year."""
        return [(t, [(year, t.of_year(year)) for year in self.years]) for t in self.items]

    def of(self, name: str) -> Trend | None:
        """The trend of an item; None where it has no year."""
        return next((t for t in self.items if t.item.name == name), None)


def trends_of(sections: Sequence[Section]) -> list[Trends]:
    """Of each section, as known at the clock."""
    now = clock.now()
    this = now.astimezone(CST).year
    months = months_of(sections, Span(date(this - YEARS, 1, 1), date(this, 1, 1), now)) if sections else None
    means = {} if months is None or months.is_empty() else _years(months)
    return [_trends(s, means.get(s.code, {})) for s in sections]


Means = Mapping[str, tuple[tuple[int, float], ...]]
"""(year, mean) by item."""


def _years(months: pl.DataFrame) -> dict[str, Means]:
    """By section: the means of years of which enough months are known, rounded as the standard publishes them."""
    names = [n for n in items() if n in months.columns]
    enough = least_months(12)
    year = pl.col("month").dt.year().alias("year")
    means = months.group_by("site", year).agg(
        pl.when(pl.col(n).count() >= enough).then(pl.col(n).mean()).alias(n) for n in names
    )
    found: dict[str, Means] = {}
    for (site,), rows in rounded(means).sort("year").group_by("site", maintain_order=True):
        found[str(site)] = {
            n: tuple(rows.select("year", n).drop_nulls().iter_rows()) for n in names if rows[n].count()
        }
    return found


def _trends(section: Section, means: Means) -> Trends:
    years = sorted({year for mine in means.values() for year, _ in mine})
    return Trends(section, tuple(years), tuple(_trend(items()[n], mine) for n, mine in means.items()))


def _trend(item: Item, means: tuple[tuple[int, float], ...]) -> Trend:
    values = [value for _year, value in means]
    bound = critical(len(values)) if len(values) >= LEAST else None
    return Trend(item, means, spearman(values), bound, trend(values))
