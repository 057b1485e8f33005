"""A plausible honest outlet with noise, and what is needed to put an episode into it.

Coal boiler, reference oxygen 6 %, rated 500,000 m³/h, limits 10/35/50 mg/m³ (legal, hour), spans 30/100/150.
Load follows the day (60 to 95 %), oxygen falls with load, flow rises with it; pollutants are slow noise about
a set point. Calibration each day from 09:00 to 09:30 (flag C): that hour has 30 valid minutes and is not valid.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from bihuan.domain.emissions.tables import FLAGGED, HOURS, LOGGED, MINUTES, POLLUTANTS, STATE, Stacks
from bihuan.domain.outlets.tables import LIMITS, MARKS, OUTLETS, SPANS
from bihuan.domain.timeaxis import CST, INSTANT

MIDNIGHT = datetime(2024, 6, 10, tzinfo=CST).astimezone(UTC)
"""Monday, 10 June 2024, 00:00 local time."""
RATED = 500_000.0
AREA = 12.0
AIR_KPA = 93.0
"""Air pressure at 700 m."""
REF_O2 = 6.0
LEVELS = {"pm": 5.0, "so2": 18.0, "nox": 32.0}
HOURLY = {"pm": 10.0, "so2": 35.0, "nox": 50.0}
HIGHEST = {"pm": 30.0, "so2": 100.0, "nox": 150.0, "o2": 25.0, "flow": 800_000.0}


def at(hours: float, day: int = 0) -> datetime:
    """Local clock time of a day of the world as an instant."""
    return MIDNIGHT + timedelta(days=day, hours=hours)


def _slow(rng: np.random.Generator, n: int, interval: int, memory_min: float, sigma: float) -> np.ndarray:
    """AR(1) noise of standard deviation `sigma` that forgets in `memory_min` minutes."""
    keep = np.exp(-interval / memory_min)
    steps = rng.normal(0, sigma * np.sqrt(1 - keep**2), n)
    out = np.empty(n)
    value = rng.normal(0, sigma)
    for i in range(n):
        value = keep * value + steps[i]
        out[i] = value
    return out


def outlet_minutes(
    site: str, seed: int, days: int = 3, interval: int = 1, *, load_signal: bool = True
) -> pl.DataFrame:
    """MINUTES of one honest outlet from MIDNIGHT on."""
    rng = np.random.default_rng(seed)
    n = days * 1440 // interval
    clock = np.arange(n) * interval / 60 % 24
    load = 77 - 14 * np.cos((clock - 3) / 24 * 2 * np.pi) + _slow(rng, n, interval, 120, 4)
    load = np.clip(load, 45, 104)
    o2 = 6 + 0.06 * (100 - load) + _slow(rng, n, interval, 40, 0.25) + rng.normal(0, 0.05, n)
    flow = RATED * (0.15 + 0.008 * load) * (1 + _slow(rng, n, interval, 20, 0.015) + rng.normal(0, 0.01, n))
    temp = 50 + 0.03 * load + _slow(rng, n, interval, 60, 0.6)
    pressure = -0.2 + _slow(rng, n, interval, 30, 0.02)
    humidity = 10 + _slow(rng, n, interval, 200, 0.4)
    state = 273 / (273 + temp) * (AIR_KPA + pressure) / 101.325 * (1 - humidity / 100)
    velocity = flow / (3600 * AREA * state)
    level = {
        p: c * np.exp(_slow(rng, n, interval, 90, 0.1) + rng.normal(0, 0.03, n)) for p, c in LEVELS.items()
    }
    calibrating = (clock >= 9) & (clock < 9.5)
    data: dict[str, Any] = {
        "site": [site] * n,
        "start": pl.datetime_range(
            MIDNIGHT, MIDNIGHT + timedelta(days=days), f"{interval}m", closed="left", eager=True
        ).cast(INSTANT),
        **{p: np.round(level[p] * (21 - o2) / 15, 1) for p in POLLUTANTS},
        "o2": np.round(o2, 2),
        "flow": np.round(flow),
        "velocity": np.round(velocity, 2),
        "temp": np.round(temp, 1),
        "pressure": np.round(pressure, 3),
        "humidity": np.round(humidity, 1),
        "load": np.round(load, 1) if load_signal else [None] * n,
        **{f"{f}_flag": np.where(calibrating & (f != "flow"), "C", "N") for f in FLAGGED},
    }
    frame = pl.DataFrame(data, strict=False).with_columns(
        received=pl.col("start") + timedelta(minutes=interval, seconds=20)
    )
    return converted(frame).cast(MINUTES)


def converted(minutes: pl.DataFrame) -> pl.DataFrame:
    """The minutes with the logger's conversion made from concentration and oxygen, two decimals."""
    factor = (21 - REF_O2) / (21 - pl.col("o2"))
    return minutes.with_columns((pl.col(p) * factor).round(2).alias(f"{p}_zs") for p in POLLUTANTS).select(
        list(MINUTES)
    )


def change(minutes: pl.DataFrame, since: datetime, until: datetime, **values: Any) -> pl.DataFrame:
    """The minutes with columns set from `since` to `until`; conversions follow unless one of them is set."""
    inside = (pl.col("start") >= since) & (pl.col("start") < until)
    lits = {k: v if isinstance(v, pl.Expr) else pl.lit(v) for k, v in values.items()}
    changed = minutes.with_columns(pl.when(inside).then(v).otherwise(k).alias(k) for k, v in lits.items())
    if any(k.endswith("_zs") for k in values) or not {*POLLUTANTS, "o2"} & set(values):
        return changed.cast(MINUTES)
    return converted(changed).cast(MINUTES)


