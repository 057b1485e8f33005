"""Where the network falls short: works by the people of their area whose sewage does not arrive, with what speaks for why."""

import polars as pl

from bihuan.domain.sewage.works.months import weighted
from bihuan.domain.sewage.works.rules import Rules

SHORT = pl.Schema(
    {
        "works": pl.String(),
        "people": pl.Float64(),  # of the area, null: not registered
        "served": pl.Float64(),  # people whose sewage arrives, by its BOD5 without industry
        "missing": pl.Float64(),  # people - served, not below 0
        "missing_kg": pl.Float64(),  # BOD5 that does not arrive, kg/d
        "in_bod": pl.Float64(),  # mg/L over the span
        "thin": pl.Boolean(),  # below rules.low_bod
        "ratio": pl.Float64(),  # wet over dry flow, median of the months
        "rain_share": pl.Float64(),
        "foreign_low": pl.Float64(),
        "foreign_high": pl.Float64(),
        "unsplit": pl.Boolean(),  # the industry in it is not known, so fewer may be served
    }
)


def ranked(masses: pl.DataFrame, months: pl.DataFrame, weather: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """SHORT of the works of MONTHS, the most missing people first; last those of which that cannot be said, the thinnest first.

    masses: MASSES; weather: `dilution.diluted`. People: mean of the months, weighted with their days.
    """
    own = months.group_by("works").agg(
        people=weighted("people", "reported"), in_bod=weighted("in_bod", "inflow")
    )
    rain = weather.group_by("works").agg(
        pl.col("ratio").median(),
        rain_share=_over("rain_water", "known_flow"),
        foreign_low=pl.col("foreign_low").mean(),
        foreign_high=pl.col("foreign_high").mean(),
    )
    split = pl.col("industry").is_not_null()
    served = (
        pl.max_horizontal(pl.col("bod_kg") - pl.col("industry").fill_null(0.0), 0.0) * 1000 / rules.person_bod
    )
    made = (
        own.join(masses, on="works", how="left")
        .join(rain, on="works", how="left")
        .with_columns(
            served=pl.when(pl.col("bod_kg").is_not_null()).then(served),
            thin=pl.col("in_bod") < rules.low_bod,
            unsplit=pl.col("bod_kg").is_not_null() & ~split,
        )
    )
    missing = pl.col("people") - pl.col("served")
    made = made.with_columns(missing=pl.when(missing.is_not_null()).then(pl.max_horizontal(missing, 0.0)))
    made = made.with_columns(missing_kg=pl.col("missing") * rules.person_bod / 1000)
    ordered = made.sort(["missing", "in_bod", "works"], descending=[True, False, False], nulls_last=True)
    return ordered.select(list(SHORT)).cast(SHORT)


def _over(part: str, whole: str) -> pl.Expr:
    """Sum over sum of the months that have a part; null without any."""
    known = pl.col(part).is_not_null()
    return (pl.col(part).sum() / pl.col(whole).filter(known).sum()).fill_nan(None)
