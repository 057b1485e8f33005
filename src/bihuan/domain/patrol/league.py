"""The league table (巡查榜). It counts what cannot be earned by driving past: effective days, ground that nobody had seen for a
while, stops that a photo and the track bear out together, and finds that others confirmed."""

import polars as pl

from bihuan.domain.patrol.rules import Rules

PATROLS = pl.Schema(
    {
        "person": pl.String(),
        "patrol": pl.String(),
        "day": pl.Date(),
        "effective": pl.Boolean(),
        "km": pl.Float64(),
        "fresh": pl.Float64(),  # cells
        "stops": pl.Int64(),  # borne out
        "found": pl.Int64(),
        "confirmed": pl.Int64(),
    }
)
CELLS_OF_A_POINT = 10.0
"""New cells that earn `new_km_points`: ten stretches of a hundred metres are a kilometre."""


def table(patrols: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """A row for each person, the best first: patrols, days (effective ones), km, fresh, stops, found, confirmed, points.

    patrols: PATROLS of some span. Two effective patrols of a day are one day. Kilometres and what was only reported earn
    nothing; they are there to be seen.
    """
    points = (
        pl.col("days") * rules.day_points
        + pl.col("fresh") / CELLS_OF_A_POINT * rules.new_km_points
        + pl.col("stops") * rules.stop_points
        + pl.col("confirmed") * rules.find_points
    )
    sums = pl.col("km", "fresh", "stops", "found", "confirmed").sum()
    days = pl.col("day").filter("effective").n_unique()
    each = patrols.group_by("person").agg(sums, patrols=pl.len(), days=days)
    return each.with_columns(points=points.round(1)).sort("points", "person", descending=[True, False])
