"""Which hours a run counts in: dry for a day, not humid, not windy, no sand-dust weather. What is not known is not taken for good."""

from collections.abc import Collection
from datetime import datetime

import polars as pl

from bihuan.domain.road_dust.rules import Rules
from bihuan.domain.timeaxis import INSTANT

HOURS = pl.Schema(
    {"site": pl.String(), "start": INSTANT, "humidity": pl.Float64(), "wind": pl.Float64(), "rain": pl.Float64(), "temp": pl.Float64()}
)  # fmt: skip
"""Hours of a weather station: relative humidity [%], wind [m/s], rain [mm], temperature [°C]; null = not known."""
OK, HUMID, RAIN, WIND, SAND, UNKNOWN = "ok", "humid", "rain", "wind", "sand", "unknown"
STATES = pl.Schema({"site": pl.String(), "start": INSTANT, "weather": pl.String()})


def humidity(temp: pl.Expr, dew: pl.Expr) -> pl.Expr:
    """Relative humidity [%] from temperature and dew point [°C]. Magnus formula with 17.625 and 243.04 °C (Alduchov and Eskridge 1996)."""

    def pressure(degrees: pl.Expr) -> pl.Expr:
        return (degrees * 17.625 / (degrees + 243.04)).exp()

    return 100 * pressure(dew) / pressure(temp)


def states(hours: pl.DataFrame, sand: Collection[tuple[datetime, datetime]], rules: Rules) -> pl.DataFrame:
    """HOURS -> STATES of each hour between the first and the last of each site. sand: times of sand-dust weather, the ends exclusive.

    Rain of any hour in the `dry_hours` that end with an hour spoils it; where such hours are missing and none is known to be wet, it is not known.
    """
    parts = [
        _of_site(part, rules) for part in hours.select(list(HOURS)).partition_by("site", maintain_order=True)
    ]
    found = pl.concat([pl.DataFrame(schema=STATES), *parts])
    at = pl.col("start")
    dusty = pl.any_horizontal(pl.lit(value=False), *((at >= since) & (at < until) for since, until in sand))
    return found.with_columns(weather=pl.when(dusty).then(pl.lit(SAND)).otherwise("weather"))


def _of_site(hours: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    length = int(rules.dry_hours)
    grid = hours.sort("start").upsample("start", every="1h").with_columns(pl.col("site").forward_fill())
    wet = (pl.col("rain") >= rules.trace).cast(pl.Int32)
    table = grid.with_columns(
        wet=wet.rolling_sum(length, min_samples=1), known=pl.col("rain").is_not_null().cast(pl.Int32).rolling_sum(length, min_samples=1)
    )  # fmt: skip
    state = (
        pl.when(pl.col("wet") > 0)
        .then(pl.lit(RAIN))
        .when(pl.col("humidity") >= rules.humid)
        .then(pl.lit(HUMID))
        .when(pl.col("wind") >= rules.windy)
        .then(pl.lit(WIND))
        .when(pl.any_horizontal(pl.col("humidity", "wind").is_null()) | (pl.col("known") < length))
        .then(pl.lit(UNKNOWN))
        .otherwise(pl.lit(OK))
    )
    return table.select("site", "start", state.alias("weather")).cast(STATES)
