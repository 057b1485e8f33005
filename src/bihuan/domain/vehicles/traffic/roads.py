"""路段排放: passages of gates laid on the roads that their units' trucks use: vehicles, kilometres and kilograms by road and hour.

A passage is one ride between the gate and the end of its way, so it is once on each road of its unit, in the share [%] that the unit's
route says. Nothing is made up: a vehicle without a factor (fuel or stage not known, no row for it, a light one: factors are of heavy
trucks) is counted as unknown and has no kilogram; electric ones have 0. The hour is that of the gate.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from bihuan.domain.timeaxis import local_date
from bihuan.domain.vehicles.decisions import (  # fmt: skip
    FUEL_UNKNOWN,
    HEAVY_KG,
    STAGE_UNKNOWN,
    Barred,
    Order,
    Rules,
    Unit,
    Vehicle,
    decide,
)
from bihuan.domain.vehicles.passages import IN, OUT
from bihuan.domain.vehicles.stages import TITLES
from bihuan.domain.vehicles.traffic.factors import GRAMS, POLLUTANTS, with_factors

KILOGRAMS = tuple(f"{p}_kg" for p in POLLUTANTS)
KIND = ("fuel", "stage", "heavy")
COUNTS = pl.Schema(
    {
        "unit": pl.String(), "day": pl.Date(), "hour": pl.Int64(), "fuel": pl.String(), "stage": pl.String(), "heavy": pl.Boolean(), "vehicles": pl.Int64(),
    }
)  # fmt: skip
"""How many went through the gates of a unit in an hour of a local day; heavy: null where neither mass nor plate says it."""
ROUTES = pl.Schema({"unit": pl.String(), "road": pl.String(), "share": pl.Float64(), "km": pl.Float64()})
"""share: of a unit's rides that use a road [%]; km: length of the road."""
AMOUNTS = ("vehicles", "unknown", "km", *KILOGRAMS)
TRAFFIC = pl.Schema(
    {"road": pl.String(), "unit": pl.String(), "day": pl.Date(), "hour": pl.Int64(), "fuel": pl.String(), "stage": pl.String(), "heavy": pl.Boolean()}
    | dict.fromkeys(AMOUNTS, pl.Float64())
)  # fmt: skip
"""vehicles: rides on the road, weighted by share; unknown: of them those without a factor of NOx; km: vehicle kilometres of all; kilograms: null where no factor is known."""
HOURS = range(24)
BARRED, UNCLEAR, FREE = "barred", "unclear", "free"
_HEAVY_BY_PLATE = {"yellow": True, "yellow_green": True, "blue": False, "green": False}
_PLATES = {True: "yellow", False: "blue", None: None}
_GROUPS = {"diesel": "柴油", "gas": "燃气", "petrol": "汽油"}


def counts_of(passages: pl.LazyFrame, begin: datetime, end: datetime) -> pl.DataFrame:
    """PASSAGES (one row of each) that begin in [begin, end) and went through, in or out -> COUNTS."""
    by_plate = pl.col("colour").replace_strict(_HEAVY_BY_PLATE, default=None, return_dtype=pl.Boolean)
    heavy = pl.when(pl.col("permitted_kg") > 0).then(pl.col("permitted_kg") > HEAVY_KG).otherwise(by_plate)
    hour = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.hour()
    went = passages.filter(
        pl.col("start") >= begin, pl.col("start") < end, pl.col("direction").is_in([IN, OUT]), pl.col("allowed").fill_null(1) == 1
    ).select("unit", *KIND[:2], day=local_date(), hour=hour, heavy=heavy)  # fmt: skip
    counted = went.group_by("unit", "day", "hour", *KIND).agg(vehicles=pl.len())
    return counted.select(COUNTS.names()).cast(dict(COUNTS)).sort(COUNTS.names()[:-1]).collect()  # type: ignore[arg-type]


def let_out(counts: pl.DataFrame) -> pl.DataFrame:
    """COUNTS -> the same with vehicles, `unknown` and KILOGRAMS that they let out on one kilometre, by the factors that were in force on each day."""
    days = [with_factors(rows, rows["day"][0]) for rows in counts.partition_by("day")]
    if not days:
        return pl.DataFrame(schema=COUNTS | dict.fromkeys(("vehicles", "unknown", *KILOGRAMS), pl.Float64()))
    # A factor of 0 is that of vehicles without exhaust, which holds for light ones too.
    light = pl.col("heavy").eq_missing(pl.lit(value=False))
    kilograms = [
        pl.when(~light | (pl.col(g) == 0)).then(pl.col(g) * pl.col("vehicles") / 1000).alias(k)
        for g, k in zip(GRAMS, KILOGRAMS, strict=True)
    ]
    known = pl.concat(days).with_columns(pl.col("vehicles").cast(pl.Float64), *kilograms).drop(GRAMS)
    unknown = pl.when(pl.col("nox_kg").is_null()).then("vehicles").otherwise(0.0)
    return known.with_columns(unknown=unknown)


