"""Over the limit: the day, the hour and the running day as early notices, pH, completeness of the day."""

from datetime import timedelta

import polars as pl

from bihuan.domain.outages import joined, touched_hours
from bihuan.domain.outlets.checks.frames import (
    LABEL,
    LENGTHS,
    findings,
    kept,
    local_day,
    number,
    runs,
    with_limit,
    without_value,
)
from bihuan.domain.outlets.limits import with_limit as with_date_limit
from bihuan.domain.sewage import compliance
from bihuan.domain.sewage.checks.frames import complete_hours, rules_of
from bihuan.domain.sewage.days import days
from bihuan.domain.sewage.tables import POLLUTANTS, Sewers
from bihuan.domain.timeaxis import CST, HOUR, local_date

DAY = timedelta(days=1)
TIMES = pl.col("value") / pl.col("limit")
MIDNIGHT = (pl.col("date").cast(pl.Datetime("us")) - timedelta(hours=8)).dt.replace_time_zone("UTC")


def _whole(sewers: Sewers) -> pl.DataFrame:
    """Hours of the days that are over and not cut off by the beginning of the look."""
    first = sewers.hours.select(pl.col("start").min()).item()
    inside = local_day() + DAY <= sewers.as_of
    return sewers.hours.filter(inside, local_day() >= (first if first is not None else sewers.as_of))


def _over(means: pl.DataFrame, *, mean: str, unit: str, note: str = "") -> pl.DataFrame:
    over = means.filter(pl.col("value") > pl.col("limit"))
    found = runs(over, kept(), pl.col("value", "limit", "basis").get(TIMES.arg_max()), bridge=timedelta(0))
    title = pl.format(
        f"{{}}{mean} {{}} mg/L，超日限值 {{}}（{{}} 倍），持续 {LENGTHS[unit]} {unit}{note}",
        LABEL, number("value", 2), number("limit", 2), number(TIMES, 2),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=TIMES, unit="倍",
        evidence={"最高": "value", "限值": "limit", "依据": "basis", f"{unit}数": "n", "各值": "values"},
    )  # fmt: skip


def day_over(sewers: Sewers) -> pl.DataFrame:
    """A valid daily mean, weighted with the flow, above the limit in force.

    Source: the limit's own standard (GB 18918-2002: a mixed sample of 24 hours); HJ 356-2019 chapter 7 (valid from 75 % of
    the hours due). Returns FINDINGS; magnitude = times the limit.
    """
    means = compliance.judged_days(_whole(sewers), rules_of(sewers))
    limited = with_date_limit(means, compliance.of_day(sewers.limits))
    return _over(limited.with_columns(start=MIDNIGHT, step=pl.lit(DAY)), mean="日均值", unit="天")


def hour_over(sewers: Sewers) -> pl.DataFrame:
    """An hour above the day's limit: no exceedance, an early notice.

    Source: own method. Returns FINDINGS; magnitude = times the limit.
    """
    means = compliance.judged_hours(complete_hours(sewers)).with_columns(step=pl.lit(HOUR))
    return _over(
        with_limit(means, compliance.of_day(sewers.limits)), mean="小时值", unit="小时", note="（预警）"
    )


def likely_day(sewers: Sewers, *, least_hours: int = 6) -> pl.DataFrame:
    """The running day's mean so far is above the day's limit, from `least_hours` valid hours on: early notice.

    Source: own method. Returns FINDINGS; magnitude = mean as times the limit.
    """
    day = sewers.as_of.astimezone(CST).date()
    today = days(complete_hours(sewers), rules_of(sewers), evidence=True).filter(date=day)
    long = pl.concat(
        today.filter(pl.col(f"{p}_hours") >= least_hours).select(
            "site", "date", item=pl.lit(p), value=p, n=f"{p}_hours"
        )
        for p in POLLUTANTS
    )
    means = with_date_limit(long, compliance.of_day(sewers.limits)).filter(pl.col("value") > pl.col("limit"))
    found = means.with_columns(start=MIDNIGHT, until=pl.lit(sewers.as_of))
    title = pl.format(
        "{}今日前 {} 个有效小时加权均值 {} mg/L，高于日限值 {}",
        LABEL,
        "n",
        number("value", 2),
        number("limit", 2),
    )
    return findings(
        found, title=title, magnitude=TIMES, unit="倍",
        evidence={"已有均值": "value", "有效小时": "n", "限值": "limit", "依据": "basis"},
    )  # fmt: skip


def ph_outside(sewers: Sewers, *, least_hours: int = 2) -> pl.DataFrame:
    """pH outside its range for `least_hours` hours in a row.

    Source: the limit's own standard (GB 18918-2002, GB 8978-1996: 6 to 9). Returns FINDINGS; magnitude = how far outside.
    """
    rows = compliance.ph_outside(complete_hours(sewers), sewers.limits).with_columns(
        step=pl.lit(HOUR),
        off=pl.max_horizontal(pl.col("low") - pl.col("value"), pl.col("value") - pl.col("limit")),
    )
    found = runs(rows, kept(), pl.col("value", "low", "limit", "basis", "off").get(pl.col("off").arg_max()))
    title = pl.format(
        "pH {}，超出 {}～{}，持续 [hours] 小时", number("value", 2), number("low"), number("limit")
    )
    return findings(
        found.filter(pl.col("n") >= least_hours), title=title, magnitude=pl.col("off"), unit="",
        evidence={"最远": "value", "下限": "low", "上限": "limit", "依据": "basis", "各值": "values"},
    )  # fmt: skip


def day_invalid(sewers: Sewers) -> pl.DataFrame:
    """A day with discharge has too few valid hours (below 75 % of those due) of something that has a limit.

    Hours that our own outage touched are not due where they are missing.
    Source: HJ 356-2019 chapter 7 (valid daily mean, clause not checked). Returns FINDINGS; magnitude = what is missing [%].
    """
    hours, rules = _whole(sewers), rules_of(sewers)
    table = days(hours, rules)
    long = pl.concat(
        table.select("site", "date", item=pl.lit(p), got=f"{p}_hours", due=f"{p}_due") for p in POLLUTANTS
    )
    touched = touched_hours(joined(sewers.outages)).with_columns(date=local_date())
    lost = without_value(long.join(touched, on="date"), hours, POLLUTANTS)
    lost = lost.group_by("site", "item", "date").agg(ours=pl.len().cast(pl.Int32))
    long = long.join(lost, on=["site", "item", "date"], how="left").with_columns(
        pl.col("due") - pl.col("ours").fill_null(0)
    )
    limited = long.join(sewers.limits.select("site", "item").unique(), on=["site", "item"])
    valid = (pl.col("got") > 0) & (pl.col("got") >= rules.valid_day * pl.col("due"))
    poor = limited.filter(~valid, pl.col("due") > 0).with_columns(start=MIDNIGHT, step=pl.lit(DAY))
    found = runs(poor, pl.col("got", "due").sum())
    rate = 100 * pl.col("got") / pl.col("due")
    title = pl.format("{} [days] 天日均值无效：有效 {}/{} 小时", LABEL, "got", "due")
    return findings(
        found,
        title=title,
        magnitude=100 - rate,
        unit="%",
        evidence={"有效小时": "got", "应有小时": "due", "天数": "n"},
    )
