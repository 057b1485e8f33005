"""What reviewers decided, applied to hours when an evaluation reads; the stored rows never change.

decisions: site, items (inside names joined by commas), start, until (exclusive, UTC), verdict (keep, exclude), stage
(audited, re-audited); in the order in which they were taken: a later one takes the place of an earlier one.
"""

from typing import TypeVar

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import INSTANT

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
EXCLUDE = "exclude"
DECISIONS: dict[str, pl.DataType] = {
    "site": pl.String(),
    "items": pl.String(),
    "start": INSTANT,
    "until": INSTANT,
    "verdict": pl.String(),
    "stage": pl.String(),
}


def decided_hours(decisions: pl.DataFrame) -> pl.DataFrame:
    """One row per site, item and hour that someone decided on: verdict and stage in force."""
    hours = pl.datetime_ranges(
        pl.col("start").dt.truncate("1h"), pl.col("until"), "1h", closed="left", time_unit="us"
    )
    rows = decisions.select(
        "site", pl.col("items").str.split(",").alias("item"), hours.alias("start"), "verdict", "stage"
    )
    each = rows.explode("item", empty_as_null=False).explode("start", empty_as_null=False)
    return each.unique(["site", "item", "start"], keep="last", maintain_order=True)


def apply_decisions(hours: Frame, decisions: pl.DataFrame) -> Frame:
    """The same hours in the same shape; values that the decision in force excludes are null. Nothing else changes."""
    out = decided_hours(decisions).filter(pl.col("verdict") == EXCLUDE)
    items = [
        i for i in hours.lazy().collect_schema().names() if i in ITEM_NAMES and i in out["item"].unique()
    ]
    if not items:
        return hours
    flags = [(pl.col("item") == i).any().alias(f"_out_{i}") for i in items]
    marks = out.group_by("site", "start").agg(flags)
    lazy = hours.lazy().join(marks.lazy(), on=["site", "start"], how="left", maintain_order="left")
    gone = [pl.when(~pl.col(f"_out_{i}").fill_null(False)).then(i).alias(i) for i in items]
    done = lazy.with_columns(gone).drop(f"_out_{i}" for i in items)
    return done.collect() if isinstance(hours, pl.DataFrame) else done


def states(hours: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Per site, item and hour with a value: `stage` (raw, audited, re-audited) and `verdict` (null while raw)."""
    items = [i for i in ITEM_NAMES if i in hours.columns]
    long = hours.unpivot(items, index=["site", "start"], variable_name="item", value_name="value")
    known = long.drop_nulls("value").join(
        decided_hours(decisions), on=["site", "item", "start"], how="left", maintain_order="left"
    )
    return known.with_columns(pl.col("stage").fill_null("raw"))