def mean_day(emitted: pl.DataFrame, days: int) -> pl.DataFrame:
    """What `let_out` gave of so many days -> the mean of one, without `day`."""
    sums = [pl.col("vehicles", "unknown").sum(), *(_known_sum(k) for k in KILOGRAMS)]
    summed_up = emitted.group_by("unit", "hour", *KIND).agg(sums)
    return summed_up.with_columns(pl.col("vehicles", "unknown", *KILOGRAMS) / days)


def laid(emitted: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """What `let_out` or `mean_day` gave, on ROUTES -> TRAFFIC; of a mean day without `day`."""
    part = pl.col("share") / 100
    on = emitted.join(routes, on="unit").with_columns(pl.col("vehicles", "unknown", *KILOGRAMS) * part)
    made = on.with_columns(pl.col(KILOGRAMS) * pl.col("km"), km=pl.col("vehicles") * pl.col("km"))
    return made.select([n for n in TRAFFIC.names() if n in made.columns])


def traffic_of(counts: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """COUNTS on ROUTES -> TRAFFIC."""
    return laid(let_out(counts), routes)


def summed(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """AMOUNTS by some columns (none: one row); kilograms are those of vehicles whose factor is known, null where none is."""
    sums = [pl.col("vehicles", "unknown", "km").sum(), *(_known_sum(k) for k in KILOGRAMS)]
    return rows.group_by(by).agg(sums).sort(by, nulls_last=True) if by else rows.select(sums)


def _known_sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)


def hottest(mean: pl.DataFrame, most: int) -> pl.DataFrame:
    """The road-hours of a mean day with most NOx: road, hour, AMOUNTS."""
    hours = summed(mean, "road", "hour").filter(pl.col("nox_kg") > 0)
    return hours.sort("nox_kg", "road", "hour", descending=[True, False, False]).head(most)


def fates(kinds: pl.DataFrame, level: str, at: datetime, rules: Rules) -> pl.DataFrame:
    """What an order of a level makes of each KIND on a road: barred, unclear (fuel or stage not known), free. Decided as at gates, of a unit without exemption."""
    rows = rules.barred
    barred = {row.rule for row in rows}

    def fate(kind: tuple[str | None, str | None, bool | None]) -> str:
        fuel, stage, heavy = kind
        vehicle = Vehicle("-", _PLATES[heavy], fuel, stage)
        decision = decide(vehicle, Unit(""), Order(level), rules, at)
        if decision.rule in (FUEL_UNKNOWN, STAGE_UNKNOWN):
            return UNCLEAR
        return BARRED if decision.rule in barred and not decision.allow else FREE

    distinct = kinds.select(KIND).unique().sort(KIND)
    return distinct.with_columns(fate=pl.Series([fate(row) for row in distinct.iter_rows()], dtype=pl.String))


def windows(mean: pl.DataFrame, fate: pl.DataFrame, hours: int) -> pl.DataFrame:
    """Of each road the so many consecutive hours of a day in which the barred let out most NOx: road, since, until [h], AMOUNTS of the barred.

    unknown: barred vehicles without a factor and those of which nobody knows whether they are barred. Of equal windows the earliest.
    """
    told = mean.join(fate, on=KIND, nulls_equal=True)
    barred = pl.col("fate") == BARRED
    unclear = pl.when(barred).then("unknown").when(pl.col("fate") == UNCLEAR).then("vehicles").otherwise(0.0)
    only = [pl.when(barred).then(pl.col(c)).alias(c) for c in AMOUNTS if c != "unknown"]
    each = summed(told.with_columns(*only, unknown=unclear), "road", "hour")
    grid = each.select("road").unique().join(pl.DataFrame({"hour": list(HOURS)}, {"hour": pl.Int64()}), how="cross")  # fmt: skip
    whole = grid.join(each, on=["road", "hour"], how="left").sort("road", "hour")
    ahead = [_sum_ahead(c, hours).alias(c) for c in AMOUNTS]
    spans = whole.with_columns(ahead).filter(pl.col("hour") <= HOURS.stop - hours)
    best = spans.sort("nox_kg", "hour", descending=[True, False], nulls_last=True).unique("road", keep="first", maintain_order=True)  # fmt: skip
    return best.select("road", pl.col("hour").alias("since"), (pl.col("hour") + hours).alias("until"), *AMOUNTS).sort("road")  # fmt: skip


def _sum_ahead(name: str, hours: int) -> pl.Expr:
    """The sum of a column over a row and those behind it of the same road; what is null adds nothing."""
    return pl.sum_horizontal(pl.col(name).shift(-n).over("road") for n in range(hours))


def barred_words(rows: Sequence[Barred]) -> str:
    """What some rows bar: `国四及以下重型柴油、燃气车`."""

    def said(row: Barred) -> str:
        fuels = "、".join(title for group, title in _GROUPS.items() if group in row.groups)
        return f"{TITLES[str(row.stage)]}及以下{'重型' if row.heavy else ''}{fuels}车"

    return "，".join(dict.fromkeys(said(row) for row in rows))
