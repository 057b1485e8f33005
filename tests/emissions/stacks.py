"""Small tables of one outlet, A, with round numbers that can be worked by hand. Day 0 is 1 June 2024, local time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.emissions.rules import rules_on
from bihuan.domain.emissions.tables import FLAGGED, HOURS, MINUTES, POLLUTANTS
from bihuan.domain.outlets.tables import LIMITS, MARKS, OUTLETS
from bihuan.domain.timeaxis import CST

RULES = rules_on(date(2024, 6, 1))


def at(day: int, hour: float = 0, month: int = 6, year: int = 2024) -> datetime:
    """Local clock time `day` days after the first of the month, as an instant."""
    first = datetime(year, month, 1, tzinfo=CST).astimezone(UTC)
    return first + timedelta(days=day, hours=hour)


def outlets(ref_o2: float | None = 6.0, interval: int = 1, site: str = "A") -> pl.DataFrame:
    row = (site, f"{site} 号排放口", "甲厂", "coal_power", ref_o2, 500_000.0, 12.0, interval)
    return pl.DataFrame([row], schema=OUTLETS, orient="row")


def minutes(
    n: int = 60, *, since: datetime | None = None, interval: int = 1, site: str = "A"
) -> pl.DataFrame:
    """Equal records: 50 mg/m³ of everything at 9 % oxygen and 200 000 m³/h, flag N."""
    first = since or at(0)
    values: dict[str, Any] = {
        "site": site,
        **dict.fromkeys(POLLUTANTS, 50.0),
        "o2": 9.0,
        "flow": 200_000.0,
        "temp": 60.0,
        **{f"{i}_flag": "N" for i in FLAGGED},
    }
    starts = [first + timedelta(minutes=interval * k) for k in range(n)]
    frame = pl.DataFrame({"start": starts}).with_columns(
        **{k: pl.lit(v) for k, v in values.items()}, received=pl.col("start")
    )
    missing = [pl.lit(None, t).alias(c) for c, t in MINUTES.items() if c not in frame.columns]
    return frame.with_columns(missing).select(list(MINUTES)).cast(MINUTES)


def change(frame: pl.DataFrame, first: int, until: int, **values: Any) -> pl.DataFrame:
    """The rows first..until-1 with other values."""
    row = pl.int_range(pl.len())
    inside = (row >= first) & (row < until)
    return frame.with_columns(
        pl.when(inside).then(pl.lit(v, frame.schema[k])).otherwise(k).alias(k) for k, v in values.items()
    )


def hours(n: int, *, since: datetime | None = None, site: str = "A", **values: Any) -> pl.DataFrame:
    """Equal valid hours: 8 mg/m³ measured, 10 converted, 2 kg of each pollutant."""
    first = since or at(0)
    cells: dict[str, Any] = {
        "site": site,
        **dict.fromkeys(POLLUTANTS, 8.0),
        **{f"{p}_zs": 10.0 for p in POLLUTANTS},
        **{f"{p}_kg": 2.0 for p in POLLUTANTS},
        "o2": 9.0,
        "flow": 250_000.0,
        **{f"n_{i}": 60 for i in FLAGGED},
        **{f"valid_{i}": True for i in FLAGGED},
        **{f"{i}_flag": "N" for i in FLAGGED},
    } | values
    starts = [first + timedelta(hours=k) for k in range(n)]
    frame = pl.DataFrame({"start": starts}).with_columns(pl.lit(v).alias(k) for k, v in cells.items())
    missing = [pl.lit(None, t).alias(c) for c, t in HOURS.items() if c not in frame.columns]
    return frame.with_columns(missing).select(list(HOURS)).cast(HOURS)


def invalid(frame: pl.DataFrame, first: int, until: int, flag: str) -> pl.DataFrame:
    """Hours first..until-1 without valid values, for the reason `flag`."""
    cells: dict[str, Any] = {f"valid_{i}": False for i in FLAGGED} | {f"{i}_flag": flag for i in FLAGGED}
    return change(frame, first, until, **cells, **{f"{p}_kg": None for p in POLLUTANTS})


def mark(
    since: datetime, until: datetime, code: str = "维护", kind: str = "device", site: str = "A"
) -> pl.DataFrame:
    return pl.DataFrame([(site, kind, code, since, until, "例行", "张工", since)], schema=MARKS, orient="row")


def limit(
    value: float,
    since: date = date(2020, 1, 1),
    until: date | None = None,
    *,
    item: str = "so2",
    period: str = "hour",
    ultra_low: bool = False,
) -> pl.DataFrame:
    row = ("A", item, value, period, ultra_low, since, until, "GB 13223-2011")
    return pl.DataFrame([row], schema=LIMITS, orient="row")
