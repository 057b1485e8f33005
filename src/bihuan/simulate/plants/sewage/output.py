"""Tables of the simulated sewage outlets without any network, with the columns that a platform keeps.

Concentrations mg/L, flow m³/h, times UTC instants of the START of a period; `site` is the outlet.
"""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import polars as pl

from bihuan.simulate.plants.calendar import epoch_us
from bihuan.simulate.plants.delivery import delivery
from bihuan.simulate.plants.logger import Logged, Table
from bihuan.simulate.plants.sewage.deeds import KINDS
from bihuan.simulate.plants.sewage.world import SewageWorld, logged
from bihuan.simulate.plants.world import local_days

POLLUTANTS = ("cod", "nh3n", "tp", "tn")
VALUES = (*POLLUTANTS, "ph", "water_temp", "water_flow")
AMOUNTS = (*(f"{p}_kg" for p in POLLUTANTS), "volume")


def minutes(world: SewageWorld, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Minute records that start in [start, until): site, start, values, flags, received. `start` is the logger's label."""
    return _periods(world, site, start, until, "minute", lambda day: day.minutes).drop(AMOUNTS)


def hours(world: SewageWorld, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """The logger's own hours, also kg and m³."""
    return _periods(world, site, start, until, "hour", lambda day: day.hours)


def days(world: SewageWorld, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """The logger's own days."""
    return _periods(world, site, start, until, "day", lambda day: day.days)


def _periods(
    world: SewageWorld,
    site: str,
    start: datetime,
    until: datetime,
    period: str,
    of: Callable[[Logged], Table],
) -> pl.DataFrame:
    sewer = world.by_site[site]
    parts = []
    for day in local_days(start, until):
        table = of(logged(world, site, day))
        sent = delivery(sewer, day, period, table.start, world.deeds_at(site, day))
        k = sent.kept
        nothing = np.full(len(k), np.nan)
        columns = {c: pl.Series(table.values.get(c, nothing)[k]).fill_nan(None) for c in (*VALUES, *AMOUNTS)}
        flags = {
            f"{c}_flag": pl.Series(
                [x for x, kept in zip(table.letters[c], k, strict=True) if kept], dtype=pl.String
            )
            if c in table.flags
            else pl.Series([None] * int(k.sum()), dtype=pl.String)
            for c in VALUES
        }
        times = {"start": epoch_us(sent.label[k]), "received": sent.received[k]}
        instants = {
            n: pl.Series(np.asarray(t)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
            for n, t in times.items()
        }
        parts.append(pl.DataFrame({**instants, **columns, **flags}))
    frame = pl.concat(parts).select(pl.lit(site).alias("site"), pl.all()).sort("start")
    return frame.filter(pl.col("start") >= start, pl.col("start") < until)


def truth(world: SewageWorld) -> pl.DataFrame:
    """What is really done: site, kind, start, until, fraud."""
    rows = [(d.site, d.kind, d.start, d.until, KINDS[d.kind].fraud) for d in world.deeds]
    instant = pl.Datetime("us", "UTC")
    schema = {
        "site": pl.String(),
        "kind": pl.String(),
        "start": instant,
        "until": instant,
        "fraud": pl.Boolean(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
