"""Tonnes of a month by unit, direction, goods, mode, fuel and stage: of trucks from the weights of their passages, of other modes from batches.

A visit that was not weighed is a trip whose tonnes nobody knows: it is counted in `unweighed` and nothing is put in its place. Of a vehicle at a
unit in a month that are the ways in the one direction in which it was weighed oftener, less those that were weighed; one that was weighed coming on
some visits and going on others is counted too high. A weight that is not believed (`noted.WEIGHTS`, or far below zero) is none. A passage without a plate
is a visit of its own. The direction is that of the passage whose record brings the weight: many gates tell it of what came when the truck leaves. Light vehicles (blue and small green plates) that were not weighed carry no bulk goods.
"""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from bihuan.domain.timeaxis import local_date
from bihuan.domain.vehicles.noted import WEIGHTS
from bihuan.domain.vehicles.passages import IN, OUT

ROAD, RAIL, WATER, PIPELINE, BELT, SHORT = "road", "rail", "water", "pipeline", "belt", "short"
CLEAN_MODES = (RAIL, WATER, PIPELINE, BELT, SHORT)
"""short: trucks of 国六 on the last leg from a rail yard, counted by the main leg (`short_haul`)."""
MODES = {
    RAIL: "铁路",
    WATER: "水路",
    PIPELINE: "管道",
    BELT: "管带、封闭通廊",
    SHORT: "国六短驳",
    ROAD: "公路",
}
LIGHT = ("blue", "green")
LOADS = pl.Schema(
    {
        "unit": pl.String(),
        "month": pl.Date(),  # its first day, China time
        "direction": pl.String(),
        "cargo": pl.String(),  # as it was told; null: not known
        "mode": pl.String(),
        "fuel": pl.String(),  # null: not known; of other modes than road: null
        "stage": pl.String(),
        "tonnes": pl.Float64(),
        "trips": pl.Int64(),  # weighed ones
        "unweighed": pl.Int64(),
    }
)
DIRECT, TRUCK_NEW, TRUCK_SIX, TRUCK_OTHER = "direct", "truck_new", "truck_six", "truck_other"
LAST_LEGS = {
    DIRECT: "直达厂内（专用线、码头、通廊）",
    TRUCK_NEW: "新能源车短驳",
    TRUCK_SIX: "国六车短驳",
    TRUCK_OTHER: "其他车短驳",
}
BATCHES = pl.Schema(
    {
        "unit": pl.String(),
        "month": pl.Date(),
        "direction": pl.String(),
        "mode": pl.String(),
        "cargo": pl.String(),
        "last_leg": pl.String(),  # LAST_LEGS
        "tonnes": pl.Float64(),
        "evidence": pl.Boolean(),
    }
)
WAYS = pl.Schema(
    {
        "unit": pl.String(), "plate": pl.String(), "colour": pl.String(), "direction": pl.String(), "cargo": pl.String(), "fuel": pl.String(), "stage": pl.String(),
        "kg": pl.Float64(), "ways": pl.Int64(), "weighed": pl.Int64(), "loaded": pl.Int64(),
    }
)  # fmt: skip
"""Of vehicles at units in a month: how often they went, were weighed, and had a net weight above zero; kg: the sum of those."""
VEHICLE = ["unit", "plate", "colour"]
_GROUP = ["unit", "direction", "cargo", "fuel", "stage"]
DAY_WAYS = pl.Schema([("day", pl.Date()), *WAYS.items()])
KEYS = [*VEHICLE, *_GROUP[1:]]
NOISE_KG = 500.0
"""So far below zero may a net weight [kg] lie of two weighings of an empty truck (own choice); one farther below is not believed."""


def ways_of(passages: pl.LazyFrame, begin: datetime, end: datetime) -> pl.DataFrame:
    """PASSAGES (one row of each) that begin in [begin, end) -> WAYS of each local day, with `day` before them.

    Passages that were turned away, and weighings without a direction, carried nothing in or out.
    """
    net = pl.coalesce("net_kg", pl.col("gross_kg") - pl.col("tare_kg"))
    believed = ~pl.col("noted").str.contains(WEIGHTS, literal=True).fill_null(value=False) & (
        net >= -NOISE_KG
    )
    went = passages.filter(
        pl.col("start") >= begin, pl.col("start") < end, pl.col("direction").is_in([IN, OUT]), pl.col("allowed").fill_null(1) == 1
    ).select(*KEYS, day=local_date(), net=pl.when(believed).then(net.clip(lower_bound=0)))  # fmt: skip
    summed = went.group_by("day", *KEYS).agg(
        kg=pl.col("net").sum(), ways=pl.len(), weighed=pl.col("net").count(), loaded=(pl.col("net") > 0).sum()
    )
    return summed.collect(engine="streaming").select("day", *WAYS.names()).cast(DAY_WAYS)


