"""Is it within the limits? Converted means of valid, unmarked hours against the limits in force on their local date.

Where an outlet has no reference oxygen the measured mean is judged. Marked hours are no evidence (marking rules), which
also takes start and stop out of the ultra-low share. Means are compared unrounded.
"""

import polars as pl

from bihuan.domain.emissions.days import days
from bihuan.domain.emissions.rules import Rules
from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.domain.outlets.limits import with_limit
from bihuan.domain.timeaxis import local_date


def _long(means: pl.DataFrame, outlets: pl.DataFrame) -> pl.DataFrame:
    """Wide means (site, date, ..., valid_<p>) -> the valid ones that a limit judges: site, item, date, value, ..."""
    rows = means.lazy().join(outlets.lazy().select("site", "ref_o2"), on="site")
    kept = [c for c in ("start", "date") if c in means.columns]
    pieces = [
        rows.filter(f"valid_{p}").select(
            "site",
            *kept,
            item=pl.lit(p),
            value=pl.when(pl.col("ref_o2").is_null()).then(p).otherwise(f"{p}_zs"),
        )
        for p in POLLUTANTS
    ]
    return pl.concat(pieces).filter(pl.col("value").is_not_null()).collect()


def judged_hours(hours: pl.DataFrame, outlets: pl.DataFrame) -> pl.DataFrame:
    """What limits judge of hours: site, start, date (local), item, value [mg/m³]; valid and unmarked ones only."""
    unmarked = hours.filter(pl.col("mark").is_null())
    return _long(unmarked.with_columns(date=local_date()), outlets)


def over_hours(hours: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Hours above the hourly limit: site, item, start, date, value, limit [mg/m³], `times` the limit, basis.

    Ultra-low limits are not meant here: a share of hours may exceed them.
    """
    own = limits.filter(pl.col("period") == "hour", ~pl.col("ultra_low"))
    return _over(with_limit(judged_hours(hours, outlets), own)).sort("site", "item", "start")


def over_days(hours: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Days above the daily limit: site, item, date, value, limit [mg/m³], `times`, basis.

    The mean is of valid, unmarked hours; stops are not excused here: `valid_day` of the rules must be there.
    """
    unmarked = days(hours.filter(pl.col("mark").is_null()), rules, stops_excused=False)
    own = limits.filter(pl.col("period") == "day", ~pl.col("ultra_low"))
    return _over(with_limit(_long(unmarked, outlets), own)).sort("site", "item", "date")


def _over(means: pl.DataFrame) -> pl.DataFrame:
    over = means.lazy().filter(pl.col("value") > pl.col("limit"))
    return over.with_columns(times=pl.col("value") / pl.col("limit")).collect()


def ultra_low_shares(
    hours: pl.DataFrame,
    outlets: pl.DataFrame,
    limits: pl.DataFrame,
    rules: Rules,
) -> pl.DataFrame:
    """Share of valid, unmarked hours of a month at or below the ultra-low limit.

    Returns site, month (first day), item, `judged` hours, `within`, `share`, `met` (share >= `ultra_low` of the rules). Source:
    opinions on ultra-low emission of steel, cement, coking (95 % of hourly means, start and stop left out).
    """
    own = limits.filter(pl.col("period") == "hour", "ultra_low")
    rows = with_limit(judged_hours(hours, outlets), own)
    shares = (
        rows.lazy()
        .group_by("site", pl.col("date").dt.truncate("1mo").alias("month"), "item")
        .agg(judged=pl.len().cast(pl.Int32), within=(pl.col("value") <= pl.col("limit")).sum().cast(pl.Int32))
    )
    shares = shares.with_columns(share=pl.col("within") / pl.col("judged"))
    met = pl.col("share") >= rules.ultra_low
    return shares.with_columns(met=met).sort("site", "month", "item").collect()
