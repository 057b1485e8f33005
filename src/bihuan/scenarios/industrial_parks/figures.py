"""What the months of parks say: outlets over their limits, stations in their class against the control upstream, water that is unaccounted for. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from bihuan.domain.standards.surface_water import items, with_classes, with_main
from bihuan.domain.standards.surface_water.means import rounded
from bihuan.domain.standards.surface_water.observed import CODES, by_item
from bihuan.scenarios.industrial_parks.days import A_DAY, FLOW

LIMITED = {"w01018": "cod", "w21003": "nh3n", "w21011": "tp", "w21001": "tn"}
"""Items with a limit, and the columns of the register that hold it [mg/L]."""
SITES = pl.Schema(
    {
        "site": pl.String(),
        "park": pl.String(),
        "role": pl.String(),  # kinds of ParkOutlet and ParkStation
        "water": pl.String(),  # river or lake, of a station
        "river": pl.String(),  # code of the river, null where it lies on none
        "basis": pl.String(),
    }
    | dict.fromkeys(LIMITED, pl.Float64())
)
OVER = pl.Schema(
    {
        "site": pl.String(),
        "quantity": pl.String(),
        "month": pl.Date(),
        "limit": pl.Float64(),
        "times": pl.Int64(),
        "samples": pl.Int64(),
        "worst": pl.Float64(),
        "mean": pl.Float64(),
    }
)
"""Of an outlet, item and month: days beyond the limit (of these `samples` of a moment), the worst of them, and the mean of the month."""
TINY = 1e-9
"""Shares of a limit that floats cannot tell."""
MAIN, INFLOW, UP, DOWN, RAIN, DIRECT = "main", "inflow", "up", "down", "rain", "direct"


def over(days: pl.DataFrame, months: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """OVER of outlets and items with a value of the month and a limit. days: DAYS; months: MONTHS; sites: SITES."""
    limits = sites.unpivot(list(LIMITED), index="site", variable_name="quantity", value_name="limit")
    limits = limits.drop_nulls("limit")
    month = pl.col("day").dt.truncate("1mo").alias("month")
    beyond = days.join(limits, on=["site", "quantity"]).filter(_beyond())
    high = beyond.group_by("site", "quantity", month).agg(
        times=pl.len().cast(pl.Int64),
        samples=pl.col("sample").sum().cast(pl.Int64),
        worst=pl.col("value").max(),
    )
    told = months.join(limits, on=["site", "quantity"]).rename({"value": "mean"}).drop("samples")
    both = told.join(high, on=["site", "quantity", "month"], how="left")
    return both.with_columns(pl.col("times", "samples").fill_null(0)).select(list(OVER))


def _beyond(value: str = "value") -> pl.Expr:
    return pl.col(value) > pl.col("limit") * (1 + TINY)


def exceeded() -> pl.Expr:
    """Is a row of OVER beyond its limit, by a day or by its mean?"""
    return (pl.col("times") > 0) | _beyond("mean")


def classes(months: pl.DataFrame, stations: pl.DataFrame) -> pl.DataFrame:
    """Months of stations as the standard judges them: site, month, items, class_<item>, class, main. months: MONTHS; stations: SITES."""
    kinds = stations.select("site", kind=pl.col("water").fill_null(""))
    rows = months.filter(pl.col("quantity").is_in(list(CODES))).join(kinds, on="site")
    return _judged(rows, ["site", "month", "kind"])


def _judged(rows: pl.DataFrame, index: list[str]) -> pl.DataFrame:
    if rows.is_empty():
        empty = rows.select(index)
        return empty.with_columns(pl.lit(None, pl.UInt8).alias("class"), main=pl.lit(None, pl.String))
    return with_main(with_classes(rounded(by_item(rows, index)))).sort(index)


@dataclass(frozen=True)
class Worse:
    """One item of a station downstream in a worse class than upstream."""

    item: str
    above: float
    below: float

    @property
    def name(self) -> str:
        """In Chinese."""
        return items()[self.item].chinese

    @property
    def unit(self) -> str:
        """Of the standard."""
        return items()[self.item].unit


@dataclass(frozen=True)
class Compared:
    """A station downstream against the control upstream in a month, by the items that both have. days: the fewest of one of them."""

    site: str
    month: date
    above: int
    below: int
    worse: tuple[Worse, ...]
    controls: tuple[str, ...]
    days: int

    @property
    def steps(self) -> int:
        """By how many classes it is worse; below 0 where it is better."""
        return self.below - self.above


def compared(months: pl.DataFrame, sites: pl.DataFrame) -> list[Compared]:
    """Every station downstream in every month in which its control was measured too.

    The control is the mean of the stations upstream of the same park, of those on the same river where there are any. months: MONTHS; sites: SITES.
    """
    pairs = _pairs(sites)
    named = months.filter(pl.col("quantity").is_in([i.code for i in items().values() if i.judged]))
    above = pairs.join(named, left_on="control", right_on="site")
    control = above.group_by("site", "month", "quantity", "kind").agg(
        above=pl.col("value").mean(), days=pl.col("days").max()
    )
    both = control.join(named, on=["site", "month", "quantity"], suffix="_below")
    index = ["site", "month", "kind"]
    judged = {
        side: _judged(both.select(*index, "quantity", value=side), index) for side in ("above", "value")
    }
    least = both.group_by("site", "month").agg(
        days=pl.min_horizontal(pl.col("days").max(), pl.col("days_below").max())
    )
    names = above.group_by("site", "month").agg(pl.col("control").unique().sort())
    facts = least.join(names, on=["site", "month"]).select("site", "month", "control", "days")
    told = {(site, month): (names, days) for site, month, names, days in facts.iter_rows()}
    return [
        _compared(a, b, *told[a["site"], a["month"]])
        for a, b in zip(judged["above"].iter_rows(named=True), judged["value"].iter_rows(named=True), strict=True)
    ]  # fmt: skip


def _pairs(sites: pl.DataFrame) -> pl.DataFrame:
    """Which station upstream is a control of which downstream: site, kind of its water, control."""
    below = sites.filter(pl.col("role") == DOWN).select("site", "park", "river", kind="water")
    above = sites.filter(pl.col("role") == UP).select("park", control="site", other="river")
    same = (pl.col("river") == pl.col("other")).fill_null(value=False)
    pairs = below.join(above, on="park").with_columns(same=same)
    return pairs.filter(pl.col("same") | ~pl.col("same").any().over("site")).select("site", "kind", "control")


def _compared(
    above: Mapping[str, Any], below: Mapping[str, Any], controls: Collection[str], days: int
) -> Compared:
    worse = [
        Worse(name, above[name], below[name])
        for name in items()
        if below.get(name) is not None and below[f"class_{name}"] > above[f"class_{name}"]
    ]
    return Compared(
        above["site"], above["month"], above["class"], below["class"], tuple(worse), tuple(controls), days
    )


@dataclass(frozen=True)
class Node:
    """Where the water of a park is known: as registered of the enterprises, flowing into the works, flowing out. water [m³/d]."""

    key: str
    water: float


@dataclass(frozen=True)
class Gap:
    """Water between two neighbouring nodes that is not accounted for; share of the larger one."""

    first: Node
    second: Node

    @property
    def share(self) -> float:
        """0 to 1."""
        return abs(self.first.water - self.second.water) / max(self.first.water, self.second.water)


def flows(months: pl.DataFrame) -> pl.DataFrame:
    """Mean water of sites and months: site, month, water [m³/d], days; a flow of some moments is none of a month. months: MONTHS."""
    rows = months.filter(pl.col("quantity") == FLOW, (pl.col("days") > 0) | (pl.col("samples") == 0))
    return rows.select("site", "month", "days", water=pl.col("value") * A_DAY)


def nodes(registered: float | None, flow: Mapping[str, float], roles: Mapping[str, str]) -> list[Node]:
    """The nodes that are known of a park in a month, in the order of the water.

    registered: water of all enterprises that go to the works [m³/d]. flow: by site of those that were measured. roles: by site of the park; a
    node is known where all its sites were measured.
    """
    found = [] if registered is None else [Node("members", registered)]
    for key in (INFLOW, MAIN):
        of = [site for site, role in roles.items() if role == key]
        if of and all(site in flow for site in of):
            found.append(Node(key, sum(flow[site] for site in of)))
    return found


def gaps(found: list[Node]) -> list[Gap]:
    """Between neighbours of which one has water."""
    return [Gap(a, b) for a, b in pairwise(found) if max(a.water, b.water) > 0]
