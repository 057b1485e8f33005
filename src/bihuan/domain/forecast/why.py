"""Why (为什么): what moves a forecast away from what is usual, exactly, in a few groups of inputs.

The base is the usual value of the target's hour of the day at the site. For a linear member a group counts
coefficient x (value - value when nothing is unusual); for trees LightGBM's own contributions (TreeSHAP, Lundberg and
others 2020, Nature Machine Intelligence 2, 56-67); a member that works with roots is carried back by
r^2 - r0^2 = (r + r0)(r - r0); the members' parts are mixed by the weights of the combination. base + groups = forecast.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from bihuan.domain.forecast.areas import Areas, mean_over, places_at
from bihuan.domain.forecast.model import Model, View
from bihuan.domain.forecast.why_parts import GROUPS, contributions
from bihuan.domain.timeaxis import HOUR, INSTANT

SCHEMA: dict[str, Any] = {
    "site": pl.String,
    "item": pl.String,
    "start": INSTANT,
    "lead": pl.Int32,
} | dict.fromkeys(("usual", "mean", *GROUPS), pl.Float64)


def explain(
    model: Model,
    seen: View,
    moment: datetime,
    leads: Sequence[int],
    places: Sequence[str],
    item: str,
    areas: Areas | None = None,
) -> pl.DataFrame:
    """site, item, start, lead, usual, mean and one column per group, for each place and lead as of `moment`.

    Units of the item. usual + groups = mean = what `model.means` says. Places without a forecast are left out.
    areas: cities and counties among the places; of these it is the mean over their stations, as the forecast is.
    """
    members = places_at(places, areas or {}, seen.grid.sites)
    at = sorted({column for columns in members.values() for column in columns})
    among = [[at.index(column) for column in columns] for columns in members.values()]
    origin = seen.grid.row_of(moment) - 1
    tables = [pl.DataFrame(schema=SCHEMA)]
    for lead in leads if at else ():
        usual, parts = contributions(model, seen, item, origin, int(lead), at)
        told = mean_over(np.where(np.isfinite(usual), parts, np.nan), among)
        usual = mean_over(usual, among)
        tables.append(
            pl.DataFrame(
                {
                    "site": list(members),
                    "item": [item] * len(members),
                    "start": pl.Series([moment + (int(lead) - 1) * HOUR] * len(members), dtype=INSTANT),
                    "lead": pl.Series([int(lead)] * len(members), dtype=pl.Int32),
                    "usual": usual,
                    "mean": usual + told.sum(axis=0),
                    **{g: told[k] for k, g in enumerate(GROUPS)},
                }
            )
        )
    return pl.concat(tables).filter(pl.col("mean").is_finite())


def averaged(table: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """The mean over leads `first`..`last` of an explanation: site, item, hours, usual, mean and the groups."""
    inside = table.filter(pl.col("lead").is_between(first, last))
    return inside.group_by("site", "item", maintain_order=True).agg(
        pl.len().alias("hours"), pl.col("usual", "mean", *GROUPS).mean()
    )


def changed(now: pl.DataFrame, before: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """What two explanations of the same hours differ by, averaged over leads `first`..`last` of the later one.

    site, item, hours, start, until, before, after, then usual and the groups as differences: they sum to after - before.
    """
    columns = ["usual", *GROUPS]
    inside = now.filter(pl.col("lead").is_between(first, last))
    both = inside.join(before, on=["site", "item", "start"], suffix="_before")
    return both.group_by("site", "item", maintain_order=True).agg(
        pl.len().alias("hours"),
        pl.col("start").min(),
        (pl.col("start").max() + timedelta(hours=1)).alias("until"),
        pl.col("mean_before").mean().alias("before"),
        pl.col("mean").mean().alias("after"),
        *[(pl.col(c) - pl.col(f"{c}_before")).mean().alias(c) for c in columns],
    )
