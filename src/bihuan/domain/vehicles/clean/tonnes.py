"""Tonnes by unit, month, direction, mode, fuel and stage: of trucks from the weights of their passages, of other modes from batches.

A truck is weighed once or twice on a visit: what its weighed passages tell is taken. A visit (unit, plate, day) of which no passage
was weighed is a trip whose tonnes nobody knows: it is counted in `unweighed` and nothing is put in its place. A truck's passage
without a plate is a visit of its own. Light vehicles (blue and small green plates) that were not weighed carry no bulk goods.
"""

import polars as pl

from bihuan.domain.timeaxis import MONTH, local_date

ROAD, RAIL, WATER, PIPELINE, BELT = "road", "rail", "water", "pipeline", "belt"
CLEAN_MODES = (RAIL, WATER, PIPELINE, BELT)
LIGHT = ("blue", "green")
LOADS = pl.Schema(
    {
        "unit": pl.String(),
        "month": pl.String(),  # 2019-01, China time
        "direction": pl.String(),
        "mode": pl.String(),
        "fuel": pl.String(),  # null: not known; of other modes than road: null
        "stage": pl.String(),
        "tonnes": pl.Float64(),
        "trips": pl.Int64(),  # weighed ones
        "unweighed": pl.Int64(),
    }
)
BATCHES = pl.Schema(
    {
        "unit": pl.String(),
        "month": pl.String(),
        "direction": pl.String(),
        "mode": pl.String(),
        "tonnes": pl.Float64(),
    }
)
_GROUP = ["unit", "month", "direction", "mode", "fuel", "stage"]


def of_passages(passages: pl.LazyFrame) -> pl.LazyFrame:
    """PASSAGES (one row of each) -> LOADS of the road. Passages that were turned away carried nothing in or out."""
    weighed = pl.coalesce("net_kg", pl.col("gross_kg") - pl.col("tare_kg")).clip(lower_bound=0)
    light = pl.col("colour").is_in(LIGHT).fill_null(False)
    rows = passages.filter(pl.col("allowed").fill_null(1) == 1).select(
        "unit", "direction", "fuel", "stage",
        month=MONTH,
        net=weighed,
        visit=pl.when(pl.col("plate") == "").then(pl.concat_str("site", "number", separator="\x1f")).otherwise(pl.col("plate")),
        day=local_date(),
        light=light,
    )  # fmt: skip
    known = (
        rows.filter(pl.col("net") > 0)
        .group_by(_groups())
        .agg(tonnes=pl.col("net").sum() / 1000, trips=pl.len().cast(pl.Int64), unweighed=pl.lit(0, pl.Int64))
    )
    visits = (
        rows.group_by("unit", "visit", "day")
        .agg(
            pl.col("net").count().alias("weights"),
            pl.col("light").all(),
            pl.col("month", "direction").first(),
            pl.col("fuel", "stage").drop_nulls().first(),
        )
        .filter((pl.col("weights") == 0) & ~pl.col("light"))
    )
    unknown = visits.group_by(_groups()).agg(
        tonnes=pl.lit(0.0), trips=pl.lit(0, pl.Int64), unweighed=pl.len().cast(pl.Int64)
    )
    return (
        pl.concat([known.select(LOADS.names()), unknown.select(LOADS.names())])
        .group_by(_GROUP)
        .agg(pl.col("tonnes", "trips", "unweighed").sum())
    )


def _groups() -> list[pl.Expr]:
    mode = pl.lit(ROAD).alias("mode")
    return [mode if name == "mode" else pl.col(name) for name in _GROUP]


def of_batches(batches: pl.DataFrame) -> pl.DataFrame:
    """BATCHES of trains, ships, pipelines and belts -> LOADS."""
    summed = batches.group_by("unit", "month", "direction", "mode").agg(
        pl.col("tonnes").sum(), trips=pl.len().cast(pl.Int64)
    )
    return summed.with_columns(
        fuel=pl.lit(None, pl.String), stage=pl.lit(None, pl.String), unweighed=pl.lit(0, pl.Int64)
    ).select(LOADS.names())
