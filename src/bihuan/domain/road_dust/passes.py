"""Points of runs -> passes: what one vehicle measured on one segment without leaving it, and how far that lay above the net at the same time."""

import polars as pl

from bihuan.domain.road_dust.rules import Rules
from bihuan.domain.road_dust.weather import OK, UNKNOWN
from bihuan.domain.timeaxis import INSTANT, local_date

POINTS = pl.Schema(
    {"vehicle": pl.String(), "start": INSTANT, "lon": pl.Float64(), "lat": pl.Float64(), "speed": pl.Float64(), "pm10": pl.Float64()}
)  # fmt: skip
"""Points of runs: speed [km/h], PM10 [µg/m³], place in degrees (WGS 84); null = not known."""
PASSES = pl.Schema(
    {
        "segment": pl.String(),
        "vehicle": pl.String(),
        "start": INSTANT,
        "day": pl.Date(),
        "points": pl.UInt32(),  # that count
        "pm10": pl.Float64(),  # their mean [µg/m³]
        "net": pl.Float64(),  # mean of the net in the same windows [µg/m³]
        "excess": pl.Float64(),  # pm10 - net [µg/m³]; null where no point counts
        "state": pl.String(),
    }
)
"""state: ok, or why no point of the pass counts: slow, fast, no_speed, no_value, lone (nobody else drove then), or a state of the weather."""
SLOW, FAST, NO_SPEED, NO_VALUE, LONE = "slow", "fast", "no_speed", "no_value", "lone"


def passes(points: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """POINTS with `segment` (null: on none) and `weather` (null: not known) -> PASSES by segment and start.

    Excess: of each point that counts PM10 less the mean of all points that count on the net in the same window; of a pass the mean over its points.
    """
    on_net = points.filter(pl.col("segment").is_not_null()).sort("vehicle", "start")
    judged = _compared(on_net.with_columns(state=_state(rules)), rules)
    far = pl.col("start").diff().over("vehicle") > pl.duration(seconds=int(rules.gap))
    new = (far | (pl.col("segment") != pl.col("segment").shift().over("vehicle"))).fill_null(value=True)
    good = pl.col("state") == OK
    worst = pl.col("state").filter(~good).mode().sort().first()
    found = judged.with_columns(run=new.cum_sum()).group_by("run", maintain_order=True).agg(
        pl.col("segment", "vehicle", "start").first(), day=local_date().first(), points=good.sum().cast(pl.UInt32),
        pm10=pl.col("pm10").filter(good).mean(), net=pl.col("net").filter(good).mean(),
        excess=(pl.col("pm10") - pl.col("net")).filter(good).mean(), state=pl.when(good.any()).then(pl.lit(OK)).otherwise(worst),
    )  # fmt: skip
    return found.select(list(PASSES)).cast(PASSES).sort("segment", "start", "vehicle")


def _state(rules: Rules) -> pl.Expr:
    """Why a point does not count by itself."""
    speed = pl.col("speed")
    return (
        pl.when(pl.col("pm10").is_null())
        .then(pl.lit(NO_VALUE))
        .when(speed.is_null())
        .then(pl.lit(NO_SPEED))
        .when(speed < rules.slowest)
        .then(pl.lit(SLOW))
        .when(speed > rules.fastest)
        .then(pl.lit(FAST))
        .otherwise(pl.col("weather").fill_null(UNKNOWN))
    )


def _compared(points: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """With `net`; points of windows in which fewer than `net_segments` segments were driven on are LONE."""
    window = pl.col("start").dt.truncate(f"{int(rules.window)}m")
    table = points.with_columns(window=window)
    good = table.filter(pl.col("state") == OK)
    nets = good.group_by("window").agg(net=pl.col("pm10").mean(), on=pl.col("segment").n_unique())
    joined = table.join(nets, on="window", how="left", maintain_order="left")
    lone = (pl.col("state") == OK) & (pl.col("on") < int(rules.net_segments))
    return joined.with_columns(state=pl.when(lone).then(pl.lit(LONE)).otherwise("state"))
