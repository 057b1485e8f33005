"""Is the sewage within its limits? Limits judge the DAY (GB 18918: a mixed sample of 24 hours) and the pH of the day.

An hour above a day's limit is no exceedance, only an early notice. Marked hours are no evidence. Means are compared
unrounded, with the limits in force on their local date.
"""

import polars as pl

from bihuan.domain.outlets.limits import with_limit
from bihuan.domain.sewage.days import days
from bihuan.domain.sewage.rules import Rules
from bihuan.domain.sewage.tables import POLLUTANTS
from bihuan.domain.timeaxis import local_date


def judged_days(hours: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What limits judge of days: site, item, date, value [mg/L], of valid days without marked hours."""
    wide = days(hours, rules, evidence=True)
    return pl.concat(
        wide.filter(f"valid_{p}").select("site", "date", item=pl.lit(p), value=p) for p in POLLUTANTS
    )


def judged_hours(hours: pl.DataFrame, items: tuple[str, ...] = POLLUTANTS) -> pl.DataFrame:
    """Valid, unmarked hours: site, item, start, date, value."""
    free = hours.filter(pl.col("mark").is_null()).with_columns(date=local_date())
    return pl.concat(
        free.filter(f"valid_{i}").select("site", "start", "date", item=pl.lit(i), value=i) for i in items
    )


def of_day(limits: pl.DataFrame) -> pl.DataFrame:
    """The limits of pollutants that judge a day."""
    return limits.filter(pl.col("period") == "day", pl.col("item") != "ph")


def over_days(hours: pl.DataFrame, limits: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Days above their limit: site, item, date, value, limit [mg/L], `times` the limit, basis."""
    means = with_limit(judged_days(hours, rules), of_day(limits)).filter(pl.col("value") > pl.col("limit"))
    return means.with_columns(times=pl.col("value") / pl.col("limit")).sort("site", "item", "date")


def over_hours(hours: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Hours above the DAY's limit, for early notice: site, item, start, date, value, limit [mg/L], basis."""
    means = with_limit(judged_hours(hours), of_day(limits))
    return means.filter(pl.col("value") > pl.col("limit")).sort("site", "item", "start")


def with_range(rows: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Adds `low`, `limit` and `basis` of pH in force on `date`: the narrowest; rows without are left out."""
    ends = limits.filter(pl.col("item") == "ph")
    pairs = rows.select("site", "date").unique().join(ends, on="site")
    begun = pl.col("valid_from") <= pl.col("date")
    in_force = begun & (pl.col("valid_until").is_null() | (pl.col("date") < pl.col("valid_until")))
    chosen = pairs.filter(in_force).group_by("site", "date").agg(
        pl.col("low").max(), pl.col("limit").min(), pl.col("basis").first()
    )  # fmt: skip
    return rows.join(chosen, on=["site", "date"], maintain_order="left")


def ph_outside(hours: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Hours whose mean pH is outside its range: site, item, start, date, value, low, limit, basis."""
    rows = with_range(judged_hours(hours, ("ph",)), limits)
    out = (pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("limit"))
    return rows.filter(out).sort("site", "start")
