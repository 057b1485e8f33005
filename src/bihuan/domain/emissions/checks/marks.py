"""Marks and flags that take data out of judgement: do they hide what would have been over the limit?

An absence is a time in which the analyser's data do not count because of calibration or maintenance: minutes with flag
C or M, or a device mark that does not say stop or fault.
"""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.frames import (
    KEY,
    LABEL,
    LOCAL,
    activity,
    findings,
    hours_long,
    judged,
    judged_minutes,
    lasting,
    local_day,
    long,
    moment,
    number,
    runs,
    with_limit,
    with_outlet,
)
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks

ABSENT = ("C", "M")
NOT_OURS = "停|故障|事故"
"""Codes of marks about a stop, a fault or an accident: not calibration or maintenance, and not start-up either."""


def _flagged(stacks: Stacks, flags: tuple[str, ...]) -> pl.DataFrame:
    """Minutes in which a pollutant has one of the flags, with the columns of the outlet and `step`."""
    any_flag = pl.any_horizontal(pl.col(f"{p}_flag").is_in(flags) for p in POLLUTANTS)
    rows = with_outlet(stacks.minutes.filter(any_flag), stacks, "interval", "rated_flow")
    return rows.with_columns(step=pl.duration(minutes=pl.col("interval")))


def _absences(stacks: Stacks) -> pl.DataFrame:
    """Calibration and maintenance, overlapping ones joined: site, start, until, `length`."""
    flagged = _flagged(stacks, ABSENT).select("site", "start", "step")
    marked = stacks.marks.filter(pl.col("kind") == "device", ~pl.col("code").str.contains(NOT_OURS))
    both = pl.concat(
        [
            runs(flagged, by=("site",)).select("site", "start", "until"),
            marked.select("site", "start", "until"),
        ]
    ).sort("site", "start")
    reach = pl.col("until").cum_max().shift().over("site")
    joined = both.with_columns(run=(reach.is_null() | (pl.col("start") > reach)).cum_sum())
    merged = joined.group_by("run", maintain_order=True).agg(
        pl.col("site", "start").first(), pl.col("until").max()
    )
    return merged.drop("run").with_columns(length=pl.col("until") - pl.col("start"))


