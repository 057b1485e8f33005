"""Minutes of monitors -> means of 5 and 15 minutes and hours. A mean counts from three quarters of its minutes on (hours: 45, as HJ 663 asks)."""

from collections.abc import Mapping

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
WIDE = pl.Schema(
    {"monitor": pl.String(), "start": pl.Datetime("us", "UTC"), **dict.fromkeys(ITEMS.values(), pl.Float64())}
)
FINE = ("minute", "5min", "10min")


def means(rows: pl.DataFrame, every: str) -> pl.DataFrame:
    """Rows (monitor, quantity, period, start, value) -> WIDE of `every` (5m, 15m, 1h), null where too little was measured.

    Hours that were sent as such count where no shorter record of the hour is there. The direction is that of the mean vector.
    """
    fine = _mean(_with_minutes(rows.filter(pl.col("period").is_in(FINE))), every)
    if every == "1h":
        sent = rows.filter(pl.col("period") == "hour").select(*KEY, "quantity", "value")
        fine = pl.concat([fine, sent.join(fine, on=[*KEY, "quantity"], how="anti")])
    return _wide(fine)


def _with_minutes(rows: pl.DataFrame) -> pl.DataFrame:
    """Each record with the minutes for which it stands: those of its period; of `minute` the step that the logger keeps."""
    of = ["monitor", "quantity", "period"]
    known = {"5min": 5, "10min": 10}
    ordered = rows.sort(*of, "start")
    step = (pl.col("start").diff().over(of).dt.total_minutes()).drop_nulls().mode().min().over(of)
    minutes = pl.col("period").replace_strict(known, default=None, return_dtype=pl.Int64)
    return ordered.with_columns(
        minutes=minutes.fill_null(step.clip(1, LONGEST)).fill_null(1).cast(pl.Float64)
    )


def _mean(rows: pl.DataFrame, every: str) -> pl.DataFrame:
    """monitor, start, quantity, value of every block in which something was sent."""
    length = {"5m": 5.0, "15m": 15.0, "1h": 60.0}[every]
    radians, there = pl.col("value").radians(), pl.col("value").is_not_null()
    weight = pl.when(there).then("minutes").otherwise(0.0)
    blocks = rows.with_columns(start=pl.col("start").dt.truncate(every)).group_by("monitor", "quantity", "start").agg(
        minutes=weight.sum(), total=(pl.col("value") * weight).sum(), east=radians.sin().mean(), north=radians.cos().mean()
    )  # fmt: skip
    turned = (pl.arctan2(pl.col("east"), pl.col("north")).degrees() + 360) % 360
    mean = pl.when(pl.col("quantity") == "a01008").then(turned).otherwise(pl.col("total") / pl.col("minutes"))
    enough = pl.col("minutes") >= LEAST * length
    return blocks.select(*KEY, "quantity", value=pl.when(enough).then(mean))


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
