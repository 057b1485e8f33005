"""What an exclusion would change, before it is confirmed: days, months, ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from bihuan.domain.quality.decisions import DECISIONS, EXCLUDE, apply_decisions
from bihuan.domain.standards import DEFAULT, Rules
from bihuan.domain.statistics import daily_values, period_values, published_days, ranking
from bihuan.domain.timeaxis import local_date

DAY_COLUMNS = ("pm25", "pm10", "so2", "no2", "co", "o3_8h", "aqi", "level", "primary")
MONTH_COLUMNS = (
    "pm25",
    "pm10",
    "so2",
    "no2",
    "co_95",
    "o3_8h_90",
    "valid_days",
    "good_days",
    "composite",
    "rank",
)


@dataclass(frozen=True)
class Effect:
    """`days` and `months` of the site, each value as `<name>_before` and `<name>_after`; how many hours and values are judged.

    `ranking`: every site of the frame by month with rank and composite index before and after.
    """

    hours: int
    values: int
    days: pl.DataFrame
    months: pl.DataFrame
    ranking: pl.DataFrame


def _side_by_side(
    before: pl.DataFrame, after: pl.DataFrame, keys: Sequence[str], names: Sequence[str]
) -> pl.DataFrame:
    had = before.select(*keys, *(pl.col(n).alias(f"{n}_before") for n in names))
    has = after.select(*keys, *(pl.col(n).alias(f"{n}_after") for n in names))
    return had.join(has, on=list(keys), how="left", nulls_equal=True).sort(*keys)


def _evaluated(hours: pl.DataFrame, rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    days = daily_values(hours)
    return published_days(days, rules=rules), ranking(period_values(days, "month", rules=rules))


def exclusion_effect(
    hours: pl.DataFrame,
    site: str,
    items: Sequence[str],
    start: datetime,
    until: datetime,
    *,
    verdict: str = EXCLUDE,
    earlier: pl.DataFrame | None = None,
    rules: Rules = DEFAULT,
) -> Effect:
    """What a verdict on `items` of a site in [start, until) changes: an exclusion, or keeping what was excluded before.

    hours: of the site and of the sites it is ranked among, whole months, as received. earlier: DECISIONS taken before, in
    their order. `days` holds the days touched, `months` the months touched.
    """
    wanted = {"site": [site], "items": [",".join(items)], "start": [start], "until": [until]}
    decision = pl.DataFrame({**wanted, "verdict": [verdict], "stage": ["audited"]}, schema=DECISIONS)
    taken = decision.clear() if earlier is None else earlier
    known, then = apply_decisions(hours, taken), apply_decisions(hours, pl.concat([taken, decision]))
    touched = hours.filter(pl.col("site") == site, pl.col("start") >= start, pl.col("start") < until)
    days, months = _evaluated(known, rules)
    days_after, months_after = _evaluated(then, rules)
    dates = touched.select(local_date().alias("date")).unique()
    firsts = dates.select(start=pl.col("date").dt.truncate("1mo")).unique()
    mine = pl.col("site") == site
    by_month = _side_by_side(months, months_after, ["site", "start"], MONTH_COLUMNS)
    by_month = by_month.join(firsts, on="start", how="semi", maintain_order="left")
    return Effect(
        hours=touched.height,
        values=sum(touched[i].count() for i in items if i in touched.columns),
        days=_side_by_side(days, days_after, ["site", "date"], DAY_COLUMNS)
        .filter(mine)
        .join(dates, on="date", how="semi"),
        months=by_month.filter(mine),
        ranking=by_month.select(
            "site", "start", "composite_before", "composite_after", "rank_before", "rank_after"
        ),
    )
