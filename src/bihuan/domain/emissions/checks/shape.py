"""A course of values that no instrument gives: constant, too quiet, cut off under the limit, zero, negative."""

from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.frames import FLOOR, activity, judged_minutes, minutes_of
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    UNIT,
    findings,
    hourly,
    hours_long,
    lasting,
    local_day,
    number,
    runs,
    usual_before,
    with_limit,
    with_outlet,
)
from bihuan.domain.timeaxis import HOUR


def still(minutes: pl.DataFrame, *, least_hours: float, least_changes: float) -> pl.DataFrame:
    """Runs of one value where, at the pace of the other minutes, it should have changed `least_changes` times.

    A quantity that hardly ever changes is so left alone, and so is a value below 20 of the smallest steps seen.
    minutes: long frame.
    """
    turned = (pl.col("value") != pl.col("value").shift()).over(KEY).fill_null(False)
    rows = minutes.with_columns(turned=turned)
    standing = ~pl.col("turned") | ~pl.col("turned").shift(-1, fill_value=True)
    found = runs(rows.filter(standing), pl.col("value").first(), same=("value",), bridge=HOUR)
    found = found.filter(lasting(timedelta(hours=least_hours)))
    jump = pl.col("value").diff().abs()
    usual = rows.group_by(KEY).agg(
        changes=pl.col("turned").sum(), all=pl.len(), digit=jump.filter(jump > 1e-9).min()
    )
    found = found.join(usual, on=KEY, maintain_order="left").with_columns(
        pace=pl.col("changes") / (pl.col("all") - pl.col("n") + 1)
    )
    mostly_still = pl.col("all") - pl.col("n") < pl.col("n")
    fine = pl.col("value") >= 20 * pl.col("digit").fill_null(0)
    return found.filter(fine, mostly_still | (pl.col("pace") * pl.col("n") >= least_changes))


def still_findings(found: pl.DataFrame) -> pl.DataFrame:
    """Runs of one value -> FINDINGS; magnitude = length [h]."""
    title = pl.format("{} {} {} 连续 [hours] 小时不变", LABEL, number("value", 2), UNIT)
    return findings(
        found, title=title, magnitude=hours_long(), unit="h",
        evidence={"数值": "value", "记录数": "n", "其余时间每条变化次数": pl.col("pace").round(3)},
    )  # fmt: skip


def constant(stacks: Stacks, *, least_hours: float = 3.0, least_changes: float = 20.0) -> pl.DataFrame:
    """The same value of a pollutant (above its floor) or of the flow for `least_hours`.

    Source: own thresholds after published cases (frozen loggers). Returns FINDINGS; magnitude = length [h].
    """
    minutes = minutes_of(stacks, (*POLLUTANTS, "flow")).filter(pl.col("value") > FLOOR)
    return still_findings(still(minutes, least_hours=least_hours, least_changes=least_changes))


def low_variance(
    stacks: Stacks,
    *,
    share: float = 0.3,
    least_hours: int = 4,
    least_records: int = 60,
    history_hours: int = 24,
) -> pl.DataFrame:
    """Minute-to-minute change of a pollutant, relative to its mean, below `share` of its usual (upper quartile) one.

    The ten-minute values of a logger calm down for some hours now and then: a run must hold `least_records` of them.
    Hours with no change at all belong to `constant`. Source: own method. Returns FINDINGS; magnitude = what is
    missing of the usual change [%].
    """
    minutes = minutes_of(stacks, POLLUTANTS).with_columns(jump=pl.col("value").diff().abs().over(KEY))
    hours = (
        minutes.group_by(*KEY, pl.col("start").dt.truncate("1h"))
        .agg(pl.col("value").mean(), pl.col("jump").mean(), seen=pl.col("step").sum(), records=pl.len())
        .filter(pl.col("seen") >= timedelta(minutes=30), pl.col("value") > FLOOR)
        .with_columns(noise=pl.col("jump") / pl.col("value"), step=pl.lit(HOUR))
        .with_columns(usual=pl.col("noise").quantile(0.75).over(KEY), hours=pl.len().over(KEY))
    )
    quiet = (pl.col("noise") < share * pl.col("usual")) & (pl.col("jump") > 0)
    rows = hours.filter(quiet, pl.col("hours") >= history_hours)
    found = runs(
        rows,
        pl.col("noise", "value").mean(),
        pl.col("usual").first(),
        pl.col("records").sum(),
        bridge=HOUR,
    ).filter(pl.col("records") >= least_records)
    portion = 100 * pl.col("noise") / pl.col("usual")
    title = pl.format(
        "{}连续 [hours] 小时几无波动：逐分钟变化为平常的 {} %，均值 {} mg/m³",
        LABEL, number(portion), number("value"),
    )  # fmt: skip
    return findings(
        found.filter(lasting(timedelta(hours=least_hours))),
        title=title, magnitude=100 - portion, unit="%",
        evidence={"逐分钟相对变化": "noise", "平常相对变化": "usual", "均值": "value"},
    )  # fmt: skip