def together(days: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """WAYS of several spans that share no passage -> WAYS of all of them."""
    if not days:
        return pl.DataFrame(schema=WAYS)
    summed = pl.concat(days).lazy().group_by(KEYS).agg(pl.col("kg", "ways", "weighed", "loaded").sum())
    return summed.collect(engine="streaming").select(WAYS.names()).sort(KEYS)


def of_ways(ways: pl.DataFrame, month: date) -> pl.DataFrame:
    """WAYS of a month -> LOADS of the road."""
    known = ways.filter(pl.col("loaded") > 0).select(
        *_GROUP, tonnes=pl.col("kg") / 1000, trips=pl.col("loaded"), unweighed=pl.lit(0, pl.Int64)
    )
    both = (
        pl.concat([known, _unknown(ways)]).group_by(_GROUP).agg(pl.col("tonnes", "trips", "unweighed").sum())
    )
    return (
        both.with_columns(month=pl.lit(month), mode=pl.lit(ROAD))
        .select(LOADS.names())
        .cast(LOADS)
        .sort(LOADS.names()[:7])
    )


def vehicles(ways: pl.DataFrame) -> pl.DataFrame:
    """WAYS of vehicles with a plate -> unit, plate, colour, direction (oftenest), cargo, fuel, stage (where told), visits, kg, unweighed; without light ones that were never weighed."""
    inward = pl.col("direction") == IN
    counts = {
        "ins": pl.col("ways").filter(inward).sum(), "outs": pl.col("ways").filter(~inward).sum(),
        "weighed_in": pl.col("weighed").filter(inward).sum(), "weighed_out": pl.col("weighed").filter(~inward).sum(),
    }  # fmt: skip
    each = ways.filter(pl.col("plate") != "").sort("ways", descending=True).group_by(VEHICLE, maintain_order=True).agg(
        pl.col("direction").first(), pl.col("cargo", "fuel", "stage").drop_nulls().first(), pl.col("kg").sum(), **counts
    )  # fmt: skip
    weighed = pl.max_horizontal("weighed_in", "weighed_out")
    light = pl.col("colour").is_in(LIGHT).fill_null(value=False) & (weighed == 0)
    one_way = (
        pl.when(weighed == 0)
        .then(pl.max_horizontal("ins", "outs"))
        .when(pl.col("weighed_in") > pl.col("weighed_out"))
        .then("ins")
        .otherwise("outs")
    )
    told = each.filter(~light).with_columns(
        visits=pl.max_horizontal("ins", "outs"), unweighed=one_way - weighed
    )
    return told.select(*VEHICLE, "direction", "cargo", "fuel", "stage", "visits", "kg", "unweighed").sort(
        VEHICLE
    )


def _unknown(ways: pl.DataFrame) -> pl.DataFrame:
    named = vehicles(ways).filter(pl.col("unweighed") > 0).select(*_GROUP, "unweighed")
    light = pl.col("colour").is_in(LIGHT).fill_null(value=False)
    nameless = ways.filter((pl.col("plate") == "") & ~light).select(
        *_GROUP, unweighed=pl.col("ways") - pl.col("weighed")
    )
    return pl.concat([named, nameless.filter(pl.col("unweighed") > 0)]).select(
        *_GROUP, tonnes=pl.lit(0.0), trips=pl.lit(0, pl.Int64), unweighed=pl.col("unweighed")
    )


def of_batches(batches: pl.DataFrame) -> pl.DataFrame:
    """BATCHES of trains, ships, pipelines and belts that reach the works itself -> LOADS. What trucks bring on the last leg is weighed at gates."""
    summed = (
        batches.filter(pl.col("last_leg") == DIRECT)
        .group_by("unit", "month", "direction", "cargo", "mode")
        .agg(pl.col("tonnes").sum(), trips=pl.len().cast(pl.Int64))
    )
    return summed.with_columns(
        fuel=pl.lit(None, pl.String), stage=pl.lit(None, pl.String), unweighed=pl.lit(0, pl.Int64)
    ).select(LOADS.names())


def short_haul(loads: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """LOADS in which tonnes of 国六 on the road that are the last leg of a batch (`truck_six`) are `short`: never more than gates weighed. The total stays."""
    keys = ["unit", "month", "direction"]
    told = batches.filter(pl.col("last_leg") == TRUCK_SIX).group_by(keys).agg(leg=pl.col("tonnes").sum())
    six = (pl.col("mode") == ROAD) & (pl.col("stage") == "6").fill_null(value=False)
    road = loads.filter(six).group_by(keys).agg(weighed=pl.col("tonnes").sum()).filter(pl.col("weighed") > 0)
    moved = road.join(told, on=keys).select(
        *keys, share=pl.min_horizontal(pl.col("leg") / pl.col("weighed"), 1.0)
    )
    if moved.is_empty():
        return loads
    split = loads.join(moved, on=keys, how="left", maintain_order="left").with_columns(
        share=pl.when(six).then(pl.col("share").fill_null(0.0)).otherwise(0.0)
    )
    short = split.filter(pl.col("share") > 0).with_columns(
        tonnes=pl.col("tonnes") * pl.col("share"), mode=pl.lit(SHORT), trips=pl.lit(0, pl.Int64), unweighed=pl.lit(0, pl.Int64)
    )  # fmt: skip
    rest = split.with_columns(tonnes=pl.col("tonnes") * (1 - pl.col("share")))
    return pl.concat([rest, short]).select(LOADS.names())
