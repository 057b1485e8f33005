"""What is known of works and days. Volumes are m³ of a local day, concentrations mg/L of the mixed sample of that day; null is not known."""

import polars as pl

VOLUMES = ("inflow", "outflow", "made", "sent")
"""made: reused water that the works made; sent: of it, what left the works for its users."""
ITEMS = ("bod", "cod", "nh3n", "tn", "tp", "ss")
INFLUENT = tuple(f"in_{item}" for item in ITEMS)
EFFLUENT = tuple(f"out_{item}" for item in ITEMS)
WEIGHED = ("bod", "cod", "nh3n")
"""What the influent is told by."""

DAYS = pl.Schema(
    {
        "works": pl.String(),
        "date": pl.Date(),
        **dict.fromkeys(VOLUMES, pl.Float64()),
        "rain": pl.Float64(),  # mm of the day
        **dict.fromkeys((*INFLUENT, *EFFLUENT), pl.Float64()),
    }
)
"""One row for each works and day of which anything is known."""
TERMS = pl.Schema(
    {
        "works": pl.String(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),  # exclusive, null: still in force
        "capacity": pl.Float64(),  # design capacity, m³/d
        "people": pl.Float64(),  # who live in the area that it serves
        "industry": pl.Float64(),  # BOD5 of industry in its inflow, kg/d; null: not known
    }
)
"""What holds for a works from a day on. Spans of one works do not overlap."""


def with_terms(days: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """DAYS with the capacity, people and industry in force on each day; null where nothing is registered for it."""
    begun = days.sort("works", "date").join_asof(
        terms.sort("works", "valid_from"),
        left_on="date",
        right_on="valid_from",
        by="works",
        strategy="backward",
        check_sortedness=False,
    )
    over = pl.col("valid_until").is_not_null() & (pl.col("date") >= pl.col("valid_until"))
    known = [pl.when(~over).then(name).alias(name) for name in ("capacity", "people", "industry")]
    return begun.with_columns(known).drop("valid_from", "valid_until")
