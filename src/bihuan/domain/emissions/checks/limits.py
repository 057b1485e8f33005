"""Over the limit: hour, day, the running hour, and the ultra-low share of the month.

Only valid, unmarked means are judged, by the limits in force on their local date (《污染物排放自动监测设备标记规则》:
marked data are not used as evidence). What was measured out of control (失控) is not valid (HJ 75-2017).
"""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from bihuan.domain.checks import no_findings
from bihuan.domain.emissions.checks.frames import judged_hours, judged_minutes
from bihuan.domain.emissions.tables import Stacks
from bihuan.domain.outlets.checks.frames import (
    LABEL,
    LENGTHS,
    findings,
    hourly,
    kept,
    local_day,
    number,
    runs,
    with_limit,
)
from bihuan.domain.outlets.quality_control import OUT_OF_CONTROL, in_control
from bihuan.domain.timeaxis import CST, HOUR

MEAN = pl.format("{}{}", LABEL, pl.when("converted").then(pl.lit("折算")).otherwise(pl.lit("")))
TIMES = pl.col("value") / pl.col("limit")


def _over(means: pl.DataFrame, limits: pl.DataFrame, *, mean: str, limit: str, unit: str) -> pl.DataFrame:
    """Runs of means above their limit; `mean`, `limit` and `unit` are their Chinese names."""
    over = with_limit(means, limits).filter(pl.col("value") > pl.col("limit"))
    found = runs(over, kept(), pl.col("value", "limit", "basis", "converted").get(TIMES.arg_max()))
    title = pl.format(
        f"{{}}{mean} {{}} mg/m³，超{limit} {{}}（{{}} 倍），持续 {LENGTHS[unit]} {unit}",
        MEAN, number("value"), number("limit"), number(TIMES, 2),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=TIMES, unit="倍",
        evidence={"最高": "value", "限值": "limit", "依据": "basis", f"{unit}数": "n", "各值": "values"},
    )  # fmt: skip


def hour_over(stacks: Stacks) -> pl.DataFrame:
    """Hourly mean above the limit in force; the ultra-low limits, which 5 % of hours may exceed, are not meant here.

    Source: the limit's own standard; HJ 75-2017 (valid hour: 45 minutes). Returns FINDINGS; magnitude = times the limit.
    """
    limits = hourly(stacks).filter(~pl.col("ultra_low"))
    return _over(judged_hours(stacks), limits, mean="小时均值", limit="限值", unit="小时")


def out_of_control_over(stacks: Stacks) -> pl.DataFrame:
    """Hours out of control (失控) whose mean is above the limit: no exceedance, but a failed check may not be a way out.

    Source: HJ 75-2017 (data out of control are invalid, clause not checked); own method. Returns FINDINGS; magnitude =
    times the limit.
    """
    limits = hourly(stacks).filter(~pl.col("ultra_low"))
    means = judged_hours(stacks, flag=OUT_OF_CONTROL)
    return _over(means, limits, mean="失控时段小时均值", limit="限值", unit="小时")


def ultra_low_hour(stacks: Stacks) -> pl.DataFrame:
    """Hourly mean above the ultra-low limit: it counts against the 5 % of the month, alone it is no offence.

    Source: opinions on ultra-low emission (95 % of hourly means in a month). Returns FINDINGS; magnitude = times the limit.
    """
    limits = hourly(stacks).filter("ultra_low")
    return _over(judged_hours(stacks), limits, mean="小时均值", limit="超低限值", unit="小时")


def day_over(stacks: Stacks, *, least_hours: int = 20) -> pl.DataFrame:
    """Daily mean of at least `least_hours` valid, unmarked hours above the daily limit; only days that are over.

    Source: HJ 75-2017 (valid day: 20 hours). Returns FINDINGS; magnitude = times the limit.
    """
    day = pl.duration(days=1)
    means = (
        judged_hours(stacks)
        .group_by("site", "item", local_day().alias("start"))
        .agg(pl.col("value").mean(), pl.col("converted").first(), pl.len().alias("hours"))
        .filter(pl.col("hours") >= least_hours, pl.col("start") + day <= stacks.as_of)
        .with_columns(step=day)
    )
    limits = stacks.limits.filter(pl.col("period") == "day")
    return _over(means, limits, mean="日均值", limit="日限值", unit="天")