def steady_means(
    stacks: Stacks, *, share: float = 0.35, hours: int = 12, history_hours: int = 24
) -> pl.DataFrame:
    """A pollutant's hourly means stand still for `hours`, measured by their usual change before, while its minutes go up and down.

    Gas wanders for hours with load, coal and reagent; noise laid over a set point does not. Three quarters of the changes
    from hour to hour are smaller than `share` of the median one, and in all these hours the level moves no farther than it
    usually does in one: a quiet night drifts on. An hour may be missing (calibration). Source: own method after published
    cases (values made by software). Returns FINDINGS; magnitude = what is missing of the usual change [%].
    """
    level = pl.col("value").log()
    means = (
        minutes_of(stacks, POLLUTANTS)
        .group_by(*KEY, pl.col("start").dt.truncate("1h"))
        .agg(pl.col("value").mean(), seen=pl.col("step").sum(), distinct=pl.col("value").n_unique())
        .filter(pl.col("seen") >= timedelta(minutes=45), pl.col("value") > FLOOR, pl.col("distinct") > 2)
        .sort(*KEY, "start")
        .with_columns(change=level.diff().abs().over(KEY))
    )
    now = pl.col("change").rolling_quantile(0.75, window_size=hours)
    span = pl.col("start") - pl.col("start").shift(hours - 1)
    rows = means.with_columns(
        now=now.over(KEY),
        moved=(level.rolling_max(hours) - level.rolling_min(hours)).over(KEY),
        usual=usual_before("change", 0.5, history_hours, KEY),
        whole=span.over(KEY) <= timedelta(hours=hours),
        step=pl.lit(HOUR),
    ).with_columns(usual=pl.col("usual").shift(hours - 1).over(KEY))
    still_ones = rows.filter(
        "whole", pl.col("now") < share * pl.col("usual"), pl.col("moved") <= pl.col("usual")
    )
    found = runs(
        still_ones,
        pl.col("value", "now", "moved").mean(),
        pl.col("usual").first(),
        bridge=2 * HOUR,
    ).with_columns(start=pl.col("start") - timedelta(hours=hours - 1))
    portion = 100 * pl.col("now") / pl.col("usual")
    title = pl.format(
        "{}小时均值连续 [hours] 小时停在 {} mg/m³ 附近：逐小时变化 {} %，平常 {} %（疑似软件模拟）",
        LABEL, number("value"),
        number(100 * pl.col("now"), 2), number(100 * pl.col("usual"), 2),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=100 - portion, unit="%",
        evidence={
            "均值": "value",
            "逐小时相对变化": "now",
            "时段内相对变动": "moved",
            "平常相对变化": "usual",
        },
    )  # fmt: skip


WIDTHS = (0.01, 0.02, 0.04)
"""Widths of the pile under a wall, as shares of the limit."""


def _walls(stacks: Stacks, near: float, least_hours: float) -> pl.DataFrame:
    """Minutes of the days whose top (99.5 %) lies under the limit but above `near` of it: with kind, day, top, limit."""
    by = ["site", "item", "day"]
    judged = judged_minutes(stacks, as_sent=True).with_columns(day=local_day())
    limits = with_limit(judged.select("site", "item", start="day").unique(), hourly(stacks)).rename(
        {"start": "day"}
    )
    measured = minutes_of(stacks, POLLUTANTS).with_columns(day=local_day())
    days = [
        rows.group_by(by).agg(
            top=pl.col("value").quantile(0.995), middle=pl.col("value").median(), length=pl.col("step").sum()
        ).join(limits, on=by)
        for rows in (judged, measured)
    ]  # fmt: skip
    turned = (
        days[1]
        .join(days[0], on=by, suffix="_judged")
        .with_columns(limit=pl.col("limit") * pl.col("middle") / pl.col("middle_judged"))
    )
    walls = []
    for kind, tops, rows in (("判定值", days[0], judged), ("实测值", turned, measured)):
        close = tops.filter(
            pl.col("length") >= timedelta(hours=least_hours),
            pl.col("top") > near * pl.col("limit"),
            pl.col("top") <= 1.005 * pl.col("limit"),
        ).select(*by, "top", "limit", kind=pl.lit(kind))
        walls.append(rows.select(*by, "value").join(close, on=by))
    return pl.concat(walls)


