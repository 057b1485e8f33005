"""What a rule would have shown: rows of many looks at the past become problems, and what people said of each is looked up."""

from datetime import timedelta

import polars as pl

from bihuan.domain.alarm_rules import KEY, Tried
from bihuan.domain.checks import FINDINGS

PROBLEMS = pl.Schema({n: FINDINGS[n] for n in (*KEY, "start", "until")})
"""One problem: what it is about (KEY), from when until when (exclusive)."""


def problems(rows: pl.DataFrame, gap: timedelta) -> pl.DataFrame:
    """Rows (of FINDINGS, from any number of looks) -> PROBLEMS: those of one KEY no further apart than `gap` are one."""
    ordered = rows.select(list(PROBLEMS)).cast(PROBLEMS).sort(*KEY, "start")
    reach = pl.col("until").cum_max().shift().over(KEY)
    begins = (reach.is_null() | (pl.col("start") > reach + gap)).cum_sum()
    joined = ordered.group_by(*KEY, begins.alias("_problem"), maintain_order=True)
    return joined.agg(pl.col("start").min(), pl.col("until").max()).select(list(PROBLEMS))


def tried_against(found: pl.DataFrame, recorded: pl.DataFrame, gap: timedelta) -> Tried:
    """How many PROBLEMS there are, and what people said of them.

    recorded: the findings of that time (KEY, start, until, `right`: true, false, null: nobody judged). A problem takes the
    verdict of those that it overlaps or is no further from than `gap`: right where one of them is. What no finding is
    near was never seen.
    """
    numbered = found.with_row_index("_problem")
    near = numbered.join(recorded.select(*KEY, "start", "until", "right"), on=KEY, nulls_equal=True).filter(
        pl.col("start_right") <= pl.col("until") + gap, pl.col("start") <= pl.col("until_right") + gap
    )
    said = near.group_by("_problem").agg(
        right=pl.col("right").any(), wrong=pl.col("right").eq(other=False).any()
    )
    right, wrong = said["right"], said["wrong"]
    return Tried(found.height, int(right.sum()), int((wrong & ~right).sum()), found.height - said.height)
