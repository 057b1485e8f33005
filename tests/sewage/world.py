"""An honest sewage outlet, A, with a result an hour, and what is needed to put an episode into it. Ten-minute records.

Limits of the day: COD 40, ammonia 2, phosphorus 0.4, nitrogen 15 mg/L, pH 6 to 9; values are about half of them. A standard
is measured each day from 02:00 to 02:50 (flag C). Day 0 is Monday, 10 June 2024, local time.
"""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from bihuan.domain.outlets.tables import ARRIVALS, MARKS, SPANS, empty
from bihuan.domain.sewage.hours import hours
from bihuan.domain.sewage.rules import rules_on
from bihuan.domain.sewage.tables import FLAGGED, LIMITS, LOGGED, MINUTES, POLLUTANTS, Sewers
from bihuan.domain.timeaxis import CST
from tests.emissions.checks.world import MIDNIGHT, at
from tests.sewage.outlets import outlets

__all__ = ["LEVELS", "at", "change", "found", "honest", "logged_days", "logged_hours", "sewers"]
LEVELS = {"cod": 20.0, "nh3n": 0.8, "tp": 0.2, "tn": 9.0}
DAILY = {"cod": 40.0, "nh3n": 2.0, "tp": 0.4, "tn": 15.0}
DECIMALS = {"cod": 2, "nh3n": 3, "tp": 3, "tn": 2}
STEP = timedelta(minutes=10)
A_DAY = 144


def honest(days: int = 3, seed: int = 1) -> pl.DataFrame:
    """MINUTES: results change at 40 minutes past each hour and are held; flow, pH and temperature wander."""
    rng = np.random.default_rng(seed)
    n = days * A_DAY
    sample = (np.arange(n) + 2) // 6
    calibrating = (np.arange(n) % A_DAY >= 12) & (np.arange(n) % A_DAY < 17)
    columns: dict[str, Any] = {"site": ["A"] * n, "start": [MIDNIGHT + k * STEP for k in range(n)]}
    for p, level in LEVELS.items():
        results = level * (1 + 0.04 * rng.standard_normal(sample[-1] + 1))
        shown = np.where(calibrating, 1.25 * DAILY[p], results[sample])
        columns[p] = np.round(shown, DECIMALS[p])
        columns[f"{p}_flag"] = np.where(calibrating, "C", "N")
    columns["ph"] = np.round(7.4 + 0.05 * rng.standard_normal(n), 2)
    columns["water_temp"] = np.round(18 + 0.1 * rng.standard_normal(n), 1)
    columns["water_flow"] = np.round(100 + 2 * rng.standard_normal(n), 1)
    frame = pl.DataFrame(columns).with_columns(
        pl.lit("N").alias(f"{i}_flag") for i in FLAGGED if i not in POLLUTANTS
    )
    return (
        frame.with_columns(received=pl.col("start") + STEP + timedelta(seconds=20))
        .select(list(MINUTES))
        .cast(MINUTES)
    )


def change(minutes: pl.DataFrame, since: datetime, until: datetime, **values: Any) -> pl.DataFrame:
    """The minutes with columns set, to a number or an expression, from `since` to `until`."""
    inside = (pl.col("start") >= since) & (pl.col("start") < until)
    lits = {k: v if isinstance(v, pl.Expr) else pl.lit(v) for k, v in values.items()}
    return minutes.with_columns(pl.when(inside).then(v).otherwise(k).alias(k) for k, v in lits.items()).cast(
        MINUTES
    )


def logged_hours(minutes: pl.DataFrame) -> pl.DataFrame:
    """LOGGED hours as a logger makes them: plain means of the records, amounts of the means."""
    made = minutes.group_by("site", pl.col("start").dt.truncate("1h")).agg(
        pl.col(*FLAGGED).mean(), *(pl.col(f"{i}_flag").max().alias(f"{i}_flag") for i in FLAGGED)
    )
    kg = [(pl.col(p) * pl.col("water_flow") / 1000).alias(f"{p}_kg") for p in POLLUTANTS]
    flags = [pl.lit("N").alias(f"{p}_flag") for p in POLLUTANTS]
    rows = made.with_columns(*kg, *flags, volume=pl.col("water_flow"), received=pl.col("start"))
    return rows.select(list(LOGGED)).cast(LOGGED).sort("start")


def logged_days(rows: pl.DataFrame) -> pl.DataFrame:
    """LOGGED days: means of the hours weighted with their flow."""
    day = (pl.col("start") + timedelta(hours=8)).dt.truncate("1d") - timedelta(hours=8)
    flow = pl.col("water_flow")
    made = rows.group_by("site", day).agg(*((pl.col(p) * flow).sum() / flow.sum() for p in POLLUTANTS))
    missing = [pl.lit(None, t).alias(c) for c, t in LOGGED.items() if c not in made.columns]
    return made.with_columns(missing).select(list(LOGGED)).cast(LOGGED)


def limits(**changes: float) -> pl.DataFrame:
    """LIMITS of the day in force since 2020, and the range of pH."""
    rows = [
        ("A", i, v, "day", False, date(2020, 1, 1), None, "DB14/1928-2019", None)
        for i, v in (DAILY | changes).items()
    ]
    ph: Any = ("A", "ph", 9.0, "day", False, date(2020, 1, 1), None, "GB 18918-2002", 6.0)
    return pl.DataFrame([*rows, ph], schema=LIMITS, orient="row")


def spans(**changes: float) -> pl.DataFrame:
    """Ranges of two and a half times the limit."""
    highest = {p: 2.5 * v for p, v in DAILY.items()} | changes
    return pl.DataFrame([("A", i, 0.0, v) for i, v in highest.items()], schema=SPANS, orient="row")


def sewers(minutes: pl.DataFrame, *, as_of: datetime | None = None, **tables: pl.DataFrame) -> Sewers:
    """The tables around some minutes: hours made of them, limits and ranges; the logger's own hours agree."""
    marks = tables.get("marks", empty(MARKS))
    last: Any = minutes["start"].max()
    own = logged_hours(minutes)
    standing = {
        "limits": limits(),
        "spans": spans(),
        "outlets": outlets(10),
        "hours": hours(minutes, outlets(10), marks, rules_on(date(2024, 6, 10))),
        "logged_hours": own,
        "logged_days": logged_days(own),
        "arrivals": empty(ARRIVALS),
    }
    return Sewers(as_of=as_of or last + STEP, minutes=minutes, **(standing | tables))


def found(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Findings as dictionaries."""
    assert set(table["target"].unique()) <= {"A"}
    return table.to_dicts()


assert at(0).astimezone(CST).hour == 0
