"""Passes of a month -> the score of each segment and its rank, the dirtiest first; months are compared by the share of the rank, not by raw values."""

import polars as pl

from bihuan.domain.road_dust.rules import Rules
from bihuan.domain.road_dust.weather import OK

SCORES = pl.Schema(
    {
        "segment": pl.String(),
        "month": pl.Date(),
        "passes": pl.UInt32(),  # that count
        "days": pl.UInt32(),  # on which they were
        "excess": pl.Float64(),  # their median [µg/m³]
        "enough": pl.Boolean(),
        "rank": pl.UInt32(),  # 1: the dirtiest; null: too few passes
        "of": pl.UInt32(),  # segments that are ranked
        "share": pl.Float64(),  # rank / of
    }
)


def scores(passes: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """PASSES -> SCORES by month and rank. Equal medians (to 0.1 µg/m³) share a rank; less than `least_passes` on `least_days` is too few for one."""
    good = passes.filter(pl.col("state") == OK)
    found = good.group_by("segment", month=pl.col("day").dt.truncate("1mo")).agg(
        passes=pl.len(), days=pl.col("day").n_unique(), excess=pl.col("excess").median()
    )
    enough = (pl.col("passes") >= int(rules.least_passes)) & (pl.col("days") >= int(rules.least_days))
    ranked = found.with_columns(enough=enough).with_columns(
        rank=pl.when("enough").then(pl.col("excess").round(1)).rank("min", descending=True).over("month"),
        of=pl.col("enough").sum().over("month"),
    )
    share = pl.col("rank") / pl.col("of")
    return (
        ranked.with_columns(share=share)
        .select(list(SCORES))
        .cast(SCORES)
        .sort("month", "rank", "segment", nulls_last=True)
    )