def _piles(walls: pl.DataFrame) -> pl.DataFrame:
    """For each day and each of `WIDTHS` the shares of its minutes: `pile` under the top, its upper quarter `edge`, and
    the band `below` the pile; `n` minutes are in the pile."""
    down = (pl.col("top") - pl.col("value")) / pl.col("limit")
    days = walls.group_by("site", "item", "kind", "day")
    return pl.concat(
        days.agg(
            pl.col("limit", "top").first(),
            width=pl.lit(w),
            n=(down <= w).sum().cast(pl.Int64),
            pile=(down <= w).mean(),
            below=((down > w) & (down <= 2 * w)).mean(),
            edge=(down <= w / 4).mean(),
        )
        for w in WIDTHS
    )


def clipped(
    stacks: Stacks,
    *,
    least_share: float = 0.06,
    least_records: int = 24,
    near: float = 0.8,
    least_hours: float = 6.0,
) -> pl.DataFrame:
    """A day's minutes pile up at a wall under the limit: `least_share` of them (and `least_records`) in a narrow
    band at the top.

    A wall has at least as much in the top quarter of the band as anywhere in it, and twice the band below; a real
    maximum thins out. Both the converted values (as the logger sends them) and the measured ones (against the limit turned back by the day's
    oxygen) are tried; the wall is between `near` and 1 of the limit. Days have at least `least_hours` of minutes.
    Source: own method after published cases (upper limit set in the logger). Returns FINDINGS; magnitude = share [%].
    """
    piles = _piles(_walls(stacks, near, least_hours)).filter(
        pl.col("n") >= least_records,
        pl.col("pile") >= least_share,
        pl.col("pile") >= 2 * pl.col("below"),
        pl.col("edge") >= 0.2 * pl.col("pile"),
    )
    best = piles.sort("pile", descending=True).unique(["site", "item", "day"], keep="first")
    days = best.with_columns(start="day", step=pl.lit(timedelta(days=1)))
    worst = pl.col("pile").arg_max()
    found = runs(days, pl.col("kind", "limit", "top", "pile", "width").get(worst))
    bottom = pl.col("top") - pl.col("width") * pl.col("limit")
    title = pl.format(
        "{}{}有 {} % 的分钟挤在 {}～{} mg/m³，恰在限值 {} 之下，[days] 天（疑似设上限）",
        LABEL, "kind", number(100 * pl.col("pile")), number(bottom), number("top"), number("limit"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=100 * pl.col("pile"), unit="%",
        evidence={"对象": "kind", "墙": "top", "限值": "limit", "墙下占比": "pile", "带宽（限值的份额）": "width"},
    )  # fmt: skip


def zero(stacks: Stacks, *, least_hours: float = 3.0, least_activity: float = 30.0) -> pl.DataFrame:
    """A pollutant that is usually there stays at zero or below for `least_hours` while the process works.

    "Works": load (or flow against the rated) above `least_activity` %. Source: own method. Returns FINDINGS;
    magnitude = length [h].
    """
    minutes = minutes_of(stacks, POLLUTANTS)
    zeros = minutes.filter(pl.col("value") <= 0)
    concerned = minutes.join(zeros, on=list(KEY), how="semi")
    usual = concerned.group_by(KEY).agg(usual=pl.col("value").quantile(0.75))
    working = (
        with_outlet(stacks.minutes, stacks, "rated_flow")
        .select("site", "start", activity=activity())
        .filter(pl.col("activity") >= least_activity)
    )
    rows = zeros.join(usual, on=list(KEY)).join(working, on=["site", "start"]).filter(pl.col("usual") > FLOOR)
    found = runs(rows, pl.col("activity").mean(), pl.col("usual").first())
    title = pl.format(
        "{}连续 [hours] 小时为零，生产负荷 {} %，平常 {} mg/m³",
        LABEL, number("activity", 0), number("usual"),
    )  # fmt: skip
    return findings(
        found.filter(lasting(timedelta(hours=least_hours))),
        title=title, magnitude=hours_long(), unit="h",
        evidence={"平均负荷": "activity", "平常浓度": "usual", "记录数": "n"},
    )  # fmt: skip


def negative(stacks: Stacks, *, least_minutes: int = 30) -> pl.DataFrame:
    """A pollutant is more negative than its floor (the zero has drifted) for `least_minutes`.

    Source: HJ 75-2017, zero drift (clause not checked); floor: own choice. Returns FINDINGS; magnitude = farthest below 0
    [mg/m³].
    """
    rows = minutes_of(stacks, POLLUTANTS).filter(pl.col("value") < -FLOOR)
    found = runs(rows, pl.col("value").min()).filter(lasting(timedelta(minutes=least_minutes)))
    title = pl.format("{}为负值，最低 {} mg/m³，持续 [hours] 小时", LABEL, number("value"))
    return findings(
        found,
        title=title,
        magnitude=-pl.col("value"),
        unit="mg/m³",
        evidence={"最低": "value", "记录数": "n"},
    )
