"""A course of results that no analyser gives: constant, cut off under the limit, clean of a sudden, zero; none at all."""

from datetime import timedelta

import polars as pl

from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    UNIT,
    findings,
    hours_long,
    number,
    runs,
    with_limit,
)
from bihuan.domain.sewage.checks.frames import last_day, minutes_of, rules_of, samples, wide_minutes
from bihuan.domain.sewage.compliance import of_day
from bihuan.domain.sewage.tables import POLLUTANTS, Sewers
from bihuan.domain.timeaxis import HOUR

CLEAN = {"cod": 10.0, "nh3n": 0.15, "tp": 0.05, "tn": 2.0}
"""Below this treated sewage is like tap water [mg/L] (own choice)."""
SHOWN = pl.col("shown").dt.total_minutes() / 60


def constant(sewers: Sewers, *, least_samples: float = 4.0) -> pl.DataFrame:
    """A pollutant keeps one value for as long as `least_samples` of the longest sampling intervals, while water flows.

    Equal results of two samples occur, of four they do not. Source: own thresholds after published cases (values held in
    the logger). Returns FINDINGS; magnitude = length [h].
    """
    least = timedelta(hours=least_samples * rules_of(sewers).sample_hours)
    found = samples(sewers).filter(pl.col("shown") >= least, pl.col("value") > 0)
    title = pl.format(
        "{} {} mg/L 在排放的 {} 小时内不变，超过采样间隔所能解释", LABEL, number("value", 3), number(SHOWN)
    )
    return findings(
        found,
        title=title,
        magnitude=SHOWN,
        unit="h",
        evidence={"数值": "value", "排放小时": SHOWN, "记录数": "n"},
    )


def no_sample(sewers: Sewers, *, slack_hours: float = 1.5) -> pl.DataFrame:
    """No pollutant of an outlet has had a new result for longer than the sampling interval and `slack_hours`, while water flows.

    Source: HJ 355-2019, sampling interval (clause not checked); own slack. Returns FINDINGS; magnitude = length [h].
    """
    least = timedelta(hours=rules_of(sewers).sample_hours + slack_hours)
    wide = wide_minutes(sewers).filter("flows")
    print_ = pl.concat_str([pl.col(p).cast(pl.String).fill_null("-") for p in POLLUTANTS], separator="|")
    some = pl.any_horizontal(pl.col(p).is_not_null() for p in POLLUTANTS)
    flagged = pl.any_horizontal((pl.col(f"{p}_flag") != "N").fill_null(False) for p in POLLUTANTS)
    rows = wide.filter(some, ~flagged).with_columns(value=print_)
    found = runs(
        rows, pl.col("step").sum().alias("shown"), by=("site",), same=("value",), bridge=HOUR
    ).filter(pl.col("shown") >= least)
    title = pl.format(
        "排放的 {} 小时内没有新的水样结果（采样分析间隔至多 {} 小时）",
        number(SHOWN),
        pl.lit(f"{rules_of(sewers).sample_hours:g}"),
    )
    return findings(
        found, title=title, magnitude=SHOWN, unit="h", evidence={"排放小时": SHOWN, "记录数": "n"}
    )


def clipped(
    sewers: Sewers,
    *,
    width: float = 0.02,
    near: float = 0.9,
    least_share: float = 0.35,
    least_samples: int = 5,
) -> pl.DataFrame:
    """Results of a day pile up at a wall just under the limit.

    `least_share` of the results of 24 h (and `least_samples`) lie within `width` of the limit below the highest, which is
    between `near` of the limit and the limit; in the band below there are at most half as many. Source: own method after
    published cases (upper limit set in the logger). Returns FINDINGS; magnitude = share [%].
    """
    rows = with_limit(samples(sewers), of_day(sewers.limits)).with_columns(span=last_day(sewers, 24))
    top = pl.col("value").max()
    down = (top - pl.col("value")) / pl.col("limit")
    days = rows.group_by(*KEY, "span", maintain_order=True).agg(
        pl.col("start").first(),
        pl.col("until").last(),
        pl.col("limit").first(),
        n=pl.len().cast(pl.Int64),
        top=top,
        pile=(down <= width).mean(),
        piled=(down <= width).sum(),
        below=((down > width) & (down <= 2 * width)).sum(),
    )
    found = days.filter(
        pl.col("piled") >= least_samples,
        pl.col("pile") >= least_share,
        2 * pl.col("below") <= pl.col("piled"),
        pl.col("top") > near * pl.col("limit"),
        pl.col("top") <= pl.col("limit"),
    )
    title = pl.format(
        "{} 24 小时内 {} % 的水样结果挤在 {} mg/L 之下，恰不超限值 {}（疑似设上限）",
        LABEL, number(100 * pl.col("pile"), 0), number("top", 3), number("limit", 2),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=100 * pl.col("pile"), unit="%",
        evidence={"最高": "top", "限值": "limit", "占比": "pile", "结果数": "n"},
    )  # fmt: skip


def clean_water(sewers: Sewers, *, least_hours: float = 4.0) -> pl.DataFrame:
    """All pollutants of an outlet read like tap water (`CLEAN`) for `least_hours` of discharge.

    Source: own method after published cases (sampling pipe in a bottle of clean water). Returns FINDINGS; magnitude =
    length [h].
    """
    highest = pl.col("item").replace_strict(CLEAN, return_dtype=pl.Float64)
    rows = minutes_of(sewers, POLLUTANTS).with_columns(clean=pl.col("value") <= highest)
    each = rows.group_by("site", "start").agg(
        clean=pl.col("clean").all(), items=pl.len(), step=pl.col("step").first(), value=pl.col("value").max()
    )
    found = runs(each.filter("clean", pl.col("items") >= 2), pl.col("step").sum().alias("shown"), by=("site",), bridge=2 * HOUR)  # fmt: skip
    title = pl.format("全部污染物在排放的 {} 小时内接近清水水平，疑似采样管置于清水", number(SHOWN))
    return findings(
        found.filter(pl.col("shown") >= timedelta(hours=least_hours)), title=title, magnitude=SHOWN, unit="h",
        evidence={"排放小时": SHOWN, "记录数": "n"},
    )  # fmt: skip


