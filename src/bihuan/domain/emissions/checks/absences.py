"""Calibration and maintenance: do they hide what would have been over the limit, are they too long, too many?

An absence is a time in which the analyser's data do not count because of calibration or maintenance: minutes with flag
C or M, or a device mark that does not say stop or fault.
"""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.frames import FLOOR, judged_minutes, minutes_of
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    LOCAL,
    findings,
    hourly,
    hours_long,
    local_day,
    moment,
    number,
    runs,
    with_limit,
    with_outlet,
)

ABSENT = ("C", "M")
NOT_OURS = "停|故障|事故"
"""Codes of marks about a stop, a fault or an accident: no calibration or maintenance."""


def flagged(stacks: Stacks, flags: tuple[str, ...]) -> pl.DataFrame:
    """Minutes in which a pollutant has one of the flags, with the columns of the outlet and `step`."""
    any_flag = pl.any_horizontal(pl.col(f"{p}_flag").is_in(flags) for p in POLLUTANTS)
    rows = with_outlet(stacks.minutes.filter(any_flag), stacks, "interval", "rated_flow")
    return rows.with_columns(step=pl.duration(minutes=pl.col("interval")))


def _absences(stacks: Stacks) -> pl.DataFrame:
    """Calibration and maintenance, overlapping ones joined: site, start, until, `length`."""
    absent = flagged(stacks, ABSENT).select("site", "start", "step")
    marked = stacks.marks.filter(pl.col("kind") == "device", ~pl.col("code").str.contains(NOT_OURS))
    both = pl.concat(
        [
            runs(absent, by=("site",)).select("site", "start", "until"),
            marked.select("site", "start", "until"),
        ]
    ).sort("site", "start")
    reach = pl.col("until").cum_max().shift().over("site")
    joined = both.with_columns(run=(reach.is_null() | (pl.col("start") > reach)).cum_sum())
    merged = joined.group_by("run", maintain_order=True).agg(
        pl.col("site", "start").first(), pl.col("until").max()
    )
    return merged.drop("run").with_columns(length=pl.col("until") - pl.col("start"))


