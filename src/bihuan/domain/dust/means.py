"""Minutes of monitors -> means of 5 and 15 minutes and hours. A mean counts from three quarters of its minutes on (hours: 45, as HJ 663 asks)."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

ITEMS = {
    "a34001": "tsp", "a34002": "pm10", "a34004": "pm25", "a01001": "temp", "a01002": "humidity", "a01007": "wind", "a01008": "direction",
}  # fmt: skip
"""Quantities of a site monitor by HJ code, and what they are called in wide tables; `direction`: from where the wind comes [°]."""
PARTICLES = ("tsp", "pm10", "pm25")
LEAST = 0.75
LONGEST = 15
"""Minutes of a record of minutes at most: loggers keep 1, 5, 10 or 15."""
KEY = ["monitor", "start"]
OF = ["monitor", "quantity", "period"]
DIRECTION = "a01008"
LENGTHS = {"5min": 5.0, "10min": 10.0}
LATELY = timedelta(hours=6)
WIDE = pl.Schema(
    {"monitor": pl.String(), "start": pl.Datetime("us", "UTC"), **dict.fromkeys(ITEMS.values(), pl.Float64())}
)
FINE = ("minute", "5min", "10min")


def blocks(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of less than an hour (monitor, quantity, period, start, value) summed by 5 minutes: from these all means are made.

    minutes: for which there is a value; longest: of one record; total: value x minutes; east, north: of directions.
    """
    fine = rows.filter(pl.col("period").is_in(FINE)).with_columns(pl.col(OF).cast(pl.Categorical))
    spans = fine.join(_steps(fine), on=OF, how="left")
    turned = pl.col("quantity") == DIRECTION
    none, radians = pl.lit(None, pl.Float64), pl.col("value").radians()
    parts = [
        spans.filter(~turned).with_columns(east=none, north=none),
        spans.filter(turned).with_columns(east=radians.sin(), north=radians.cos()),
    ]
    weighted = pl.concat(parts).select(
        *KEY,
        "quantity",
        pl.col("minutes").alias("longest"),
        pl.col("value", "east", "north") * pl.col("minutes"),
        minutes=pl.when(pl.col("value").is_not_null()).then("minutes").otherwise(0.0),
    )
    sums = _summed(weighted.rename({"value": "total"}), "5m")
    return sums.with_columns(pl.col("monitor", "quantity").cast(pl.String))


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    """The minutes for which a record stands: those of its period; of `minute` the step that the logger keeps, in its last hours where it sent any."""
    late = rows.filter(pl.col("start") >= pl.col("start").max() - LATELY)
    earlier = rows.join(late.select(OF).unique(), on=OF, how="anti")
    step = pl.col("start").sort().diff().dt.total_minutes().median().round().clip(1, LONGEST)
    of = pl.concat([late, earlier]).group_by(OF).agg(step=step)
    known = pl.col("period").cast(pl.String).replace_strict(LENGTHS, default=None, return_dtype=pl.Float64)
    return of.select(*OF, minutes=known.fill_null(pl.col("step")).fill_null(1.0).cast(pl.Float64))


def _summed(rows: pl.DataFrame, every: str) -> pl.DataFrame:
    sums = pl.col("minutes", "total", "east", "north").sum()
    at = rows.with_columns(pl.col("start").dt.truncate(every))
    return at.group_by("monitor", "quantity", "start").agg(sums, pl.col("longest").max())


def means(rows: pl.DataFrame, every: str, made: pl.DataFrame | None = None) -> pl.DataFrame:
    """Rows (monitor, quantity, period, start, value) -> WIDE of `every` (5m, 15m, 1h), null where too little was measured.

    Hours that were sent as such count where no shorter record of the hour is there. The direction is that of the mean vector. A record that is longer than the
    mean says nothing of it. made: the `blocks` of the rows, where they are at hand.
    """
    length = {"5m": 5.0, "15m": 15.0, "1h": 60.0}[every]
    sums = _summed(blocks(rows) if made is None else made, every)
    turned = (pl.arctan2(pl.col("east"), pl.col("north")).degrees() + 360) % 360
    mean = (
        pl.when(pl.col("quantity") == DIRECTION).then(turned).otherwise(pl.col("total") / pl.col("minutes"))
    )
    enough = (pl.col("minutes") >= LEAST * length) & (pl.col("longest") <= length)
    fine = sums.select(*KEY, "quantity", value=pl.when(enough).then(mean))
    if every == "1h":
        sent = rows.filter(pl.col("period") == "hour").select(*KEY, "quantity", "value")
        fine = pl.concat([fine, sent.join(fine, on=[*KEY, "quantity"], how="anti")])
    return _wide(fine)


def _wide(rows: pl.DataFrame) -> pl.DataFrame:
    known = rows.filter(pl.col("quantity").is_in(list(ITEMS)))
    wide = known.pivot("quantity", index=KEY, values="value", aggregate_function="first").rename(
        _names(known)
    )
    return pl.concat([pl.DataFrame(schema=WIDE), wide], how="diagonal_relaxed").select(list(WIDE)).sort(KEY)


def _names(rows: pl.DataFrame) -> Mapping[str, str]:
    return {code: ITEMS[code] for code in rows["quantity"].unique()}


def city_air(stations: pl.DataFrame) -> pl.DataFrame:
    """city (four digits), start, air: the same of a whole city, of which a county may have no station."""
    of = stations.with_columns(county=pl.col("county").str.head(4))
    return background(of).rename({"county": "city", "background": "air"})


def background(stations: pl.DataFrame) -> pl.DataFrame:
    """county, start, background: mean PM10 [µg/m³] of the national and provincial stations of a county; hours without any are not there.

    stations: county, rank, start, pm10.
    """
    counted = stations.filter(pl.col("rank").is_in(["national", "provincial"]), pl.col("pm10").is_not_null())
    return counted.group_by("county", "start").agg(background=pl.col("pm10").mean()).sort("county", "start")
