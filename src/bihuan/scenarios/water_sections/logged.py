"""What the loggers of sections sent (HJ 212, ST 21): their hours and days as observations of the section."""

from collections.abc import Iterable
from datetime import timedelta

import polars as pl

from bihuan.archive.devices import last_of_each
from bihuan.archive.observations import COLUMNS, Asked
from bihuan.domain.quantities import LONG
from bihuan.registry.hours import archive
from bihuan.scenarios.water_sections.models import Logger

SURFACE_WATER = "21"
PERIODS = {"2061": "hour", "2031": "day"}
VALUES = ("Avg", "Rtd")
"""Fields with the value of a period, the better first; stations that measure once an hour or less send Rtd and nothing else."""
FIELDS = ("site", "quantity", "period", "start", "value", "flag", "received")
RECENT, MICROSECOND = timedelta(hours=8), timedelta(microseconds=1)
"""How far before its newest record the newest hours of a logger are looked for: stations measure every four hours or oftener."""
WATER = [code for code, quantity in LONG.items() if quantity.medium == "water"]


def values_of(asked: Asked) -> pl.DataFrame:
    """FIELDS of sections (`asked.sites`: their codes), the version that came last; in no order."""
    loggers = _loggers(asked)
    if not loggers:
        return _empty()
    end = asked.end - MICROSECOND if asked.end else None
    rows = archive().devices.versions(asked.start, end, list(loggers), as_of=asked.as_of)
    return _observations(rows, loggers, asked)


def newest_of(asked: Asked) -> pl.DataFrame:
    """FIELDS of the last hours of each logger before it fell silent; none of before `asked.start`. in no order."""
    loggers = _loggers(asked)
    if not loggers or asked.as_of is None:
        return _empty()
    devices = archive().devices
    ends = devices.last_of(list(loggers), asked.as_of)
    spans = [
        devices.versions(last - RECENT, last, mn, as_of=asked.as_of) for mn, (last, _received) in ends.items()
    ]
    return _observations(pl.concat(spans), loggers, asked) if spans else _empty()


def _loggers(asked: Asked) -> dict[str, str]:
    """Section by number of its logger."""
    return dict(Logger.objects.filter(section__in=list(asked.sites or ())).values_list("mn", "section_id"))


def _observations(rows: pl.LazyFrame, loggers: dict[str, str], asked: Asked) -> pl.DataFrame:
    codes = WATER if asked.quantities is None else [c for c in asked.quantities if c in WATER]
    wanted = [cn for cn, period in PERIODS.items() if asked.periods is None or period in asked.periods]
    kept = rows.filter(
        pl.col("st") == SURFACE_WATER,
        pl.col("cn").is_in(wanted),
        pl.col("code").is_in(codes),
        pl.col("field").is_in(VALUES),
    )
    better = pl.col("field").replace_strict({f: n for n, f in enumerate(VALUES)}, return_dtype=pl.Int8)
    key = ["site", "cn", "start", "code"]
    last = last_of_each(kept).sort(*key, better).unique(key, keep="first", maintain_order=True).collect()
    flag = pl.col("flag").str.strip_chars().str.to_uppercase().replace("", None)
    return last.select(
        pl.col("site").replace_strict(loggers, return_dtype=pl.String),
        pl.col("code").alias("quantity"),
        pl.col("cn").replace_strict(PERIODS, return_dtype=pl.String).alias("period"),
        "start",
        pl.col("number").alias("value"),
        flag,
        "received",
    ).select(FIELDS)


def joined(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One table of FIELDS."""
    return pl.concat([_empty(), *frames])


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema={name: COLUMNS[name] for name in FIELDS})
