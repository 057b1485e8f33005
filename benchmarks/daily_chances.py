"""Reliability of P(daily AQI > 150) and P(> 200) from joint sample paths; used by forecast.py.

The bar is 5 points. A share of events is itself uncertain: sites of one day are nearly one case, so the gap of a bin is
given with its counts. Whole days only: the day of the issue is partly measured and would flatter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.issuing import issue
from bihuan.domain.forecast.rolling import Plan
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.statistics.daily import daily_values, published_days
from bihuan.domain.verification import chances, days

THRESHOLDS = (150, 200)
HORIZON = 88
"""Hours from 08:00 to the end of the third whole day."""
LEAST, BAR = 30, 0.05


def said(
    history: pl.DataFrame, first: datetime, last: datetime, every: timedelta, refit: timedelta | None
) -> pl.DataFrame:
    """site, date, ahead (1..3), p150, p200, observed: chances from the paths beside the measured daily AQI."""
    plan = Plan(first, last, every, HORIZON, ITEM_NAMES, refit=refit)
    found = []
    for origins in plan.segments():
        fitted = models.fit(models.known_until(history, origins[0]))
        for origin in origins:
            paths = issue(fitted, history, origin, horizon=HORIZON).members.drop_nulls("aqi")
            told = [(pl.col("aqi") > t).mean().alias(f"p{t}") for t in THRESHOLDS]
            each = paths.group_by("site", "date").agg(told)
            found.append(each.with_columns(issued=pl.lit(origin), item=pl.lit("aqi")))
    measured = days.measured_long(published_days(daily_values(history)), ("aqi",))
    return days.paired_days(pl.concat(found), measured).filter(pl.col("ahead") >= 1)


def lines(found: pl.DataFrame) -> Iterator[str]:
    """One line for each threshold, and one with the bins: mean chance said, share that happened, cases."""
    for threshold in THRESHOLDS:
        event = pl.col("observed") > threshold
        happened, usual = found.select(event.sum().alias("n"), event.mean().alias("share")).row(0)
        table = chances.reliability(found, threshold, [], chance=f"p{threshold}")
        mean = chances.unreliability(table) or 0.0
        apart = (pl.col("said") - pl.col("happened")).abs()
        worst = table.filter(pl.col("n") >= LEAST).select(apart.max()).item()
        largest = f"largest gap {100 * worst:.1f}" if worst is not None else f"no bin of {LEAST} cases"
        score = chances.brier(found, threshold, [], chance=f"p{threshold}")
        yield (
            f"  P(AQI > {threshold}): {found.height} cases, {happened} events ({100 * usual:.1f} %), "
            f"mean gap {100 * mean:.1f}{' MISSED' if mean > BAR else ''}, "
            f"{largest}{' MISSED' if (worst or 0.0) > BAR else ''} points, "
            f"Brier {score['brier'].item():.4f}"
        )
        bins = table.select("said", "happened", "n").iter_rows()
        yield "    said -> happened (cases): " + ", ".join(
            f"{100 * p:.0f} -> {100 * share:.0f} ({n})" for p, share, n in bins
        )
