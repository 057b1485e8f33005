"""Dry and wet days: what flows in dry weather, and how much water rain brings into the sewers.

A dry day has no rain, and neither had the days before it. Where the rain of a day is not known it is told to be unknown, never dry: a
network whose rain nobody wrote down has no figure here.
"""

import polars as pl

from bihuan.domain.sewage.works.months import weighted
from bihuan.domain.sewage.works.rules import Rules

DRY, WET, AFTER, UNKNOWN = "dry", "wet", "after", "unknown"
"""AFTER: no rain on this day, but on one shortly before."""
WEATHER = pl.Schema(
    {
        "works": pl.String(),
        "month": pl.Date(),
        "dry_days": pl.Int32(),  # days with an inflow, by their mark
        "wet_days": pl.Int32(),
        "after_days": pl.Int32(),
        "unknown_days": pl.Int32(),
        "dry_flow": pl.Float64(),  # m³/d, median of dry days; null with too few
        "wet_flow": pl.Float64(),  # m³/d, median of wet days
        "ratio": pl.Float64(),  # wet_flow / dry_flow
        "rain_water": pl.Float64(),  # m³ of the wet days and those after, above dry_flow; not below 0
        "known_flow": pl.Float64(),  # m³, inflow of the days whose weather is known
        "rain_share": pl.Float64(),  # rain_water / known_flow
        "dry_bod": pl.Float64(),  # mg/L, weighted with the flow, of dry days
    }
)


def marked(days: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """DAYS -> a row for every works and day from its first to its last, with `mark`."""
    ends = days.group_by("works").agg(
        pl.date_ranges(pl.col("date").min(), pl.col("date").max()).first().alias("date")
    )
    whole = ends.explode("date").join(days, on=["works", "date"], how="left", maintain_order="left")
    wet = pl.col("rain") >= rules.dry_rain
    before = [wet.shift(n).over("works", order_by="date") for n in range(1, int(rules.dry_before) + 1)]
    rained, unsaid = (
        pl.any_horizontal(pl.lit(False), *before),
        pl.any_horizontal(pl.lit(False), *(b.is_null() for b in before)),
    )
    mark = (
        pl.when(wet.is_null())
        .then(pl.lit(UNKNOWN))
        .when(wet)
        .then(pl.lit(WET))
        .when(rained.fill_null(value=False))
        .then(pl.lit(AFTER))
        .when(unsaid)
        .then(pl.lit(UNKNOWN))
        .otherwise(pl.lit(DRY))
    )
    return whole.with_columns(mark=mark).sort("works", "date")


def by_weather(days: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """`marked` days -> WEATHER by month. Of a month with fewer than `rules.dry_least` dry days only the days are counted.

    rain_water = sum over wet days and those after of (inflow - median inflow of dry days), 0 where that is negative. It knows the days with an
    inflow and a known weather only; `unknown_days` says how many it leaves out.
    """
    flowing = days.filter(pl.col("inflow").is_not_null())
    dry, wet = pl.col("mark") == DRY, pl.col("mark") == WET
    rained, known = pl.col("mark").is_in([WET, AFTER]), pl.col("mark") != UNKNOWN
    flow = pl.col("inflow")
    made = flowing.group_by("works", pl.col("date").dt.truncate("1mo").alias("month")).agg(
        *((pl.col("mark") == m).sum().alias(f"{m}_days") for m in (DRY, WET, AFTER, UNKNOWN)),
        dry_flow=flow.filter(dry).median(),
        wet_flow=flow.filter(wet).median(),
        of_rain=flow.filter(rained).sum(),
        known_flow=flow.filter(known).sum(),
        dry_bod=weighted("in_bod", "inflow", dry),
    )
    enough = pl.col("dry_days") >= rules.dry_least
    made = made.with_columns(
        pl.when(enough).then(name).alias(name) for name in ("dry_flow", "wet_flow", "dry_bod")
    )
    above = pl.col("of_rain") - pl.col("dry_flow") * (pl.col("wet_days") + pl.col("after_days"))
    made = made.with_columns(
        ratio=pl.when(pl.col("dry_flow") > 0).then(pl.col("wet_flow") / pl.col("dry_flow")),
        rain_water=pl.when(above.is_not_null()).then(pl.max_horizontal(above, 0.0)),
    )
    share = pl.when(pl.col("known_flow") > 0).then(pl.col("rain_water") / pl.col("known_flow"))
    return made.with_columns(rain_share=share).select(list(WEATHER)).cast(WEATHER).sort("works", "month")
