"""Frames for the tests of quality: real months of Yangquan (packed in the repository), and faults put into them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES, ITEMS
from bihuan.domain.timeaxis import HOUR, starts_from_labels

DATA = Path(str(files("bihuan"))) / "practice" / "data"
SITES = ("1738A", "1739A", "1741A", "1742A", "1743A")
JANUARY = datetime(2019, 1, 1, tzinfo=UTC)
WINDOW = timedelta(hours=72)
QUIET = datetime(2019, 1, 11, tzinfo=UTC)
"""72 h of the heavy pollution of January 2019, PM2.5 between 40 and 250 at all five stations."""


@cache
def places() -> pl.DataFrame:
    """The registry's frame: site, name, city, lon, lat, evaluated."""
    rows = pl.read_csv(DATA / "sites.csv", schema_overrides={"city": pl.String, "region": pl.String})
    own = rows.filter(pl.col("code").is_in(SITES)).with_columns(evaluated=pl.lit(True))
    return own.select("name", "region", "city", "lon", "lat", "evaluated", site="code")


@cache
def real_hours() -> pl.DataFrame:
    """Wide hours of the five national stations of Yangquan, January to September 2019, as published."""
    raw = pl.read_parquet(DATA / "yangquan_2019.parquet")
    items = [pl.col(q.label).cast(pl.Float64).round(q.decimals).alias(q.name) for q in ITEMS]
    return raw.select("site", starts_from_labels("time").alias("start"), *items).sort("site", "start")


def window(start: datetime = QUIET, length: timedelta = WINDOW) -> pl.DataFrame:
    """The hours from `start` on; a missing value is filled from its neighbours in time, so that faults can be put in."""
    starts = pl.datetime_range(start, start + length, "1h", closed="left", eager=True).alias("start")
    grid = pl.Series("site", SITES).to_frame().join(starts.to_frame(), how="cross")
    joined = grid.join(real_hours(), on=["site", "start"], how="left", maintain_order="left")
    return joined.with_columns(
        pl.col(q.name).interpolate().forward_fill().backward_fill().round(q.decimals).over("site")
        for q in ITEMS
    )


def flat(hours: int = 72, sites: tuple[str, ...] = SITES, **values: float) -> pl.DataFrame:
    """Made air: every site has the same gently waving values; `values` sets the level of an item."""
    starts = pl.datetime_range(QUIET, QUIET + timedelta(hours=hours), "1h", closed="left", eager=True).alias(
        "start"
    )
    wave = (pl.col("start").dt.epoch("s") // 3600 % 7 - 3) / 20 + 1
    level = {"pm25": 90.0, "pm10": 140.0, "so2": 40.0, "no2": 60.0, "co": 1.5, "o3": 70.0} | values
    grid = pl.Series("site", sites).to_frame().join(starts.to_frame(), how="cross")
    return grid.with_columns((wave * level[q.name]).round(q.decimals).alias(q.name) for q in ITEMS)


def put(hours: pl.DataFrame, site: str, item: str, at: int, values: list[float | None]) -> pl.DataFrame:
    """The same hours, with `values` from the hour number `at` of the frame on."""
    first = hours["start"].min()
    assert isinstance(first, datetime)
    patch = pl.DataFrame(
        {"site": site, "start": [first + (at + i) * HOUR for i in range(len(values))], "_new": values},
        schema={"site": pl.String, "start": hours.schema["start"], "_new": pl.Float64},
    ).with_columns(_set=pl.lit(True))
    joined = hours.join(patch, on=["site", "start"], how="left", maintain_order="left")
    return joined.with_columns(pl.when("_set").then("_new").otherwise(item).alias(item)).drop("_new", "_set")


def values_of(hours: pl.DataFrame, site: str, item: str) -> list[float]:
    """The values of one site and item in order."""
    return hours.filter(pl.col("site") == site).sort("start")[item].to_list()


__all__ = [
    "ITEM_NAMES",
    "JANUARY",
    "QUIET",
    "SITES",
    "flat",
    "places",
    "put",
    "real_hours",
    "values_of",
    "window",
]
