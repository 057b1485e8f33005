"""Periods out of control (失控): what the checks of an analyser's quality (漂移, 校准, 比对) leave uncertain.

Source: HJ 75-2017 chapter 12 (clause not checked): from the last passed check before a failed one to the next passed one.
"""

from datetime import datetime

import polars as pl

from bihuan.domain.emissions.substitution import UNCONTROLLED
from bihuan.domain.timeaxis import INSTANT

QUALITY = pl.Schema({"site": pl.String(), "item": pl.String(), "at": INSTANT, "passed": pl.Boolean()})
"""Results of quality checks of an analyser."""


def uncontrolled(checks: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """QUALITY -> UNCONTROLLED: one period for each run of failed checks; one that goes on ends at `now`.

    Without a passed check before, the period begins with the failed one: how long it was wrong before, nobody knows.
    """
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
