"""What the checks and pages of this folder look at: one object with a table for each thing, as known at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.registry.dust_periods import Dusty

SITES = pl.Schema(
    {
        "site": pl.String(),
        "name": pl.String(),
        "region": pl.String(),
        "kind": pl.String(),
        "phase": pl.String(),
        "setting": pl.String(),
        "area": pl.Float64(),
        "lon": pl.Float64(),
        "lat": pl.Float64(),
    }
)
MONITORS = pl.Schema(
    {
        "monitor": pl.String(),
        "name": pl.String(),
        "site": pl.String(),
        "region": pl.String(),
        "county": pl.String(),
        "lon": pl.Float64(),
        "lat": pl.Float64(),
    }
)
"""site is null at places around sites."""
STATIONS = pl.Schema(
    {
        "station": pl.String(),
        "name": pl.String(),
        "county": pl.String(),
        "rank": pl.String(),
        "lon": pl.Float64(),
        "lat": pl.Float64(),
        "start": INSTANT,
        "pm10": pl.Float64(),
    }
)
"""Hours of the stations of ambient air."""
BACKGROUND = pl.Schema({"county": pl.String(), "start": INSTANT, "background": pl.Float64()})
CITY = pl.Schema({"city": pl.String(), "start": INSTANT, "air": pl.Float64()})
SPANS = pl.Schema({"site": pl.String(), "since": INSTANT, "until": INSTANT})
WATERINGS = pl.Schema({**SPANS, "way": pl.String()})
ARRIVALS = pl.Schema({"monitor": pl.String(), "start": INSTANT, "received": INSTANT})
"""When records of minutes of loggers came, first version."""
PLACES = pl.Schema({"monitor": pl.String(), "at": INSTANT, "lon": pl.Float64(), "lat": pl.Float64()})
"""Where a monitor said that it stands."""


@dataclass(frozen=True)
class Dust:
    """hours, quarters, blocks: means (domain.dust.means.WIDE) of an hour, of 15 and of 5 minutes. since: from when on they are read.

    outages: when the centre itself was down (OUTAGES).
    """

    now: datetime
    since: datetime
    sites: pl.DataFrame
    monitors: pl.DataFrame
    hours: pl.DataFrame
    quarters: pl.DataFrame
    blocks: pl.DataFrame
    stations: pl.DataFrame
    background: pl.DataFrame
    city: pl.DataFrame
    permits: pl.DataFrame
    waterings: pl.DataFrame
    arrivals: pl.DataFrame
    places: pl.DataFrame
    outages: pl.DataFrame
    dusty: Sequence[Dusty]

    def compared(self, of: pl.DataFrame) -> pl.DataFrame:
        """Means of monitors with site, county, the background of the hour in the county (and `air`, that of the city), and whether it was a sand-dust period there."""
        known = self.monitors.select("monitor", "site", "region", "county")
        rows = of.join(known, on="monitor").with_columns(hour=pl.col("start").dt.truncate("1h"))
        rows = rows.join(self.background.rename({"start": "hour"}), on=["county", "hour"], how="left")
        rows = rows.with_columns(city=pl.col("county").str.head(4))
        rows = rows.join(self.city.rename({"start": "hour"}), on=["city", "hour"], how="left")
        return (
            rows.drop("hour", "city")
            .with_columns(dust=self.in_dust("region", "start"))
            .sort("monitor", "start")
        )

    def in_dust(self, region: str, start: str) -> pl.Expr:
        """Whether a moment lies in an official sand-dust period of a region."""
        found = pl.lit(value=False)
        for p in self.dusty:
            inside = pl.col(region).str.starts_with(p.place)
            found |= inside & (pl.col(start) >= p.since) & (pl.col(start) < p.until)
        return found
