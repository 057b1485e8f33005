"""What loggers of water sent (HJ 212): their hours and days as observations of the places at which they stand."""

from collections.abc import Collection, Mapping
from datetime import timedelta

import polars as pl

from bihuan.archive.devices import Devices, last_of_each
from bihuan.archive.observations import COLUMNS, Asked
from bihuan.domain.quantities import LONG

PERIODS = {"2061": "hour", "2031": "day"}
VALUES = ("Avg", "Rtd")
"""Fields with the value of a period, the better first; stations that measure once an hour or less send Rtd and nothing else."""
FIELDS = ("site", "quantity", "period", "start", "value", "flag", "received")
RECENT, MICROSECOND = timedelta(hours=8), timedelta(microseconds=1)
"""How far before its newest record the newest hours of a logger are looked for: stations measure every four hours or oftener."""
WATER = [code for code, quantity in LONG.items() if quantity.medium == "water"]


def values_of(
    devices: Devices, sites: Mapping[str, str], systems: Collection[str], asked: Asked
) -> pl.DataFrame:
    """FIELDS of the sites of some loggers, the version that came last; in no order.

    sites: by number of the logger. systems: of which kinds of monitoring (ST) records are taken. asked: all but its sites.
    """
    if not sites:
        return empty()
    end = asked.end - MICROSECOND if asked.end else None
    rows = devices.versions(asked.start, end, list(sites), as_of=asked.as_of)
    return _observations(rows, sites, systems, asked)


def newest_of(
    devices: Devices, sites: Mapping[str, str], systems: Collection[str], asked: Asked
) -> pl.DataFrame:
    """FIELDS of the last hours of each logger before it fell silent; in no order. Takes what `values_of` takes."""
    if not sites or asked.as_of is None:
        return empty()
    ends = devices.last_of(list(sites), asked.as_of)
    spans = [
        devices.versions(last - RECENT, last, mn, as_of=asked.as_of) for mn, (last, _received) in ends.items()
    ]
    return _observations(pl.concat(spans), sites, systems, asked) if spans else empty()


def _observations(
    rows: pl.LazyFrame, sites: Mapping[str, str], systems: Collection[str], asked: Asked
) -> pl.DataFrame:
    codes = WATER if asked.quantities is None else [c for c in asked.quantities if c in WATER]
    wanted = [cn for cn, period in PERIODS.items() if asked.periods is None or period in asked.periods]
    kept = rows.filter(
        pl.col("st").is_in(list(systems)),
        pl.col("cn").is_in(wanted),
        pl.col("code").is_in(codes),
        pl.col("field").is_in(VALUES),
    )
    better = pl.col("field").replace_strict({f: n for n, f in enumerate(VALUES)}, return_dtype=pl.Int8)
    key = ["site", "cn", "start", "code"]
    last = last_of_each(kept).sort(*key, better).unique(key, keep="first", maintain_order=True).collect()
    flag = pl.col("flag").str.strip_chars().str.to_uppercase().replace("", None)
    return last.select(
        pl.col("site").replace_strict(sites, return_dtype=pl.String),
        pl.col("code").alias("quantity"),
        pl.col("cn").replace_strict(PERIODS, return_dtype=pl.String).alias("period"),
        "start",
        pl.col("number").alias("value"),
        flag,
        "received",
    ).select(FIELDS)


def empty() -> pl.DataFrame:
    """No row of FIELDS."""
    return pl.DataFrame(schema={name: COLUMNS[name] for name in FIELDS})