def step_down(
    sewers: Sewers,
    *,
    share: float = 0.72,
    each: float = 0.85,
    jump: float = 0.85,
    below_usual: float = 0.85,
    samples_each: int = 3,
    flow_within: float = 0.4,
) -> pl.DataFrame:
    """All pollutants fall at once, from one result to the next, while the flow stays: dilution of the sample.

    The means of the logarithms of `samples_each` results before and after: on average to `share`, each at least to `each`,
    from one result to the next to `jump`; below `below_usual` of the lowest quarter of the results before, so that the end
    of a short bad time is none; the flow of the hours after is within `flow_within` of that before. Source: own method
    after published cases (clean water led into the sampling well). Returns FINDINGS; magnitude = the fall [%].
    """
    moments = _falls(sewers, samples_each)
    fallen = moments.filter(
        pl.col("fall") < share, pl.col("least") < each, pl.col("jump") < jump, pl.col("low") < below_usual
    )
    flow = _flow_ratio(sewers, fallen)
    steady = fallen.join(flow, on=["site", "start"], how="left").filter(
        pl.col("ratio").is_null() | ((pl.col("ratio") - 1).abs() <= flow_within)
    )
    found = runs(
        steady.with_columns(step=pl.lit(3 * HOUR)),
        pl.col("fall").min(), pl.col("items").first(), by=("site",), bridge=6 * HOUR,
    )  # fmt: skip
    down = 100 * (1 - pl.col("fall"))
    title = pl.format(
        "[start] 起全部 {} 项污染物同时骤降 {} %，流量未变，疑似水样被稀释",
        "items",
        number(down, 0),
    )
    return findings(
        found, title=title, magnitude=down, unit="%", evidence={"降为原来的": "fall", "项目数": "items"}
    )


def _changes(sewers: Sewers, n: int) -> pl.DataFrame:
    """For each result, in logarithms: `n` results from it on against `n` before (`change`), it against the one before
    (`jump`), against the lowest quarter before (`low`); and when the spans begin (`before`) and end (`after`)."""
    rows = samples(sewers).filter(pl.col("value") > 0).with_columns(log=pl.col("value").log())
    mean = pl.col("log").rolling_mean(n)
    lowest = pl.col("log").rolling_quantile(0.25, window_size=96, min_samples=n)
    return rows.with_columns(
        change=(mean.shift(1 - n) - mean.shift(1)).over(KEY),
        jump=(pl.col("log") - pl.col("log").shift()).over(KEY),
        low=(mean.shift(1 - n) - lowest.shift(1)).over(KEY),
        after=pl.col("until").shift(1 - n).over(KEY),
        before=pl.col("start").shift(n).over(KEY),
    )


def _falls(sewers: Sewers, n: int) -> pl.DataFrame:
    """Moments at which all (two or more) pollutants of an outlet have a new result: site, start, until, before, how far
    they fall together: `fall` (mean ratio), `least` (of the one that falls least), `jump`, `low`, `items`."""
    changes = _changes(sewers, n)
    moment_of = pl.col("start").dt.truncate("30m").alias("moment")
    together = changes.drop_nulls(["change", "jump"]).group_by("site", moment_of, maintain_order=True).agg(
        pl.col("start").min(), until=pl.col("after").max(), before=pl.col("before").min(),
        fall=pl.col("change").mean().exp(), least=pl.col("change").max().exp(), jump=pl.col("jump").mean().exp(),
        low=pl.col("low").mean().exp(), items=pl.len().cast(pl.Int64),
    )  # fmt: skip
    measured = changes.group_by("site").agg(all=pl.col("item").n_unique())
    return together.join(measured, on="site").filter(pl.col("items") == pl.col("all"), pl.col("all") >= 2)


def _flow_ratio(sewers: Sewers, moments: pl.DataFrame) -> pl.DataFrame:
    """Mean flow of discharge in the span after each moment against that in the span before: site, start, ratio."""
    flow = minutes_of(sewers, ("water_flow",)).select("site", at="start", value="value")
    near = moments.select("site", "start", "until", "before").join(flow, on="site")
    inside = near.filter(pl.col("at") >= pl.col("before"), pl.col("at") < pl.col("until"))
    after = pl.col("at") >= pl.col("start")
    return inside.group_by("site", "start").agg(
        ratio=pl.col("value").filter(after).mean() / pl.col("value").filter(~after).mean()
    )


def zero(sewers: Sewers, *, least_hours: float = 2.0) -> pl.DataFrame:
    """A pollutant is zero or negative for `least_hours` while water flows, with a normal flag.

    Source: HJ 356-2019 chapter 6 (negative values are invalid; clause not checked); own threshold. Returns FINDINGS;
    magnitude = length [h].
    """
    rows = minutes_of(sewers, POLLUTANTS).filter(pl.col("value") <= 0)
    found = runs(rows, pl.col("value").min(), pl.col("step").sum().alias("shown"), bridge=HOUR)
    title = pl.format(
        "{}在排放的 {} 小时内为零或负值（最低 {} {}）", LABEL, number(SHOWN), number("value", 2), UNIT
    )
    return findings(
        found.filter(pl.col("shown") >= timedelta(hours=least_hours)),
        title=title, magnitude=hours_long(), unit="h", evidence={"最低": "value", "记录数": "n"},
    )  # fmt: skip
