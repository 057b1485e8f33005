"""What loggers sent (HJ 212): their hours and days, and their minutes where they are asked for, as observations of the places at which they stand."""

from collections.abc import Collection, Mapping
from datetime import timedelta

import polars as pl

from bihuan.archive.devices import Devices, last_of_each
from bihuan.archive.observations import COLUMNS, Asked
from bihuan.domain.quantities import LONG

PERIODS = {"2061": "hour", "2031": "day"}
FINE = {"2051": "minute", **PERIODS}
"""Commands with the period of their values; of water minutes are not kept as observations."""
VALUES = ("Avg", "Rtd")
"""Fields with the value of a period, the better first; stations that measure once an hour or less send Rtd and nothing else."""
FIELDS = ("site", "quantity", "period", "start", "value", "flag", "received")
RECENT, MICROSECOND = timedelta(hours=8), timedelta(microseconds=1)
"""How far before its newest record the newest hours of a logger are looked for: stations measure every four hours or oftener."""
WATER = [code for code, quantity in LONG.items() if quantity.medium == "water"]


def values_of(
    devices: Devices,
    sites: Mapping[str, str],
    systems: Collection[str],
    asked: Asked,
    *,
    codes: Collection[str] = WATER,
    periods: Mapping[str, str] = PERIODS,
) -> pl.DataFrame:
    """FIELDS of the sites of some loggers, the version that came last; in no order.

    sites: by number of the logger. systems: of which kinds of monitoring (ST) records are taken. asked: all but its sites.
    codes: the quantities that are taken at all; periods: the commands, each with the period of its values.
    """
    if not sites:
        return empty()
    end = asked.end - MICROSECOND if asked.end else None
    rows = devices.versions(asked.start, end, list(sites), as_of=asked.as_of)
    return _observations(rows, sites, systems, asked, codes, periods)


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
    return _observations(pl.concat(spans), sites, systems, asked, WATER, PERIODS) if spans else empty()


def _observations(
    rows: pl.LazyFrame,
    sites: Mapping[str, str],
    systems: Collection[str],
    asked: Asked,
    codes: Collection[str],
    periods: Mapping[str, str],
) -> pl.DataFrame:
    taken = list(codes) if asked.quantities is None else [c for c in asked.quantities if c in codes]
    wanted = [cn for cn, period in periods.items() if asked.periods is None or period in asked.periods]
    kept = rows.filter(
        pl.col("st").is_in(list(systems)),
        pl.col("cn").is_in(wanted),
        pl.col("code").is_in(taken),
        pl.col("field").is_in(VALUES),
    )
    better = pl.col("field").replace_strict({f: n for n, f in enumerate(VALUES)}, return_dtype=pl.Int8)
    key = ["site", "cn", "start", "code"]
    last = last_of_each(kept).sort(*key, better).unique(key, keep="first", maintain_order=True).collect()
    flag = pl.col("flag").str.strip_chars().str.to_uppercase().replace("", None)
    return last.select(
        pl.col("site").replace_strict(sites, return_dtype=pl.String),
        pl.col("code").alias("quantity"),
        pl.col("cn").replace_strict(periods, return_dtype=pl.String).alias("period"),
        "start",
        pl.col("number").alias("value"),
        flag,
        "received",
    ).select(FIELDS)


def empty() -> pl.DataFrame:
    """No row of FIELDS."""
    return pl.DataFrame(schema={name: COLUMNS[name] for name in FIELDS})