def hides_exceedance(stacks: Stacks, *, before_minutes: int = 30, least_minutes: int = 10) -> pl.DataFrame:
    """Calibration or maintenance begins when the last `before_minutes` were above the hourly limit on average.

    At least `least_minutes` of valid minutes must lie before it. Source: marking rules (false marks are fraud, clause
    not checked). Returns FINDINGS (each outlet and item one); magnitude = number of times.
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
        pl.col("value").mean(), pl.col("until", "converted").first(), seen=pl.col("step").sum()
    )
    means = means.filter(pl.col("seen") >= timedelta(minutes=least_minutes)).rename({"off": "start"})
    over = with_limit(means, stacks.limits.filter(pl.col("period") == "hour")).filter(
        pl.col("value") > pl.col("limit")
    )
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
        f"{{}} 次校准或维护开始前 {before_minutes} 分钟{{}}均值已超限值 {{}}（最高 {{}} mg/m³），首次 {{}}",
        "n", LABEL, number("limit"), number("value"), moment("start"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("n"), unit="次",
        evidence={"次数": "n", "限值": "limit", "此前均值": "values", "开始": "starts"},
    )  # fmt: skip


def _inside(stacks: Stacks, kind: str, excluded: str) -> pl.DataFrame:
    """Minutes within marks of a kind whose code does not match `excluded`: with the outlet, `code`, `since`."""
    chosen = stacks.marks.filter(pl.col("kind") == kind, ~pl.col("code").str.contains(excluded))
    spans = chosen.sort("site", "start").select("site", "code", since="start", mark_until="until")
    rows = with_outlet(stacks.minutes, stacks, "interval", "rated_flow", "ref_o2").sort("site", "start")
    rows = rows.with_columns(step=pl.duration(minutes=pl.col("interval")), activity=activity())
    joined = rows.join_asof(spans, left_on="start", right_on="since", by="site", check_sortedness=False)
    return joined.filter(pl.col("start") < pl.col("mark_until"))


def over_inside(stacks: Stacks, *, most_times: float = 2.0, least_minutes: int = 30) -> pl.DataFrame:
    """Under a maintenance mark the analyser goes on sending what looks like gas, and its median is above the hourly limit.

    Counted are minutes with flag N or M; above `most_times` the limit it is taken for test gas. Source: marking rules
    (false marks are fraud, clause not checked); own thresholds. Returns FINDINGS; magnitude = times the limit.
    """
    rows = _inside(stacks, "device", NOT_OURS)
    values = {p: pl.when(pl.col(f"{p}_flag").is_in(["N", "M"])).then(judged(p)) for p in POLLUTANTS}
    marks = (
        long(rows, values, "code", "since", "mark_until")
        .group_by(*KEY, "since", maintain_order=True)
        .agg(
            pl.col("value").median(),
            pl.col("code").first(),
            until=pl.col("mark_until").first(),
            seen=pl.col("step").sum(),
        )
        .filter(pl.col("seen") >= timedelta(minutes=least_minutes))
        .rename({"since": "start"})
    )
    times = pl.col("value") / pl.col("limit")
    over = with_limit(marks, stacks.limits.filter(pl.col("period") == "hour")).filter(
        times > 1, times <= most_times
    )
    title = pl.format(
        "“{}”标记的 {} 小时内{}仍有数据，中位值 {} mg/m³，超限值 {}（{} 倍）",
        "code", number(hours_long()), LABEL, number("value"), number("limit"), number(times, 2),
    )  # fmt: skip
    return findings(
        over,
        title=title,
        magnitude=times,
        unit="倍",
        evidence={"中位值": "value", "限值": "limit", "标记": "code"},
    )


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


def start_stop(stacks: Stacks, *, working: float = 60.0, least_hours: float = 3.0) -> pl.DataFrame:
    """Under a mark of start-up or another condition (not fault) the process works at `working` % or more for `least_hours`.

    Source: marking rules (conditions must be true, clause not checked); own threshold. Returns FINDINGS; magnitude =
    length [h].
    """
    rows = _inside(stacks, "condition", "故障|事故").filter(pl.col("activity") >= working)
    found = runs(
        rows,
        pl.col("activity").mean(),
        pl.col("code").first(),
        by=("site", "since"),
        bridge=timedelta(minutes=10),
    ).filter(lasting(timedelta(hours=least_hours)))
    title = pl.format(
        "“{}”标记期间负荷已达 {} %，持续 {} 小时", "code", number("activity", 0), number(hours_long())
    )
    return findings(
        found, title=title, magnitude=hours_long(), unit="h",
        evidence={"标记": "code", "平均负荷": "activity", "标记开始": moment("since")},
    )  # fmt: skip


def stopped_but_running(stacks: Stacks, *, flow_share: float = 0.4, least_hours: float = 1.0) -> pl.DataFrame:
    """Flag F (stopped) while flow (`flow_share` of the rated), temperature and oxygen are those of work.

    Temperature: not more than 15 °C below its median outside F; oxygen below 17 %; load, where known, above 30 %.
    Source: marking rules (conditions must be true, clause not checked). Returns FINDINGS; magnitude = length [h].
    """
    working = stacks.minutes.filter(pl.col("nox_flag") == "N")
    usual = working.group_by("site").agg(
        usual=pl.col("temp").median(), usual_flow=pl.col("flow").quantile(0.95)
    )
    rows = _flagged(stacks, ("F",)).join(usual, on="site")
    rated = pl.coalesce("rated_flow", "usual_flow")
    busy = (
        (pl.col("flow") >= flow_share * rated)
        & (pl.col("temp") >= pl.col("usual") - 15)
        & (pl.col("o2").fill_null(0) < 17)
        & (pl.col("load").fill_null(100) > 30)
    )
    found = runs(
        rows.filter(busy),
        pl.col("flow", "temp", "o2", "load").mean(),
        by=("site",),
        bridge=timedelta(minutes=10),
    ).filter(lasting(timedelta(hours=least_hours)))
    title = pl.format(
        "标识“停运”（F）而流量 {} m³/h、烟温 {} °C 如常，持续 {} 小时",
        number("flow", 0), number("temp"), number(hours_long()),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=hours_long(), unit="h",
        evidence={"流量": "flow", "烟温": "temp", "含氧量": "o2", "负荷": "load"},
    )  # fmt: skip


def late(stacks: Stacks, *, most_hours: float = 24.0) -> pl.DataFrame:
    """A mark was set more than `most_hours` after its beginning.

    Source: marking rules (deadline, clause not checked). Returns FINDINGS; magnitude = delay [h].
    """
    delay = (pl.col("at") - pl.col("start")).dt.total_minutes() / 60
    slow = stacks.marks.filter(delay > most_hours)
    title = pl.format("“{}”标记（{} 起）迟了 {} 小时才作出", "code", moment("start"), number(delay))
    return findings(
        slow, title=title, magnitude=delay, unit="h",
        evidence={"标记": "code", "作出时间": moment("at"), "作出人": "who", "理由": "reason"},
    )  # fmt: skip
