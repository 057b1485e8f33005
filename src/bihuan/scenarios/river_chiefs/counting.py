"""How often a duty was done in a period. Pure: frames in, frames out.

A patrol counts when its day is effective (`domain.patrol.effective`) and enough of the reach was seen on it; several on one day are one.
"""

from datetime import date

import polars as pl

DUTIES = pl.Schema(
    {"duty": pl.String(), "reach": pl.String(), "enough": pl.Float64(), "rule": pl.String(), "since": pl.Date(), "until": pl.Date()}
)  # fmt: skip
"""enough: metres of the reach that a patrol has to see. since, until: of the duty, null where it is open."""
SERVED = pl.Schema({"duty": pl.String(), "person": pl.Int64()})
"""Whose patrols count for a duty."""
SPANS = pl.Schema(
    {"rule": pl.String(), "label": pl.String(), "start": pl.Date(), "until": pl.Date(), "needed": pl.Int64()}
)
"""The periods of each rule; `until` is the first day after one."""
COUNTED = pl.Schema({"duty": pl.String(), **SPANS, "done": pl.Int64(), "last": pl.Date()})


def days_done(duties: pl.DataFrame, served: pl.DataFrame, walks: pl.DataFrame) -> pl.DataFrame:
    """duty, day: the days on which a patrol counted for a duty. walks: `walks.WALKS`."""
    good = walks.filter(pl.col("effective"))
    who = served.join(duties.select("duty", "reach", "enough"), "duty")
    enough = good.join(who, ["person", "reach"]).filter(pl.col("metres") >= pl.col("enough"))
    return enough.select("duty", "day").unique().sort("duty", "day")


def counted(duties: pl.DataFrame, days: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """COUNTED: each duty in each period of its rule through which it was held: `done` days of `needed`, and the last of them.

    A period in the course of which somebody took the duty over or left it is asked of nobody.
    """
    held = duties.join(spans, "rule").filter(
        pl.col("since").is_null() | (pl.col("since") <= pl.col("start")),
        pl.col("until").is_null() | (pl.col("until") >= pl.col("until_right")),
    )
    held = held.select("duty", "rule", "label", "start", pl.col("until_right").alias("until"), "needed")
    inside = held.join(days, "duty").filter(pl.col("day") >= pl.col("start"), pl.col("day") < pl.col("until"))
    done = inside.group_by("duty", "label").agg(done=pl.len(), last=pl.col("day").max())
    made = held.join(done, ["duty", "label"], "left").with_columns(pl.col("done").fill_null(0))
    return made.select(COUNTED.names()).cast(COUNTED).sort("duty", "start")


def last_days(days: pl.DataFrame) -> dict[str, date]:
    """The newest day on which each duty was done."""
    return dict(days.group_by("duty").agg(pl.col("day").max()).iter_rows())
