"""Remote sensing: which records may be judged, which exceed a limit, and whose exceed again (HJ 845-2017)."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from bihuan.domain.timeaxis import local_date
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.roadside.limits import Limit

WET = ("rain", "snow", "fog", "dust")
FLAG, PLATE, WEATHER, POWER, NO_POWER, NO_FUEL, FINE = (
    "flag",
    "plate",
    "weather",
    "vsp",
    "no_vsp",
    "no_fuel",
    "",
)
WHY = {
    FLAG: "设备判为无效", PLATE: "没有可用的号牌", WEATHER: "雨雪雾沙天气", POWER: "比功率超出范围", NO_POWER: "没有比功率",
    NO_FUEL: "燃料不明", FINE: "有效",
}  # fmt: skip
"""Why a record is not judged; the first that holds counts."""
GROUPS = {name: fuel.group for name, fuel in FUELS.items()}


@dataclass(frozen=True)
class Power:
    """比功率 within which a record is valid [kW/t]; a setting, for no text was at hand."""

    low: float = 0.0
    high: float = 20.0


def judged(records: pl.DataFrame, limits: Sequence[Limit], power: Power) -> pl.DataFrame:
    """SENSED with `known_fuel` (of the list of vehicles, empty where it knows none) -> besides `group`, `why` (WHY), and `over`, the items that exceed, joined by spaces.

    Only a record that is valid and of a known fuel can exceed.
    """
    fuel = pl.when(pl.col("known_fuel") != "").then("known_fuel").otherwise("fuel")
    rows = records.with_columns(
        group=fuel.replace_strict(GROUPS, default="", return_dtype=pl.String), day=local_date()
    )
    rows = rows.with_columns(why=_why(power))
    told = [pl.when((pl.col("why") == FINE) & _exceeds(limit)).then(pl.lit(limit.item)) for limit in limits]
    over = pl.concat_list(told).list.drop_nulls().list.unique(maintain_order=True).list.join(" ")
    return rows.with_columns(over=over if told else pl.lit("")).drop("day")


def _why(power: Power) -> pl.Expr:
    bad_plate = (pl.col("plate") == "") | pl.col("noted").str.contains("form")
    return (
        pl.when(pl.col("valid") == "no").then(pl.lit(FLAG))
        .when(bad_plate).then(pl.lit(PLATE))
        .when(pl.col("weather").is_in(WET)).then(pl.lit(WEATHER))
        .when(pl.col("vsp").is_null()).then(pl.lit(NO_POWER))
        .when(~pl.col("vsp").is_between(power.low, power.high)).then(pl.lit(POWER))
        .when(pl.col("group") == "").then(pl.lit(NO_FUEL))
        .otherwise(pl.lit(FINE))
    )  # fmt: skip


def _exceeds(limit: Limit) -> pl.Expr:
    held = (pl.col("group") == limit.group) & (pl.col("day") >= limit.since)
    if limit.until is not None:
        held &= pl.col("day") < limit.until
    return (held & (pl.col(limit.item) > float(limit.limit))).fill_null(value=False)


def repeated(rows: pl.DataFrame, *, times: int, last: int, months: int) -> pl.DataFrame:
    """Judged records -> those with which a vehicle exceeded the same item `times` among its `last` valid records that measured it, all within `months`.

    Adds `item`, `n` (how many of those exceeded) and `first` (the instant of the first of them). A record that is not valid is none of them.
    """
    names = ["plate", "colour"]
    found = []
    for item in rows["over"].str.split(" ").explode().unique().drop_nulls().to_list():
        if not item:
            continue
        own = rows.filter(pl.col("why") == FINE, pl.col(item).is_not_null()).sort(*names, "start")
        over = pl.col("over").str.split(" ").list.contains(item)
        since = pl.col("start").dt.offset_by(f"-{months}mo")
        before = [pl.col("start").shift(k).over(names) for k in range(last)]
        hit = [
            (over.shift(k).over(names) & (b >= since)).fill_null(value=False) for k, b in enumerate(before)
        ]
        n = pl.sum_horizontal(h.cast(pl.Int64) for h in hit)
        first = pl.min_horizontal(pl.when(h).then(b) for h, b in zip(hit, before, strict=True))
        found.append(
            own.with_columns(item=pl.lit(item), n=n, first=first).filter(over & (pl.col("n") >= times))
        )
    empty = rows.clear().with_columns(item=pl.lit(""), n=pl.lit(0, pl.Int64), first=pl.col("start"))
    return pl.concat([empty, *found]).sort(*names, "item", "start")