def likely_hour(stacks: Stacks, *, least_minutes: int = 15, recent_minutes: int = 15) -> pl.DataFrame:
    """The running hour will exceed if it goes on as in its last minutes: early notice, and what the rest may average.

    At least `least_minutes` valid minutes of the hour are there; the rest is taken as the mean of the last
    `recent_minutes`. Source: own method. Returns FINDINGS; magnitude = expected mean as times the limit.
    """
    hour = stacks.as_of.replace(minute=0, second=0, microsecond=0)
    so_far = stacks.minutes.filter(pl.col("start") >= hour, pl.col("start") < stacks.as_of)
    minutes = in_control(judged_minutes(replace(stacks, minutes=so_far)), stacks.uncontrolled)
    rows = with_limit(minutes, hourly(stacks))
    late = pl.col("start") >= pl.col("start").max() + pl.col("step") - pl.duration(minutes=recent_minutes)
    hours = rows.group_by("site", "item", maintain_order=True).agg(
        pl.col("converted", "limit", "basis").first(),
        seen=pl.col("step").dt.total_minutes().sum(),
        value=pl.col("value").mean(),
        recent=pl.col("value").filter(late).mean(),
        rest=60 - (pl.col("start") + pl.col("step") - hour).dt.total_minutes().max(),
    )
    counted = pl.col("seen") + pl.col("rest")
    hours = hours.filter(pl.col("seen") >= least_minutes, pl.col("rest") > 0).with_columns(
        expected=(pl.col("value") * pl.col("seen") + pl.col("recent") * pl.col("rest")) / counted,
        allowed=(pl.col("limit") * counted - pl.col("value") * pl.col("seen")) / pl.col("rest"),
        start=pl.lit(hour),
        until=pl.lit(hour + HOUR),
    )
    rest = (
        pl.when(pl.col("allowed") > 0)
        .then(pl.format("余下 {} 分钟平均须不高于 {}", "rest", number("allowed")))
        .otherwise(pl.format("余下 {} 分钟即使为零也将超标", "rest"))
    )
    title = pl.format(
        "{}本小时前 {} 分钟均值 {} mg/m³，预计小时均值 {}，将超限值 {}；{}",
        MEAN, "seen", number("value"), number("expected"), number("limit"), rest,
    )  # fmt: skip
    return findings(
        hours.filter(pl.col("expected") > pl.col("limit")),
        title=title, magnitude=pl.col("expected") / pl.col("limit"), unit="倍",
        evidence={
            "已有均值": "value", "已有分钟": "seen", "最近均值": "recent", "预计均值": "expected",
            "限值": "limit", "依据": "basis", "余下分钟": "rest", "余下允许均值": "allowed",
        },
    )  # fmt: skip


def ultra_low_share(stacks: Stacks, *, share: float = 95.0, least_hours: int = 72) -> pl.DataFrame:
    """Less than `share` % of this month's valid hours so far are at or below the ultra-low limit.

    From `least_hours` hours on. The title says how many more hours of the month may exceed (none: it is lost).
    Source: opinions on ultra-low emission (95 % of hourly means in a month). Returns FINDINGS; magnitude = share above [%].
    """
    local = stacks.as_of.astimezone(CST)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (month + timedelta(days=32)).replace(day=1)
    left = int((following - local) / HOUR)
    rows = with_limit(
        judged_hours(stacks).filter(pl.col("start") >= month), hourly(stacks).filter("ultra_low")
    )
    if rows.is_empty():
        return no_findings()
    months = rows.group_by("site", "item", maintain_order=True).agg(
        pl.col("start").min(),
        (pl.col("start").max() + HOUR).alias("until"),
        pl.col("limit").last(),
        n=pl.len().cast(pl.Int64),
        good=(pl.col("value") <= pl.col("limit")).sum().cast(pl.Int64),
    )
    allowed = ((1 - share / 100) * (pl.col("n") + left) + 1e-9).floor()
    months = months.with_columns(
        share=100 * pl.col("good") / pl.col("n"),
        budget=(allowed - (pl.col("n") - pl.col("good"))).cast(pl.Int64),
    ).filter(pl.col("n") >= least_hours, pl.col("share") < share)
    budget = (
        pl.when(pl.col("budget") > 0)
        .then(pl.format("本月余下最多还可超 {} 小时", "budget"))
        .otherwise(pl.lit("本月已无法达标"))
    )
    title = pl.format(
        f"{{}}超低排放小时达标率 {{}} %（{{}}/{{}} 小时，限值 {{}}），低于 {share:g} %；{{}}",
        LABEL, number("share"), "good", "n", number("limit"), budget,
    )  # fmt: skip
    return findings(
        months, title=title, magnitude=100 - pl.col("share"), unit="%",
        evidence={"达标率": "share", "达标小时": "good", "有效小时": "n", "限值": "limit", "还可超小时": "budget"},
    )  # fmt: skip
