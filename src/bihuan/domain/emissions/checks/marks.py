"""Marks (标记) and the flag F against what the process does in that time: normal gas, full load; marks set late."""

from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.absences import NOT_OURS, flagged
from bihuan.domain.emissions.checks.frames import activity, judged
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    findings,
    hourly,
    hours_long,
    lasting,
    long,
    moment,
    normal,
    number,
    outside,
    runs,
    with_limit,
    with_outlet,
)

IDLE = 30.0
"""Activity below which a process does not work [% of rated] (own choice)."""


def _inside(stacks: Stacks, kind: str, excluded: str) -> pl.DataFrame:
    """Minutes within marks of a kind whose code does not match `excluded`: with the outlet, `code`, `since`."""
    chosen = stacks.marks.filter(pl.col("kind") == kind, ~pl.col("code").str.contains(excluded))
    spans = chosen.sort("site", "start").with_columns(mark_until=pl.col("until").cum_max().over("site"))
    reaching = pl.col("until") == pl.col("mark_until")  # a short mark within a long one ends before it
    spans = spans.select(
        "site",
        "mark_until",
        "start",
        code=pl.when(reaching).then("code").forward_fill().over("site"),
        since=pl.when(reaching).then("start").forward_fill().over("site"),
    )
    spans = spans.rename({"start": "_from"})
    rows = with_outlet(stacks.minutes, stacks, "interval", "rated_flow", "ref_o2", "process").sort(
        "site", "start"
    )
    rows = rows.with_columns(step=pl.duration(minutes=pl.col("interval")), activity=activity())
    joined = rows.join_asof(spans, left_on="start", right_on="_from", by="site", check_sortedness=False)
    return joined.filter(pl.col("start") < pl.col("mark_until")).drop("_from")


def over_inside(stacks: Stacks, *, most_times: float = 2.0, least_minutes: int = 30) -> pl.DataFrame:
    """Under a maintenance mark the analyser goes on sending what looks like gas, and its median is above the hourly limit.

    Counted are minutes with flag N or M; above `most_times` the limit it is taken for test gas. Source: marking rules
    (false marks are fraud, clause not checked); own thresholds. Returns FINDINGS; magnitude = times the limit.
    """
    rows = _inside(stacks, "device", NOT_OURS)
    values = {p: pl.when(normal(p) | (pl.col(f"{p}_flag") == "M")).then(judged(p)) for p in POLLUTANTS}
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
    over = with_limit(marks, hourly(stacks)).filter(times > 1, times <= most_times)
    title = pl.format(
        "“{}”标记的 [hours] 小时内{}仍有数据，中位值 {} mg/m³，超限值 {}（{} 倍）",
        "code", LABEL, number("value"), number("limit"), number(times, 2),
    )  # fmt: skip
    return findings(
        over,
        title=title,
        magnitude=times,
        unit="倍",
        evidence={"中位值": "value", "限值": "limit", "标记": "code"},
    )


def _usual_activity(stacks: Stacks) -> pl.DataFrame:
    """Median activity of each outlet in unmarked minutes in which it works: site, usual [%]."""
    free = outside(with_outlet(stacks.minutes, stacks, "rated_flow"), stacks.marks)
    works = free.with_columns(activity=activity()).filter(pl.col("activity") >= IDLE)
    return works.group_by("site").agg(usual=pl.col("activity").median())


def start_stop(
    stacks: Stacks,
    *,
    working: float = 60.0,
    share: float = 0.9,
    least_hours: float = 4.0,
    times_idle: float = 3.0,
) -> pl.DataFrame:
    """Under a mark of start-up or another condition (not fault) the process works fully for `least_hours`.

    Fully: at `working` % or more and at `share` of its usual outside of marks. A start begins at a standstill, and a kiln
    is heated up for a day and longer: works fully for hours before it has arrived, the less is known of its usual the
    more. So under the mark it must have worked fully for `times_idle` as long as it stood (below IDLE).
    Source: marking rules (conditions must be true, clause not checked); own threshold. Returns FINDINGS; magnitude =
    length [h].
    """
    rows = _inside(stacks, "condition", "故障|事故").join(
        _usual_activity(stacks), on="site", how="left", maintain_order="left"
    )
    full = pl.col("activity") >= pl.max_horizontal(pl.lit(working), share * pl.col("usual"))
    marked, step = ("site", "since"), pl.col("step")
    rows = rows.with_columns(
        stood=step.filter(pl.col("activity") < IDLE).sum().over(marked),
        worked=step.filter(full).sum().over(marked),
    )
    found = runs(
        rows.filter(full, pl.col("worked") >= times_idle * pl.col("stood")),
        pl.col("activity").mean(),
        pl.col("code").first(),
        by=marked,
        bridge=timedelta(minutes=10),
    ).filter(lasting(timedelta(hours=least_hours)))
    title = pl.format("“{}”标记期间负荷已达 {} %，持续 [hours] 小时", "code", number("activity", 0))
    return findings(
        found, title=title, magnitude=hours_long(), unit="h",
        evidence={"标记": "code", "平均负荷": "activity", "标记开始": moment("since")},
    )  # fmt: skip


def stopped_but_running(stacks: Stacks, *, flow_share: float = 0.4, least_hours: float = 1.0) -> pl.DataFrame:
    """Flag F (stopped) while flow (`flow_share` of the rated), temperature and oxygen are those of work.

    Temperature: not more than 15 °C below its median outside F; oxygen below 17 %; load, where known, above 30 %.
    Source: marking rules (conditions must be true, clause not checked). Returns FINDINGS; magnitude = length [h].
    """
    working = stacks.minutes.filter(normal("nox"))
    usual = working.group_by("site").agg(
        usual=pl.col("temp").median(), usual_flow=pl.col("flow").quantile(0.95)
    )
    rows = flagged(stacks, ("F",)).join(usual, on="site")
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
        "标识“停运”（F）而流量 {} m³/h、烟温 {} °C 如常，持续 [hours] 小时",
        number("flow", 0), number("temp"),
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
