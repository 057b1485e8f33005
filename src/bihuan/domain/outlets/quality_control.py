"""Periods out of control (失控): what the checks of an analyser's quality (漂移, 校准, 比对) leave uncertain.

Source: HJ 75-2017 chapter 12 (clause not checked): from the last passed check before a failed one to the next passed one.
Data of such a period are invalid: no evidence for or against a limit, and their amounts are substituted (substitution.py).
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from bihuan.domain.outlets.tables import UNCONTROLLED, empty
from bihuan.domain.timeaxis import INSTANT

KEY = ["site", "start"]
OUT_OF_CONTROL = "Q"
"""Flag of an hour that had its minutes but was out of control; the platform's own, no logger sends it."""

QUALITY = pl.Schema({"site": pl.String(), "item": pl.String(), "at": INSTANT, "passed": pl.Boolean()})
"""Results of quality checks of an analyser."""


def uncontrolled(checks: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """QUALITY -> UNCONTROLLED: one period for each run of failed checks; one that goes on ends at `now`.

    Without a passed check before, the period begins with the failed one: how long it was wrong before, nobody knows.
    """
    if checks["passed"].all():
        return empty(UNCONTROLLED)
    key = ["site", "item"]
    rows = checks.filter(pl.col("at") <= now).sort(*key, "at")
    passed = pl.when("passed").then("at")
    return (
        rows.with_columns(
            start=pl.coalesce(passed.forward_fill().over(key), "at"),
            until=passed.backward_fill().over(key).fill_null(now),
        )
        .filter(~pl.col("passed"))
        .group_by(*key, "until")
        .agg(pl.col("start").min())
        .select(list(UNCONTROLLED))
        .cast(UNCONTROLLED)
        .sort(*key, "start")
    )


def with_lost(hours: pl.DataFrame, periods: pl.DataFrame, item: str) -> pl.DataFrame:
    """Adds `_lost`: the start of the period out of control that touches the hour, or null."""
    return hours.lazy().pipe(touched_by, periods, item).collect()


def touched_by(hours: pl.LazyFrame, periods: pl.DataFrame, item: str) -> pl.LazyFrame:
    """`with_lost` as a part of a larger query."""
    each = (
        periods.lazy()
        .filter(pl.col("item") == item)
        .select(
            "site",
            _lost=pl.col("start"),
            start=pl.datetime_ranges(
                pl.col("start").dt.truncate("1h"), "until", "1h", closed="left", time_unit="us"
            ),
        )
    )
    touched = each.explode("start", empty_as_null=False).sort("_lost").unique(KEY, keep="first")
    return hours.join(touched, on=KEY, how="left", maintain_order="left")


def controlled(hours: pl.DataFrame, periods: pl.DataFrame, items: Sequence[str]) -> pl.DataFrame:
    """HOURS in which what was measured out of control is invalid, with flag Q and without an amount.

    An hour that a period touches at all is out; one that was invalid before keeps its own reason. Means stay, to be looked at.
    """
    for p in items if periods.height else ():
        rows = with_lost(hours, periods, p)
        out = pl.col("_lost").is_not_null() & pl.col(f"valid_{p}")
        hours = rows.with_columns(
            (pl.col(f"valid_{p}") & ~out).alias(f"valid_{p}"),
            pl.when(out).then(pl.lit(OUT_OF_CONTROL)).otherwise(f"{p}_flag").alias(f"{p}_flag"),
            pl.when(~out).then(f"{p}_kg").alias(f"{p}_kg"),
        ).drop("_lost")
    return hours


def in_control(rows: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Rows (site, item, start) whose start no period out of control covers."""
    if periods.is_empty():
        return rows
    reach = pl.col("until").cum_max().over("site", "item")
    ends = periods.sort("site", "item", "start").select("site", "item", _from="start", _until=reach)
    joined = rows.sort("site", "item", "start").join_asof(
        ends, left_on="start", right_on="_from", by=["site", "item"], check_sortedness=False
    )
    free = pl.col("_until").is_null() | (pl.col("start") >= pl.col("_until"))
    return joined.filter(free).drop("_from", "_until")