def hides_exceedance(
    stacks: Stacks, *, before_minutes: int = 15, times: float = 1.1, least_minutes: int = 40
) -> pl.DataFrame:
    """Calibration or maintenance begins when the last `before_minutes` were on average above `times` the hourly limit.

    It lasts `least_minutes` or more (longer than a daily calibration), and two thirds of the minutes before are valid.
    Source: marking rules (false marks are fraud, clause not checked); own thresholds. Returns FINDINGS (one for each
    outlet and item); magnitude = number of times.
    """
    hidden = _absences(stacks).filter(pl.col("length") >= timedelta(minutes=least_minutes))
    nexts = hidden.select("site", off="start", until="until").sort("site", "off")
    minutes = stacks.minutes.join(nexts, on="site", how="semi").sort("site", "start")
    near = minutes.join_asof(
        nexts, left_on="start", right_on="off", by="site", strategy="forward",
        tolerance=timedelta(minutes=before_minutes), check_sortedness=False,
    )  # fmt: skip
    near = near.filter(pl.col("off").is_not_null())
    before = judged_minutes(replace(stacks, minutes=near)).join(
        near.select("site", "start", "off", "until"), on=["site", "start"], maintain_order="left"
    )
    means = before.group_by(*KEY, "off").agg(
        pl.col("value").mean(), pl.col("until").first(), seen=pl.col("step").sum()
    )
    means = means.filter(pl.col("seen") >= timedelta(minutes=before_minutes) * 2 / 3).rename({"off": "start"})
    over = with_limit(means, hourly(stacks)).filter(pl.col("value") > times * pl.col("limit"))
    found = over.group_by(KEY, maintain_order=True).agg(
        pl.col("start").first(),
        pl.col("until").last(),
        pl.col("limit").last(),
        n=pl.len().cast(pl.Int64),
        values=pl.col("value").round(2),
        starts=moment("start"),
        value=pl.col("value").max(),
    )
    title = pl.format(
        f"{{}} 次校准或维护开始前 {before_minutes} 分钟{{}}均值已超限值 {{}}（最高 {{}} mg/m³），首次 [start]",
        "n", LABEL, number("limit"), number("value"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("n"), unit="次",
        evidence={"次数": "n", "限值": "limit", "此前均值": "values", "开始": "starts"},
    )  # fmt: skip


def no_test_gas(
    stacks: Stacks, *, least_minutes: int = 60, least: float = 0.3, most: float = 4.0, distinct: float = 0.5
) -> pl.DataFrame:
    """A calibration (flag C) of `least_minutes` in which the analyser sees neither zero gas nor span gas.

    All its values lie between `least` and `most` times the usual one of the stack and go up and down (`distinct` of them
    or 20 are different): the gas of the stack was measured all the time. An analyser that holds its value is not meant.
    Source: marking rules (false marks are fraud, clause not checked); own thresholds. Returns FINDINGS; magnitude =
    length [h].
    """
    usual = minutes_of(stacks, POLLUTANTS).group_by(KEY).agg(usual=pl.col("value").median())
    rows = flagged(stacks, ("C",))
    pieces = [
        rows.filter(pl.col(f"{p}_flag") == "C", pl.col(p).is_not_null()).select(
            "site", "start", "step", item=pl.lit(p), value=p
        )
        for p in POLLUTANTS
    ]
    spans = runs(
        pl.concat(pieces),
        pl.col("value").mean(),
        pl.col("value").min().alias("lowest"),
        pl.col("value").max().alias("highest"),
        pl.col("value").n_unique().alias("different"),
    ).join(usual, on=list(KEY), maintain_order="left")
    found = spans.filter(
        pl.col("until") - pl.col("start") >= timedelta(minutes=least_minutes),
        pl.col("usual") > FLOOR,
        pl.col("lowest") > least * pl.col("usual"),
        pl.col("highest") < most * pl.col("usual"),
        pl.col("different") >= pl.min_horizontal(distinct * pl.col("n"), pl.lit(20)),
    )
    title = pl.format(
        "标识“校准”的 [hours] 小时内{}为 {}～{} mg/m³（平常 {}），不见零气和标气，疑以校准遮盖",
        LABEL, number("lowest"), number("highest"), number("usual"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=hours_long(), unit="h",
        evidence={"最低": "lowest", "最高": "highest", "均值": "value", "平常": "usual", "记录数": "n"},
    )  # fmt: skip


def same_hour(stacks: Stacks, *, least_minutes: int = 90, least_days: int = 3) -> pl.DataFrame:
    """Calibration or maintenance of `least_minutes` or more begins at the same hour of `least_days` days.

    A short daily calibration is the rule and not meant. Source: own method. Returns FINDINGS; magnitude = days.
    """
    clock = ((pl.col("start") + LOCAL).dt.round("1h")).dt.hour().cast(pl.Int64).alias("clock")
    times = _absences(stacks).filter(pl.col("length") >= timedelta(minutes=least_minutes))
    found = (
        times.group_by("site", clock, maintain_order=True)
        .agg(
            pl.col("start").first(),
            pl.col("until").last(),
            days=local_day().n_unique().cast(pl.Int64),
            hours=(pl.col("length").dt.total_minutes() / 60).mean(),
            starts=moment("start"),
        )
        .filter(pl.col("days") >= least_days)
    )
    title = pl.format("{} 天都在 {} 时前后校准或维护，平均 {} 小时", "days", "clock", number("hours"))
    return findings(
        found, title=title, magnitude=pl.col("days"), unit="天",
        evidence={"天数": "days", "平均小时": "hours", "各次开始": "starts"},
    )  # fmt: skip


def _daily_absence(stacks: Stacks) -> pl.DataFrame:
    """Local days with calibration or maintenance: site, start, until, hours, times (by the day on which it begins)."""
    days = (
        _absences(stacks)
        .group_by("site", local_day(), maintain_order=True)
        .agg(hours=pl.col("length").sum().dt.total_minutes() / 60, times=pl.len().cast(pl.Int64))
    )
    return days.with_columns(until=pl.col("start") + timedelta(days=1))


def too_long(stacks: Stacks, *, most_hours: float = 6.0) -> pl.DataFrame:
    """Calibration and maintenance that begin on one day take more than `most_hours` together.

    Source: HJ 75-2017, limits of maintenance time (clause not checked); own threshold. Returns FINDINGS; magnitude = hours.
    """
    days = _daily_absence(stacks).filter(pl.col("hours") > most_hours)
    title = pl.format(
        f"一天内校准和维护共 {{}} 小时（{{}} 次），超过 {most_hours:g} 小时", number("hours"), "times"
    )
    return findings(
        days, title=title, magnitude=pl.col("hours"), unit="h", evidence={"小时": "hours", "次数": "times"}
    )


def too_often(stacks: Stacks, *, most_times: int = 4) -> pl.DataFrame:
    """More than `most_times` calibrations or maintenances begin on one day.

    Source: own threshold. Returns FINDINGS; magnitude = number of times.
    """
    days = _daily_absence(stacks).filter(pl.col("times") > most_times)
    title = pl.format(
        f"一天内校准或维护 {{}} 次，共 {{}} 小时，多于 {most_times} 次", "times", number("hours")
    )
    return findings(
        days, title=title, magnitude=pl.col("times"), unit="次", evidence={"次数": "times", "小时": "hours"}
    )