def outlets(minutes: pl.DataFrame, interval: int = 1, ref_o2: float | None = REF_O2) -> pl.DataFrame:
    """OUTLETS for the sites of the minutes."""
    sites = minutes["site"].unique(maintain_order=True).to_list()
    rows = [(s, f"{s} 号排放口", "甲电厂", "coal_power", ref_o2, RATED, AREA, interval) for s in sites]
    return pl.DataFrame(rows, schema=OUTLETS, orient="row")


def platform_hours(
    minutes: pl.DataFrame, interval: int = 1, marks: pl.DataFrame | None = None
) -> pl.DataFrame:
    """HOURS of minutes: means of the minutes flagged N, valid from 45 on, converted here; worst flag F > D > C > M > T."""
    hour = pl.col("start").dt.truncate("1h")
    ok = {i: pl.col(f"{i}_flag") == "N" for i in FLAGGED}
    own = {p: pl.col(p) * (21 - REF_O2) / (21 - pl.col("o2")) for p in POLLUTANTS}
    plain = [i for i in STATE if i not in FLAGGED]
    order = pl.Enum(["F", "D", "C", "M", "T", "S", "B", "N"])
    made = minutes.group_by("site", start=hour).agg(
        *(pl.col(i).filter(ok[i]).mean() for i in FLAGGED),
        *(own[p].filter(ok[p] & ok["o2"]).mean().alias(f"{p}_zs") for p in POLLUTANTS),
        *(pl.col(i).mean() for i in plain),
        *(
            (ok[i] & pl.col(i).is_not_null()).sum().cast(pl.Int32).mul(interval).alias(f"n_{i}")
            for i in FLAGGED
        ),
        *(pl.col(f"{i}_flag").cast(order).min().cast(pl.String) for i in FLAGGED),
        *((pl.col(p) * pl.col("flow")).filter(ok[p]).mean().mul(1e-6).alias(f"{p}_kg") for p in POLLUTANTS),
    )
    made = made.with_columns((pl.col(f"n_{i}") >= 45).alias(f"valid_{i}") for i in FLAGGED).with_columns(
        pl.when(f"valid_{i}").then(pl.lit("N")).otherwise(f"{i}_flag").alias(f"{i}_flag") for i in FLAGGED
    )
    made = made.with_columns(mark=pl.lit(None, pl.String))
    for code, since, until in () if marks is None else marks.select("code", "start", "until").iter_rows():
        touched = (pl.col("start") < until) & (pl.col("start") + timedelta(hours=1) > since)
        made = made.with_columns(mark=pl.when(touched).then(pl.lit(code)).otherwise("mark"))
    return made.select(list(HOURS)).cast(HOURS).sort("site", "start")


def logger_hours(hours: pl.DataFrame) -> pl.DataFrame:
    """LOGGED as an honest logger makes it: the same means, amounts and volume."""
    rows = hours.with_columns(volume=pl.col("flow"), received=pl.col("start") + timedelta(minutes=61)).select(
        list(LOGGED)
    )
    return rows.cast(LOGGED)


def limits(site: str = "A", *, period: str = "hour", ultra_low: bool = False, **items: float) -> pl.DataFrame:
    """LIMITS in force since 2020."""
    since = datetime(2020, 1, 1).date()  # noqa: DTZ001
    rows = [
        (site, i, v, period, ultra_low, since, None, "GB 13223-2011") for i, v in (items or HOURLY).items()
    ]
    return pl.DataFrame(rows, schema=LIMITS, orient="row")


def mark(
    since: datetime,
    until: datetime,
    *,
    kind: str = "device",
    code: str = "维护",
    set_at: datetime | None = None,
    site: str = "A",
) -> pl.DataFrame:
    """One row of MARKS, set when it begins unless said otherwise."""
    row = (site, kind, code, since, until, "例行", "张工", set_at or since)
    return pl.DataFrame([row], schema=MARKS, orient="row")


def spans(site: str = "A", **highest: float) -> pl.DataFrame:
    """SPANS from 0 to the world's highest."""
    rows = [(site, i, 0.0, v) for i, v in (HIGHEST | highest).items()]
    return pl.DataFrame(rows, schema=SPANS, orient="row")


def stacks(
    minutes: pl.DataFrame,
    *,
    as_of: datetime | None = None,
    interval: int = 1,
    ref_o2: float | None = REF_O2,
    **tables: pl.DataFrame,
) -> Stacks:
    """The tables around some minutes: platform hours made of them, limits and spans of every site."""
    sites = minutes["site"].unique(maintain_order=True).to_list()
    standing = {
        "limits": pl.concat(limits(s) for s in sites),
        "spans": pl.concat(spans(s) for s in sites),
        "outlets": outlets(minutes, interval, ref_o2),
        "hours": platform_hours(minutes, interval, tables.get("marks")),
    }
    last: Any = minutes["start"].max()
    return Stacks(as_of=as_of or last + timedelta(minutes=interval), minutes=minutes, **(standing | tables))


def honest(seed: int = 1, days: int = 3, interval: int = 1) -> pl.DataFrame:
    """Minutes of one honest outlet, A."""
    return outlet_minutes("A", seed, days, interval)
