"""Values of monitors as known at a moment: what files and the HTTP entrance brought, and what loggers sent (HJ 212, ST 22, 26 and 39)."""

from collections.abc import Collection, Mapping
from datetime import datetime

import polars as pl

from bihuan.archive.logged import FIELDS, FINE, values_of
from bihuan.archive.observations import Asked
from bihuan.domain.dust.means import ITEMS
from bihuan.domain.flags import measured
from bihuan.domain.timeaxis import INSTANT
from bihuan.registry.hours import archive
from bihuan.scenarios.dust_sites.models import Monitor
from bihuan.scenarios.dust_sites.tables import ARRIVALS

SYSTEMS = ("22", "26", "39")
"""Ambient air, and what dust loggers are told to say: 39 is dust of building sites in HJ 212-2017, 26 is in use too (条款待核)."""
PERIODS = ("minute", "5min", "10min", "hour")
PARTICLE_CODES = ("a34001", "a34002", "a34004")
ROWS = pl.Schema(
    {
        "monitor": pl.String(),
        "quantity": pl.String(),
        "period": pl.String(),
        "start": INSTANT,
        "value": pl.Float64(),
    }
)


def rows_of(
    monitors: Collection[Monitor],
    start: datetime,
    end: datetime,
    as_of: datetime,
    periods: Collection[str] = PERIODS,
) -> pl.DataFrame:
    """ROWS of monitors in [start, end): values that may be judged (normal, or without a flag); files before loggers where both say one."""
    if not monitors:
        return pl.DataFrame(schema=ROWS)
    asked = Asked([m.code for m in monitors], list(ITEMS), periods, start, end, as_of)
    files = archive().observations.read(asked, FIELDS).collect()
    rows = pl.concat([files.select(FIELDS), _logged(monitors, asked)]).filter(measured())
    kept = rows.unique(["site", "quantity", "period", "start"], keep="first", maintain_order=True)
    return kept.select(
        monitor="site", quantity="quantity", period="period", start="start", value="value"
    ).cast(ROWS)


def hours_of(monitors: Collection[Monitor], start: datetime, end: datetime, as_of: datetime) -> pl.DataFrame:
    """The same of hours alone; of monitors that sent none as such, all that they sent."""
    hours = rows_of(monitors, start, end, as_of, ("hour",))
    said = set(hours["monitor"].unique())
    return pl.concat([hours, rows_of([m for m in monitors if m.code not in said], start, end, as_of)])


def _logged(monitors: Collection[Monitor], asked: Asked) -> pl.DataFrame:
    """What loggers sent, particles in µg/m³."""
    sites = {m.mn: m.code for m in monitors if m.mn}
    sent = values_of(archive().devices, sites, SYSTEMS, asked, codes=list(ITEMS), periods=FINE)
    milli = [m.code for m in monitors if m.mn and m.unit == Monitor.Unit.MILLI]
    larger = pl.col("site").is_in(milli) & pl.col("quantity").is_in(PARTICLE_CODES)
    return sent.with_columns(value=pl.when(larger).then(pl.col("value") * 1000).otherwise("value")).select(
        FIELDS
    )


def arrivals_of(loggers: Mapping[str, str], start: datetime, now: datetime) -> pl.DataFrame:
    """ARRIVALS of loggers: when the first version of each record of minutes came. loggers: monitor by MN."""
    if not loggers:
        return pl.DataFrame(schema=ARRIVALS)
    rows = archive().devices.versions(start, None, list(loggers), as_of=now).filter(pl.col("cn") == "2051")
    first = rows.group_by("site", "start").agg(pl.col("received").min()).collect()
    monitor = pl.col("site").replace_strict(loggers, return_dtype=pl.String)
    return first.select(monitor.alias("monitor"), "start", "received").cast(ARRIVALS)
