"""The columns of the 清洁运输统计表: by which way tonnes went, and what of the road was of which stage and fuel. What is not known has columns of its own."""

import polars as pl

from bihuan.domain.vehicles.clean.share import may_be_new, new_energy
from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES, MODES, ROAD
from bihuan.domain.vehicles.fuels import FUELS

WAYS_OF = {
    **{mode: MODES[mode] for mode in CLEAN_MODES}, "new_energy": "新能源汽车", "six": "国六", "other": "国五及以下", "unknown": "燃料或阶段不明",
}  # fmt: skip
"""By which way, as the table has it; together they are all tonnes."""
STAGE_COLUMNS = {
    "new_energy": "新能源汽车", "six": "国六", "five": "国五", "four": "国四", "three": "国三及以下", "no_stage": "阶段不明", "no_fuel": "燃料和阶段不明",
}  # fmt: skip
"""Of the road, by stage; together they are all tonnes of the road."""
SUMS = ("total", *CLEAN_MODES, *STAGE_COLUMNS, "other", "unknown", "trips", "unweighed")


def summed(loads: pl.DataFrame, *by: str) -> pl.DataFrame:
    """LOADS -> `by` and SUMS: tonnes [t], weighed trips, and trips of which no weight is known."""
    road, stage = pl.col("mode") == ROAD, pl.col("stage")
    burning = road & ~new_energy() & ~may_be_new()
    stages = {"six": ("6",), "five": ("5",), "four": ("4",), "three": ("0", "1", "2", "3")}
    which = {mode: pl.col("mode") == mode for mode in CLEAN_MODES}
    which |= {"new_energy": road & new_energy()} | {
        name: burning & stage.is_in(s) for name, s in stages.items()
    }
    which |= {"no_stage": burning & stage.is_null(), "no_fuel": road & may_be_new()}
    sums = [
        pl.col("tonnes").filter(condition.fill_null(value=False)).sum().alias(name)
        for name, condition in which.items()
    ]
    more = [pl.col("tonnes").sum().alias("total"), pl.col("trips", "unweighed").sum()]
    made = loads.group_by(by).agg(*sums, *more) if by else loads.select(*sums, *more)
    return made.with_columns(
        other=pl.sum_horizontal("five", "four", "three"), unknown=pl.sum_horizontal("no_stage", "no_fuel")
    ).select(*by, *SUMS).sort(by or "total")  # fmt: skip


def by_fuel(loads: pl.DataFrame) -> pl.DataFrame:
    """LOADS of the road -> fuel (null: not known), `STAGE_COLUMNS` and total [t], trips, unweighed; by tonnes."""
    known = pl.Enum([*FUELS])
    return summed(loads.filter(pl.col("mode") == ROAD), "fuel").select("fuel", *STAGE_COLUMNS, "total", "trips", "unweighed").sort(
        "total", pl.col("fuel").cast(known, strict=False), descending=[True, False], nulls_last=True
    )  # fmt: skip
