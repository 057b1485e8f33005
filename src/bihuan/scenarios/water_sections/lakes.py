"""湖库营养状态: the trophic state of lakes and reservoirs by month, with the items on which it rests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.standards.surface_water import LAKE
from bihuan.domain.standards.surface_water.means import ZONE
from bihuan.domain.standards.surface_water.trophic import PARTS, Trophic, trophic
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.water_sections.judged import Span
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.values import values_of

ONLY_HERE = {"w01016": ("chla", 1000.0), "sd": ("sd", 0.01)}
"""Quantities that GB 3838 does not limit: the item of the index, and from mg/L to mg/m³, from cm to m."""
NAMES: Mapping[str, str] = {
    "chla": "叶绿素a",
    "tp": "总磷",
    "tn": "总氮",
    "sd": "透明度",
    "codmn": "高锰酸盐指数",
}


@dataclass(frozen=True)
class Nutrition:
    """The trophic state of a lake in a month; None without chlorophyll."""

    month: date
    state: Trophic | None

    @property
    def rests_on(self) -> str:
        """The items, and that their weights are shared out where some are missing, in Chinese."""
        if self.state is None:
            return "没有叶绿素a，不作评价"
        names = "、".join(NAMES[n] for n in self.state.items)
        return (
            names
            if self.state.whole
            else f"{names}（缺 {len(PARTS) - len(self.state.items)} 项，权重重新归一）"
        )


def nutrition_of(
    sections: Sequence[Section], span: Span, months: pl.DataFrame
) -> dict[str, tuple[Nutrition, ...]]:
    """By lake or reservoir, the months with a value of any of the five, oldest first. months: of `judged.months_of` in the span."""
    lakes = [s.code for s in sections if s.kind == LAKE]
    if not lakes:
        return {}
    known = [n for n in PARTS if n in months.columns]
    mine = months.filter(pl.col("site").is_in(lakes)).select("site", "month", *known)
    whole = mine.join(_beside(lakes, span), on=["site", "month"], how="full", coalesce=True)
    found: dict[str, list[Nutrition]] = {}
    for row in whole.sort("month").iter_rows(named=True):
        if any(row.get(n) is not None for n in PARTS):
            found.setdefault(row["site"], []).append(Nutrition(row["month"], trophic(row)))
    return {code: tuple(states) for code, states in found.items()}


def _beside(lakes: list[str], span: Span) -> pl.DataFrame:
    """Monthly means of chlorophyll and transparency: the mean of the days of a month."""
    begin, end = (datetime.combine(day, time(), CST) for day in (span.first, span.end))
    rows = values_of(Asked(lakes, list(ONLY_HERE), None, begin, end, span.as_of))
    day = pl.col("start").dt.convert_time_zone(ZONE).dt.date().alias("day")
    by_day = rows.filter(measured()).group_by("site", "quantity", day).agg(pl.col("value").mean())
    month = pl.col("day").dt.truncate("1mo").alias("month")
    means = by_day.group_by("site", "quantity", month).agg(pl.col("value").mean())
    empty = pl.DataFrame(schema={"site": pl.String, "month": pl.Date})
    for code, (name, times) in ONLY_HERE.items():
        part = means.filter(pl.col("quantity") == code).select(
            "site", "month", (pl.col("value") * times).alias(name)
        )
        empty = empty.join(part, on=["site", "month"], how="full", coalesce=True)
    return empty
